import pytest
from msgspec.structs import replace as with_parts

from app.faults import Malformed
from app.ides.reading import built_in
from app.ides.resolve import Policy
from app.ides.structs import Catalogue
from app.workspaces.artefacts import FAKE
from app.workspaces.contexturl import Opener
from app.workspaces.ides import Ides, checked, chosen, packages_of, preferred

CATALOGUE = built_in()
FEWER = with_parts(CATALOGUE, policy=Policy(frozenset({"vscode", "terminal"})))


def test_what_is_chosen_is_marked_and_hidden_ones_are_left_out() -> None:
    offered = Ides(CATALOGUE).choices("terminal")
    assert [one.ide for one in offered] == list(CATALOGUE.options)
    assert [one.ide for one in offered if one.chosen] == ["terminal"]
    hidden = dict(CATALOGUE.options)
    hidden["zed"] = with_parts(hidden["zed"], hidden=True)
    shy = Ides(with_parts(CATALOGUE, options=hidden))
    assert "zed" not in [one.ide for one in shy.choices("terminal")]
    assert "zed" in [one.ide for one in shy.choices("zed")], "who has it keeps it"


def test_what_is_not_built_says_so() -> None:
    def why(ides: Ides) -> dict[str, str]:
        return {one.ide: one.why_not for one in ides.choices("vscode") if one.why_not}

    assert why(Ides(CATALOGUE, lambda: FAKE)) == {"jupyterlab": "not built here yet"}
    assert why(Ides(CATALOGUE, lambda: with_parts(FAKE, jupyterlab="d1"))) == {}
    assert packages_of(None) == {}


TWO = with_parts(
    FAKE,
    vscode="d1",
    editors={"code": {"1.101.2": "d1", "1.102.0": "d2"}},
    latest={"code": "1.102.0"},
)


def test_a_newest_version_is_a_choice_of_its_own_unless_everybody_has_a_pinned_one() -> None:
    def titles(catalogue: Catalogue) -> dict[str, str]:
        return {one.ide: one.title for one in Ides(catalogue, lambda: TWO).choices("vscode")}

    assert titles(CATALOGUE)["vscode-latest"] == "VS Code 1.102.0, the newest"
    pinned = with_parts(CATALOGUE, policy=Policy(pins={"vscode": "1.101.2"}))
    assert "vscode-latest" not in titles(pinned)
    ides = Ides(CATALOGUE, lambda: TWO)
    assert [one.ide for one in ides.choices("vscode-latest") if one.chosen] == ["vscode-latest"]
    assert [ides.version_of(one) for one in ("vscode", "vscode-latest", "zed")] == [
        "1.101.2",
        "1.102.0",
        "",
    ]
    assert [ides.tree_of_vscode(one) for one in ("vscode", "vscode-latest")] == ["d1", "d2"]


def test_what_is_not_allowed_is_offered_to_nobody_and_told_to_who_has_it() -> None:
    ides = Ides(FEWER)
    assert [one.ide for one in ides.choices("vscode")] == ["vscode", "terminal"]
    (held,) = [one for one in ides.choices("zed") if one.chosen]
    assert (held.ide, held.why_not) == ("zed", "not allowed here")


def test_what_is_not_allowed_is_refused_with_what_is() -> None:
    with pytest.raises(Malformed) as refused:
        checked(FEWER, "jupyter")
    assert (refused.value.code, refused.value.cure) == (
        "ide_not_offered",
        "One of: vscode, terminal.",
    )


def test_a_program_that_a_link_came_from_opens_what_it_can() -> None:
    def opens(catalogue: Catalogue, wanted: str | None, client: str, ide: str = "") -> str:
        return chosen(catalogue, wanted, None, Opener(client, ide))

    assert opens(CATALOGUE, None, "jetbrains-gateway", "goland") == "jetbrains-gateway"
    assert opens(CATALOGUE, None, "vscode", "zed") == "vscode-desktop"
    assert opens(CATALOGUE, None, "nobody") == opens(CATALOGUE, None, "") == "vscode"
    assert opens(CATALOGUE, "terminal", "vscode") == "terminal"
    assert opens(FEWER, None, "vscode") == "vscode"


def test_an_experimental_one_is_told_as_such() -> None:
    titles = {one.ide: one.title for one in Ides(CATALOGUE).choices("")}
    assert (titles["zed"], titles["cursor"]) == ("Zed (experimental)", "Cursor")


def test_without_a_choice_it_is_the_default_and_so_is_what_has_gone() -> None:
    assert preferred(CATALOGUE, "") == preferred(CATALOGUE, "gone") == "vscode"
    assert preferred(CATALOGUE, "terminal") == "terminal"
    assert preferred(CATALOGUE, "vscode-latest") == "vscode-latest"


def test_a_choice_that_there_is_not_is_refused_with_those_that_there_are() -> None:
    assert checked(CATALOGUE, "code-desktop") == "vscode-desktop"
    with pytest.raises(Malformed) as refused:
        checked(CATALOGUE, "emacs")
    assert (refused.value.code, "zed" in refused.value.cure) == ("ide_unknown", True)
