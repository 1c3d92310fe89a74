"""What a start gets of the catalogue and of what is built."""

from msgspec.structs import replace

from app.ides.offering import Built, Opened, followed, opened
from app.ides.reading import built_in
from app.ides.resolve import Policy

CATALOGUE = built_in()
CODE = Built(
    stable="d1",
    stable_version="1.101.2",
    latest="1.102.0",
    versions={"1.100.0": "d0", "1.101.2": "d1", "1.102.0": "d2"},
)
BUILT = {"code": CODE}


def test_a_start_shows_the_stable_version_or_the_newest_where_that_is_chosen() -> None:
    assert opened(CATALOGUE, BUILT, "code") == Opened(
        ide="vscode",
        alias="code",
        trees={"code": "d1", "jupyterlab": ""},
        versions={"code": "1.101.2", "jupyterlab": ""},
    )
    newest = opened(CATALOGUE, BUILT, "code-latest")
    assert (newest.ide, newest.trees["code"]) == ("vscode", "d2")


def test_a_pin_of_the_operator_counts_before_the_newest() -> None:
    pinned = replace(CATALOGUE, policy=Policy(pins={"vscode": "1.100.0"}))
    assert opened(pinned, BUILT, "vscode-latest").trees["code"] == "d0"
    unknown = replace(CATALOGUE, policy=Policy(pins={"vscode": "0.0.0"}))
    assert opened(unknown, BUILT, "vscode").versions["code"] == "1.101.2"


def test_a_desktops_start_shows_the_browsers_editor_too() -> None:
    found = opened(CATALOGUE, BUILT, "intellij")
    assert (found.ide, found.alias, found.trees["code"]) == ("jetbrains-gateway", "intellij", "d1")


def test_what_is_not_allowed_is_the_default_without_an_alias() -> None:
    fewer = replace(CATALOGUE, policy=Policy(frozenset({"vscode"})))
    for choice in ("jupyterlab", "nova"):
        found = opened(fewer, BUILT, choice)
        assert (found.ide, found.alias) == ("vscode", "")


def test_another_choice_of_what_runs_keeps_what_its_container_shows() -> None:
    before = opened(CATALOGUE, BUILT, "vscode-latest")
    after = followed(CATALOGUE, before, "jupyter")
    assert (after.ide, after.alias, after.trees) == ("jupyterlab", "jupyter", before.trees)


def test_before_anything_is_built_there_is_a_choice_all_the_same() -> None:
    assert opened(CATALOGUE, {}, "jupyterlab").trees == {"code": "", "jupyterlab": ""}
