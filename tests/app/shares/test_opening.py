"""Who has a link, and its password, is let in; whoever guesses is not."""

import asyncio

import pytest

from app.accounts.keys import Keys
from app.faults import Refusal
from app.shares.opening import MOST_OPENINGS, MOST_WRONG, QUIET, WRONG_WINDOW, Opening
from tests.app.shares.conftest import Sharing
from wire.shares import ShareGrant, verify_share

SECRET = "correct horse"


async def refused(attempt) -> str:
    with pytest.raises(Refusal) as refusal:
        await attempt
    return refusal.value.code


async def test_a_link_lets_in_for_as_long_as_it_works(sharing: Sharing) -> None:
    share = await sharing.share(lasts="1h")
    opened = await sharing.open(share)
    assert opened.expires == int(share.expires)
    grant = verify_share(opened.grant, [sharing.keys.signing.public_key()])
    assert grant == ShareGrant(
        share=share.id, workspace=sharing.workspace, port=3000, expires=int(share.expires)
    )
    seen = await sharing.seen(share)
    assert seen is not None
    assert (seen.opened, seen.last_opened) == (1, sharing.control.clock.now())


async def test_history_says_when_and_not_who(sharing: Sharing) -> None:
    share = await sharing.share(note="Bob")
    for _ in range(3):
        await sharing.open(share)
    line = ("share_opened", "A link to port 3000 (Bob) was opened.")
    assert (await sharing.history()).count(line) == 1, "a lecture does not fill the history"
    sharing.control.clock.advance(QUIET)
    await sharing.open(share)
    assert (await sharing.history()).count(line) == 2
    seen = await sharing.seen(share)
    assert seen is not None
    assert seen.opened == 4


async def test_a_token_is_worth_its_own_port_alone(sharing: Sharing) -> None:
    share = await sharing.share()
    token = share.url.partition("#")[2]
    open_ = sharing.opening.open
    assert await refused(open_(token, sharing.workspace, 3001, "")) == "share_invalid"
    other = (await sharing.control.create()).id
    assert await refused(open_(token, other, 3000, "")) == "share_invalid"
    forged = Opening(sharing.control.store, Keys(b"x" * 32))
    assert await refused(forged.open(token, sharing.workspace, 3000, "")) == "share_invalid"
    renewed = Opening(sharing.control.store, Keys(b"n" * 32, b"k" * 32))
    assert await renewed.open(token, sharing.workspace, 3000, "")


async def test_what_has_ended_says_why(sharing: Sharing) -> None:
    share, revoked = await sharing.share(lasts="1h"), await sharing.share()
    await sharing.shares.revoke(sharing.control.alice, sharing.workspace, revoked.id)
    sharing.control.clock.advance(3600)
    for one, why in ((share, "It has expired."), (revoked, "It was revoked.")):
        with pytest.raises(Refusal) as refusal:
            await sharing.open(one)
        assert (refusal.value.code, refusal.value.detail) == ("share_ended", why)
    longer = await sharing.share()
    await sharing.control.service.delete(sharing.control.alice, sharing.workspace)
    assert await refused(sharing.open(longer)) == "share_ended"


async def test_a_link_for_one_browser_lets_in_one(sharing: Sharing) -> None:
    share = await sharing.share(once=True)
    outcomes = await asyncio.gather(
        *(sharing.open(share) for _ in range(4)), return_exceptions=True
    )
    codes = [one.code for one in outcomes if isinstance(one, Refusal)]
    assert codes == ["share_used"] * 3
    assert list(sharing.route.shares) == [share.id], "who was let in goes on"


async def test_the_password_is_asked_for_and_looked_at(sharing: Sharing) -> None:
    share = await sharing.share(password=SECRET, once=True)
    assert await refused(sharing.open(share)) == "share_password"
    assert await refused(sharing.open(share, "wrong")) == "share_password_wrong"
    assert (await sharing.open(share, SECRET)).grant


async def test_guessing_is_slowed_down_however_many_guess_at_once(sharing: Sharing) -> None:
    share, other = await sharing.share(password=SECRET), await sharing.share(password=SECRET)
    guesses = [sharing.open(share, f"guess {n}") for n in range(MOST_WRONG + 3)]
    outcomes = await asyncio.gather(*guesses, return_exceptions=True)
    codes = [one.code for one in outcomes if isinstance(one, Refusal)]
    assert codes.count("share_password_wrong") == MOST_WRONG
    assert codes.count("share_tries") == 3
    assert await refused(sharing.open(share, SECRET)) == "share_tries"
    assert await refused(sharing.open(share)) == "share_password", "asking is no guess"
    assert await sharing.open(other, SECRET), "another link is another matter"
    sharing.control.clock.advance(WRONG_WINDOW)
    for _ in range(MOST_WRONG + 1):
        assert await sharing.open(share, SECRET), "who knows it is not counted"


async def test_programs_do_not_open_it_without_end(sharing: Sharing) -> None:
    assert MOST_OPENINGS == 300
    sharing.opening._limit._own.most = 2
    share = await sharing.share()
    await sharing.open(share)
    await sharing.open(share)
    assert await refused(sharing.open(share)) == "share_busy"
    sharing.control.clock.advance(60)
    await sharing.open(share)


async def test_a_password_that_is_looked_at_holds_nothing_up(sharing: Sharing) -> None:
    """What ends while a password is checked lets nobody in."""
    share = await sharing.share(password=SECRET)
    check, revoke = sharing.opening._check, sharing.shares.revoke

    async def slowly(stored: str, password: str) -> None:
        await check(stored, password)
        await revoke(sharing.control.alice, sharing.workspace, share.id)

    sharing.opening._check = slowly  # type: ignore[method-assign] # between looking and letting in
    assert await refused(sharing.open(share, SECRET)) == "share_ended"
