import pytest
from msgspec.structs import replace as with_parts

from app.faults import Malformed
from app.ides.reading import built_in
from app.workspaces.artefacts import FAKE
from app.workspaces.ides import Ides, checked, packages_of, preferred

CATALOGUE = built_in()


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
