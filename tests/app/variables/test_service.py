"""Variables of people."""

import pytest

from app.accounts.access import Kind, Listener, Principal
from app.accounts.keys import Keys
from app.faults import Conflict, Denied, Malformed, Missing
from app.variables.service import IMAGE_AUTH, MOST
from app.variables.structs import ChangeVariable, SetVariable
from tests.app.variables.conftest import Given

URL = "https://h.org/ada/demo.git"


def variable(name: str, pattern: str, value: str = "v") -> SetVariable:
    return SetVariable(name=name, pattern=pattern, value=value)


async def test_a_workspace_gets_those_of_its_owner_the_closest_of_each(given: Given) -> None:
    for pattern, value in (("*/**", "all"), ("Ada/demo", "own"), ("ada/*", "hers")):
        await given.variables.set(given.alice, variable("A", pattern, value))
    await given.variables.set(given.alice, variable("B", "ada/*", "b"))
    await given.variables.set(given.alice, variable("C", "eve/*", "c"))
    await given.variables.set(given.bob, variable("D", "*/**", "d"))
    assert await given.variables.of_workspace("alice", URL) == {"A": "own", "B": "b"}
    assert await given.variables.of_workspace("alice", "git@h.org:x/y.git") == {"A": "all"}
    seen = await given.variables.view(given.alice)
    assert [(one.name, one.pattern) for one in seen][:2] == [("A", "*/**"), ("A", "ada/*")]


async def test_from_inside_only_the_own_repository_is_changed(given: Given) -> None:
    await given.variables.set(given.alice, variable("A", "*/**", "all"))
    await given.variables.set_from_inside("alice", URL, {"A": "own", "B": "b"})
    assert await given.variables.of_workspace("alice", URL) == {"A": "own", "B": "b"}
    await given.variables.unset_from_inside("alice", URL, ["A", "B", "C"])
    assert await given.variables.of_workspace("alice", URL) == {"A": "all"}


async def test_one_is_removed_and_nothing_of_somebody_elses(given: Given) -> None:
    await given.variables.set(given.alice, variable("A", "a/b"))
    with pytest.raises(Missing):
        await given.variables.remove(given.bob, "A", "a/b")
    await given.variables.remove(given.alice, "A", "A/B")
    with pytest.raises(Missing) as refused:
        await given.variables.remove(given.alice, "A", "a/b")
    assert refused.value.code == "variable_missing"


async def test_nothing_of_a_value_lies_in_the_database(given: Given) -> None:
    await given.variables.set(given.alice, variable("A", "a/b", "very-secret"))
    await given.database.close()
    content = b"".join(one.read_bytes() for one in given.path.parent.iterdir())
    assert b"very-secret" not in content


@pytest.mark.parametrize(
    ("name", "pattern"),
    [("A", "a"), ("A", ""), ("A", "a/**/b"), ("A", "a//b"), ("A", "a b/c"), ("GITPOD_A", "a/b")],
)
async def test_what_no_workspace_could_have_is_refused(
    name: str, pattern: str, given: Given
) -> None:
    with pytest.raises(Malformed) as refused:
        await given.variables.set(given.alice, variable(name, pattern))
    code = "pattern_invalid" if name == "A" else "variable_invalid"
    assert refused.value.code == code


async def test_passwords_for_registries_reach_no_workspace(given: Given) -> None:
    for pattern, value in (("*/**", "ghcr.io:YTpi"), ("ada/demo", "ghcr.io:YTpj,h.org:5000:YTpk")):
        await given.variables.set(given.alice, variable(IMAGE_AUTH, pattern, value))
    await given.variables.set(given.alice, variable("A", "*/**"))
    assert await given.variables.of_workspace("alice", URL) == {"A": "v"}
    assert await given.variables.image_auth("alice", URL) == "ghcr.io:YTpj,h.org:5000:YTpk"
    assert await given.variables.image_auth("alice", "https://h.org/x/y") == "ghcr.io:YTpi"
    assert await given.variables.image_auth("bob", URL) == ""
    kept = ChangeVariable(name=IMAGE_AUTH, pattern="ada/*")
    await given.variables.change(given.alice, IMAGE_AUTH, "ada/demo", kept)


@pytest.mark.parametrize("value", ["secret", "ghcr.io:secret", "ghcr.io:YTpi,x", ":YTpi"])
async def test_what_are_no_passwords_for_registries_is_refused(given: Given, value: str) -> None:
    with pytest.raises(Malformed) as refused:
        await given.variables.set(given.alice, variable(IMAGE_AUTH, "a/b", value))
    assert refused.value.code == "image_auth_invalid"
    assert "secret" not in repr(refused.value)


async def test_there_is_an_end_to_them(given: Given) -> None:
    values = {f"A{one}": "v" for one in range(MOST)}
    await given.variables.set_from_inside("alice", URL, values)
    await given.variables.set(given.alice, variable("A0", "ada/demo", "again"))
    with pytest.raises(Conflict) as refused:
        await given.variables.set(given.alice, variable("B", "ada/demo"))
    assert refused.value.code == "variables_full"
    assert "B" not in await given.variables.of_workspace("alice", URL)


async def test_a_newer_key_seals_anew_and_a_foreign_one_opens_nothing(given: Given) -> None:
    await given.variables.set(given.alice, variable("A", "ada/demo", "v"))
    assert await given.variables.renew_seals() == 0
    foreign = given.with_keys(Keys(b"n" * 32))
    assert await foreign.renew_seals() == 0
    assert await foreign.of_workspace("alice", URL) == {}


async def test_nobody_else_may(given: Given) -> None:
    nobody = Principal(Kind.NOBODY, Listener.PUBLIC)
    for asked in (
        given.variables.view(nobody),
        given.variables.set(nobody, variable("A", "a/b")),
        given.variables.remove(nobody, "A", "a/b"),
    ):
        with pytest.raises(Denied):
            await asked


async def test_a_name_a_pattern_or_a_value_is_changed_and_the_rest_stays(given: Given) -> None:
    variables = given.variables
    await variables.set(given.alice, variable("A", "a/b", "old"))
    await variables.change(given.alice, "A", "A/B", ChangeVariable(name="B", pattern="Ada/*"))
    assert await variables.of_workspace("alice", URL) == {"B": "old"}
    fresh = ChangeVariable(name="B", pattern="ada/*", value="new")
    await variables.change(given.alice, "B", "ada/*", fresh)
    assert await variables.of_workspace("alice", URL) == {"B": "new"}
    assert len(await variables.view(given.alice)) == 1
    with pytest.raises(Missing):
        await variables.change(given.bob, "B", "ada/*", fresh)
    with pytest.raises(Malformed):
        await variables.change(
            given.alice, "B", "ada/*", ChangeVariable(name="PODIUM_B", pattern="ada/*")
        )


async def test_a_value_that_cannot_be_opened_has_to_be_typed_to_be_changed(given: Given) -> None:
    await given.variables.set(given.alice, variable("A", "a/b", "old"))
    other = given.with_keys(Keys(b"n" * 32))
    with pytest.raises(Malformed) as refused:
        await other.change(given.alice, "A", "a/b", ChangeVariable(name="B", pattern="ada/*"))
    assert refused.value.code == "variable_invalid"
    typed = ChangeVariable(name="B", pattern="ada/*", value="new")
    await other.change(given.alice, "A", "a/b", typed)
    assert await other.of_workspace("alice", URL) == {"B": "new"}
