from base64 import b64encode

import pytest

from app.accounts.access import Kind, Listener, Principal
from app.faults import Denied, Malformed
from app.gitaccess.structs import AcceptHostKey, SetToken
from tests.app.gitaccess.conftest import Given
from tests.app.gitaccess.test_sshkeys import text

HOST_KEY = b64encode(text(b"ssh-ed25519", b"k" * 32)).decode()
ACCEPTED = AcceptHostKey(host="H.org:22", algorithm="ssh-ed25519", key=HOST_KEY)
TOKEN = SetToken(token=" ghp_secret ")


async def test_a_token_is_kept_for_its_host_and_replaced(given: Given) -> None:
    await given.access.set_token(given.alice, "https://GitHub.com/x", TOKEN)
    await given.access.set_token(given.alice, "h.org", SetToken(token="t", username="ada"))
    await given.access.set_token(given.alice, "github.com", SetToken(token="newer"))
    seen = (await given.access.view(given.alice)).tokens
    assert [(one.host, one.username) for one in seen] == [
        ("github.com", "oauth2"),
        ("h.org", "ada"),
    ]
    assert await given.handing.token("alice", "https", "github.com") == ("oauth2", "newer")
    assert await given.access.has_token(given.alice, "github.com")
    await given.access.remove_token(given.alice, "github.com")
    await given.access.remove_token(given.alice, "github.com")
    assert not await given.access.has_token(given.alice, "github.com")
    assert await given.handing.token("alice", "https", "github.com") == ("", "")


async def test_nothing_secret_lies_in_the_database(given: Given) -> None:
    await given.access.set_token(given.alice, "h.org", TOKEN)
    await given.access.make_key(given.alice)
    await given.database.close()
    content = b"".join(one.read_bytes() for one in given.path.parent.iterdir())
    assert b"ghp_secret" not in content
    assert b"PRIVATE KEY" not in content


async def test_one_person_sees_and_changes_nothing_of_another(given: Given) -> None:
    await given.access.set_token(given.alice, "h.org", TOKEN)
    await given.access.accept_host_key(given.alice, ACCEPTED)
    await given.access.make_key(given.alice)
    view = await given.access.view(given.bob)
    assert (view.tokens, view.ssh_key, view.host_keys) == ([], None, [])
    await given.access.remove_token(given.bob, "h.org")
    await given.access.remove_key(given.bob)
    await given.access.forget_host(given.bob, "h.org")
    view = await given.access.view(given.alice)
    assert len(view.tokens) == len(view.host_keys) == 1
    assert view.ssh_key is not None


async def test_the_key_is_one_and_can_be_renewed(given: Given) -> None:
    first = await given.access.make_key(given.alice)
    assert first.public.startswith("ssh-ed25519 AAAA")
    assert first.public.endswith(" podium-alice")
    assert (await given.access.view(given.alice)).ssh_key == first
    second = await given.access.make_key(given.alice)
    assert second.fingerprint != first.fingerprint
    await given.access.remove_key(given.alice)
    assert (await given.access.view(given.alice)).ssh_key is None


async def test_a_host_is_known_until_it_is_forgotten(given: Given) -> None:
    known = await given.access.accept_host_key(given.alice, ACCEPTED)
    assert known.host == "h.org"
    assert known.fingerprint.startswith("SHA256:")
    assert (await given.access.view(given.alice)).host_keys == [known]
    await given.access.forget_host(given.alice, "h.org")
    assert (await given.access.view(given.alice)).host_keys == []


@pytest.mark.parametrize("token", ["a b", "a\nb", "é", "a\x00", " "])
async def test_what_is_no_token_is_refused(given: Given, token: str) -> None:
    for wanted in (SetToken(token=token), SetToken(token="t", username=f"x{token}x")):
        with pytest.raises(Malformed) as refused:
            await given.access.set_token(given.alice, "h.org", wanted)
        assert refused.value.code == "token_invalid"


async def test_nobody_and_narrow_tokens_may_do_nothing(given: Given) -> None:
    narrow = Principal(Kind.USER, Listener.PUBLIC, user="alice", scopes=frozenset())
    for who in (Principal(Kind.NOBODY, Listener.PUBLIC), narrow):
        for call in (
            given.access.view(who),
            given.access.set_token(who, "h.org", TOKEN),
            given.access.has_token(who, "h.org"),
            given.access.remove_token(who, "h.org"),
            given.access.make_key(who),
            given.access.remove_key(who),
            given.access.accept_host_key(who, ACCEPTED),
            given.access.forget_host(who, "h.org"),
        ):
            with pytest.raises(Denied):
                await call
