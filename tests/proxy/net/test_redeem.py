"""Exchanging a code for a grant: what the server says reaches the person, or why not."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from proxy.net.redeem import Redeemer, RedeemError
from tests.proxy.net.standins import Internal


@pytest.fixture
async def internal(tmp_path: Path) -> AsyncIterator[Internal]:
    made = Internal(str(tmp_path / "internal.sock"))
    await made.start()
    yield made
    await made.stop()


@pytest.fixture
async def redeemer(tmp_path: Path) -> AsyncIterator[Redeemer]:
    made = Redeemer(str(tmp_path / "internal.sock"))
    yield made
    await made.close()


async def refused(redeemer: Redeemer) -> RedeemError:
    with pytest.raises(RedeemError) as caught:
        await redeemer.redeem("c", "n", "h")
    return caught.value


async def test_a_grant(internal: Internal, redeemer: Redeemer) -> None:
    internal.redeem = lambda _body: (200, {"grant": "g1", "ports": "g2", "path": "/x?y"})
    given = await redeemer.redeem("c", "n", "h")
    assert given.ports == "g2"
    assert (given.grant, given.path) == ("g1", "/x?y")
    assert internal.redeemed == [{"code": "c", "nonce": "n", "host": "h"}]


async def test_the_servers_reason_is_for_the_person(internal: Internal, redeemer: Redeemer) -> None:
    error = await refused(redeemer)
    assert str(error) == "The code is not known."
    assert not error.away
    internal.redeem = lambda _body: (
        400,
        {"code": "x", "title": "No", "detail": "It was used before."},
    )
    assert str(await refused(redeemer)) == "It was used before."


@pytest.mark.parametrize("body", [{}, {"grant": 1, "path": "/"}])
async def test_an_answer_that_is_no_grant(
    internal: Internal, redeemer: Redeemer, body: dict
) -> None:
    internal.redeem = lambda _body: (200, body)
    assert not (await refused(redeemer)).away


async def test_a_failing_server_is_away(internal: Internal, redeemer: Redeemer) -> None:
    internal.redeem = lambda _body: (502, {})
    error = await refused(redeemer)
    assert error.away
    assert "502" in str(error)


async def test_no_server_is_away_and_found_again(internal: Internal, redeemer: Redeemer) -> None:
    await internal.stop()
    assert (await refused(redeemer)).away
    Path(internal.path).unlink(missing_ok=True)
    await internal.start()
    internal.redeem = lambda _body: (200, {"grant": "g", "path": "/"})
    assert (await redeemer.redeem("c", "n", "h")).grant == "g"


async def test_a_share_link(internal: Internal, redeemer: Redeemer) -> None:
    internal.share = lambda _body: (200, {"grant": "g1", "expires": 7})
    given = await redeemer.open_share("t", "w", 3000, "secret")
    assert (given.grant, given.expires) == ("g1", 7)
    asked = {"token": "t", "workspace": "w", "port": 3000, "password": "secret"}
    assert internal.opened == [asked]


async def test_why_a_share_link_does_not_open_is_told_whole(
    internal: Internal, redeemer: Redeemer
) -> None:
    problem = {"code": "share_ended", "title": "No", "detail": "It has expired.", "cure": "Ask."}
    internal.share = lambda _body: (404, problem)
    with pytest.raises(RedeemError) as caught:
        await redeemer.open_share("t", "w", 3000, "")
    said = caught.value.problem
    assert said is not None
    assert (said.code, said.cure) == ("share_ended", "Ask.")


async def test_closing_before_the_first_use(tmp_path: Path) -> None:
    await Redeemer(str(tmp_path / "none")).close()
