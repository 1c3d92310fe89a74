import pytest

from app.accounts.keys import Keys
from app.faults import Malformed
from app.gitaccess.pasted import Pasted, take_out
from app.gitaccess.pasting import LIFETIME, Pasting
from app.gitaccess.structs import SetToken
from tests.app.gitaccess.conftest import Given

PASTED = take_out("https://ada:hush@h.org/a/b")


@pytest.fixture
def pasting(given: Given) -> Pasting:
    return Pasting(given.access, given.clock, Keys(b"m" * 32).seal)


async def test_a_held_credential_is_kept_when_the_person_says_so(
    given: Given, pasting: Pasting
) -> None:
    held = pasting.hold(given.alice, PASTED)
    assert "hush" not in held
    assert pasting.host(given.alice, held) == "h.org"
    assert not await given.access.has_token(given.alice, "h.org")
    await pasting.keep(given.alice, held)
    assert await given.handing.token("alice", "https", "h.org") == ("ada", "hush")


async def test_it_is_worth_nothing_to_others_altered_or_late(
    given: Given, pasting: Pasting
) -> None:
    held = pasting.hold(given.alice, PASTED)
    assert pasting.host(given.bob, held) == ""
    for other in ("", "x", "é", held[:-4], held[::-1]):
        assert pasting.host(given.alice, other) == ""
        with pytest.raises(Malformed):
            await pasting.keep(given.alice, other)
    given.clock.advance(LIFETIME + 1)
    assert pasting.host(given.alice, held) == ""
    with pytest.raises(Malformed, match="not there any more") as late:
        await pasting.keep(given.alice, held)
    assert late.value.code == "held_expired"


@pytest.mark.parametrize("pasted", [Pasted("https://h.org/a"), Pasted("x", "h..org", "ada", "t")])
async def test_there_is_nothing_to_hold(given: Given, pasting: Pasting, pasted: Pasted) -> None:
    assert pasting.hold(given.alice, pasted) == ""
    assert await pasting.keep_first(given.alice, pasted) == ""


async def test_a_program_gives_a_first_token_and_replaces_none(
    given: Given, pasting: Pasting
) -> None:
    assert await pasting.keep_first(given.alice, PASTED) == "h.org"
    await given.access.set_token(given.alice, "h.org", SetToken(token="mine"))
    assert await pasting.keep_first(given.alice, PASTED) == ""
    assert (await given.handing.token("alice", "https", "h.org"))[1] == "mine"
    odd = Pasted("x", "h.net", "ada", "two words")
    assert await pasting.keep_first(given.alice, odd) == ""
