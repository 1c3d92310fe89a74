"""Links, sessions and tokens: what each is worth, and when it is worth nothing any more."""

import pytest
from sqlalchemy import select

from app.accounts import service
from app.accounts.secrets import hashed
from app.db.accounts import ApiTokenRow, LoginLinkRow, MembershipRow, SessionRow, UserRow
from app.db.sessions import Database
from app.faults import Denied
from tests.app.people import add_person

NOW = 1_700_000_000.0


async def signed_in(database: Database, now: float = NOW, current: str = "") -> tuple[str, str]:
    async with database.write() as session:
        token, _ = await service.make_login_link(session, now)
        return await service.sign_in(session, token, now, current)


async def test_the_owner_is_made_once_with_an_organisation(database: Database) -> None:
    async with database.write() as session:
        first = await service.ensure_owner(session, NOW)
        assert await service.ensure_owner(session, NOW + 1) == first
        assert [one.name for one in (await session.execute(select(UserRow))).scalars()] == ["owner"]
        member = (await session.execute(select(MembershipRow))).scalars().one()
        assert (member.user_id, member.role) == (first, "owner")


async def test_a_link_signs_in_once(database: Database) -> None:
    async with database.write() as session:
        token, expires = await service.make_login_link(session, NOW)
        assert expires == NOW + 600
        identifier, cookie = await service.sign_in(session, token, NOW + 599)
        identity = await service.by_session(session, cookie, NOW + 599)
        assert identity is not None
        assert identity.session == identifier
        assert len(identity.organisations) == 1
        with pytest.raises(Denied) as caught:
            await service.sign_in(session, token, NOW + 599)
        assert caught.value.code == "link_used"


async def test_a_link_expires_and_an_unknown_one_is_refused(database: Database) -> None:
    async with database.write() as session:
        token, _ = await service.make_login_link(session, NOW)
        for wrong, moment, code in (
            (token, NOW + 601, "link_expired"),
            (token + "x", NOW, "link_unknown"),
            (hashed(token), NOW, "link_unknown"),
            ("", NOW, "link_unknown"),
            ("x" * 5000, NOW, "link_unknown"),
        ):
            with pytest.raises(Denied) as caught:
                await service.sign_in(session, wrong, moment)
            assert caught.value.code == code


async def test_old_links_are_forgotten(database: Database) -> None:
    async with database.write() as session:
        await service.make_login_link(session, NOW)
        await service.make_login_link(session, NOW + 2 * 86400)
        assert len((await session.execute(select(LoginLinkRow))).scalars().all()) == 1


async def test_signing_in_again_goes_on_under_a_new_token(database: Database) -> None:
    first, old = await signed_in(database)
    again, new = await signed_in(database, NOW + 10, current=first)
    assert again == first
    assert new != old
    async with database.read() as session:
        assert await service.by_session(session, old, NOW + 10) is None
        assert await service.by_session(session, new, NOW + 10) is not None


async def test_a_foreign_or_ended_session_is_not_taken_over(database: Database) -> None:
    async with database.write() as session:
        await add_person(session, "bob")
        session.add(
            SessionRow(
                id="s_bob",
                token_hash=hashed("planted"),
                user_id="bob",
                created_at=NOW,
                expires_at=NOW + 1000,
                ended_at=None,
            )
        )
    mine, _ = await signed_in(database, current="s_bob")
    assert mine != "s_bob"
    async with database.write() as session:
        planted = await service.by_session(session, "planted", NOW)
        assert planted is not None
        assert planted.user == "bob"
        await service.sign_out(session, mine, NOW)
    assert (await signed_in(database, current=mine))[0] != mine


async def test_a_session_ends_by_sign_out_and_by_time(database: Database) -> None:
    identifier, token = await signed_in(database)
    async with database.write() as session:
        late = NOW + service.SESSION_LIFETIME + 1
        assert await service.by_session(session, token, late) is None
        assert not await service.session_lives(session, identifier, late)
        assert await service.session_lives(session, identifier, NOW)
        await service.sign_out(session, identifier, NOW + 5)
        await service.sign_out(session, identifier, NOW + 9)
        assert await service.by_session(session, token, NOW + 5) is None
        assert not await service.session_lives(session, identifier, NOW + 5)
        assert not await service.session_lives(session, "s_unknown", NOW)
        assert await service.ended_sessions(session, NOW + 10) == {identifier: int(NOW + 5)}
        assert await service.ended_sessions(session, NOW + 86400) == {}


async def test_nothing_is_stored_in_the_clear(database: Database) -> None:
    _, cookie = await signed_in(database)
    async with database.write() as session:
        token = await service.mint_api_token(session, "cli", NOW)
        stored = {one.token_hash for one in (await session.execute(select(SessionRow))).scalars()}
        stored |= {one.token_hash for one in (await session.execute(select(ApiTokenRow))).scalars()}
    assert stored == {hashed(cookie), hashed(token)}


async def test_a_new_api_token_of_a_name_revokes_the_older(database: Database) -> None:
    async with database.write() as session:
        old = await service.mint_api_token(session, "cli", NOW)
        other = await service.mint_api_token(session, "other", NOW)
        new = await service.mint_api_token(session, "cli", NOW)
        assert await service.by_api_token(session, old) is None
        for token in (new, other):
            identity = await service.by_api_token(session, token)
            assert identity is not None
            assert identity.scopes is None
            assert identity.session == ""
        for wrong in ("", "x", "x" * 5000, hashed(new)):
            assert await service.by_api_token(session, wrong) is None


async def test_a_tokens_scopes_are_read(database: Database) -> None:
    async with database.write() as session:
        token = await service.mint_api_token(session, "cli", NOW)
        row = (await session.execute(select(ApiTokenRow))).scalars().one()
        row.scopes = "list_own see_workspace"
        identity = await service.by_api_token(session, token)
        assert identity is not None
        assert identity.scopes == frozenset({"list_own", "see_workspace"})


async def test_a_cookie_that_is_no_token_is_nobody(database: Database) -> None:
    async with database.read() as session:
        for wrong in ("", "x", "x" * 5000):
            assert await service.by_session(session, wrong, NOW) is None
