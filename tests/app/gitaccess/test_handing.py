import pytest

from app.accounts.keys import Keys
from app.gitaccess import sshkeys
from app.gitaccess.structs import SetToken
from app.runtime.port import Credentials
from tests.app.gitaccess.conftest import Given
from tests.app.gitaccess.test_service import ACCEPTED, HOST_KEY
from tests.app.gitaccess.test_sshkeys import sign_in

URL = "https://h.org/ada/demo"


async def test_a_clone_gets_the_token_of_its_own_host(given: Given) -> None:
    await given.access.set_token(given.alice, "h.org", SetToken(token="t", username="ada"))
    found = await given.handing.for_clone("alice", URL)
    assert found == Credentials(username="ada", password="t")
    assert await given.handing.for_clone("alice", "https://h.org:443/a/b") == found
    for other in ("https://h.org:8443/a/b", "https://h.net/a/b", "http://h.org/a/b", "file:///x"):
        assert await given.handing.for_clone("alice", other) == Credentials()
    assert await given.handing.for_clone("bob", URL) == Credentials()


async def test_a_clone_over_ssh_gets_the_key_and_the_hosts_keys(given: Given) -> None:
    url = "ssh://git@h.org/ada/demo.git"
    assert await given.handing.for_clone("alice", url) == Credentials()
    await given.access.make_key(given.alice)
    await given.access.accept_host_key(given.alice, ACCEPTED)
    found = await given.handing.for_clone("alice", url)
    assert found.ssh_key.startswith("-----BEGIN OPENSSH PRIVATE KEY-----")
    assert found.known_hosts == (f"h.org ssh-ed25519 {HOST_KEY}",)
    assert (await given.handing.for_clone("alice", "ssh://git@h.org:2222/x.git")).known_hosts == ()
    assert await given.handing.known_hosts("alice") == list(found.known_hosts)


async def test_no_secret_is_in_what_a_log_would_print(given: Given) -> None:
    secret = Credentials(username="ada", password="ghp_1", ssh_key="-----BEGIN")
    assert "ghp_1" not in repr(secret)
    assert "BEGIN" not in repr(secret)


@pytest.mark.parametrize("place", ["", "h.org/../x", "h.org\nhost=evil", "h.net", "h.org:x"])
async def test_only_a_plain_name_of_the_host_finds_its_token(given: Given, place: str) -> None:
    await given.access.set_token(given.alice, "h.org", SetToken(token="t"))
    assert await given.handing.token("alice", "https", place) == ("", "")
    assert await given.handing.token("alice", "ftp", "h.org") == ("", "")


async def test_a_use_is_noted_to_the_minute(given: Given) -> None:
    await given.access.set_token(given.alice, "h.org", SetToken(token="t"))
    assert (await given.access.view(given.alice)).tokens[0].used is None
    await given.handing.token("alice", "https", "h.org")
    first = given.clock.now()
    given.clock.advance(30)
    await given.handing.token("alice", "https", "h.org")
    assert (await given.access.view(given.alice)).tokens[0].used == first
    given.clock.advance(31)
    await given.handing.token("alice", "https", "h.org")
    assert (await given.access.view(given.alice)).tokens[0].used == given.clock.now()


async def test_the_key_signs_sign_ins_and_nothing_else(given: Given) -> None:
    assert await given.handing.public_key("alice") == ""
    assert await given.handing.sign("alice", b"", sign_in()) == b""
    await given.access.make_key(given.alice)
    blob = sshkeys.blob_of(await given.handing.public_key("alice"))
    assert await given.handing.sign("alice", blob, sign_in(blob=blob))
    assert await given.handing.sign("alice", blob, b"SSHSIG") == b""
    assert await given.handing.sign("alice", b"other", sign_in(blob=b"other")) == b""
    assert await given.handing.sign("bob", blob, sign_in(blob=blob)) == b""


async def test_a_new_master_key_takes_over_what_the_old_one_sealed(given: Given) -> None:
    await given.access.set_token(given.alice, "h.org", SetToken(token="t"))
    await given.access.make_key(given.alice)
    both = given.with_keys(Keys(b"n" * 32, b"m" * 32))
    assert await both.renew_seals() == 2
    assert await both.renew_seals() == 0
    new = given.with_keys(Keys(b"n" * 32))
    assert await new.for_clone("alice", URL) == Credentials(username="oauth2", password="t")
    # with a key that is gone nothing opens, and nothing breaks
    assert await given.handing.for_clone("alice", URL) == Credentials()
    assert await given.handing.renew_seals() == 0
    assert (await given.handing.for_clone("alice", "ssh://git@h.org/x.git")).ssh_key == ""
