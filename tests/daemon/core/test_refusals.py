import pytest

from daemon.core.credentials import NONE, Credentials
from daemon.core.faults import fault
from daemon.core.refusals import host_key_fault, host_of, refined

URL = "https://h.org:8443/ada/demo"
SSH = "ssh://git@h.org/ada/demo.git"
TOKEN = Credentials(username="ada", password="t")
KEY = Credentials(ssh_key="k")
UNVERIFIED = ["No ED25519 host key is known for h.org", "Host key verification failed."]
SEEN = "ssh-ed25519 AAAA\n"


@pytest.mark.parametrize(
    ("url", "host"),
    [(URL, "h.org:8443"), ("https://h.org:443/x", "h.org"), (SSH, "h.org"), ("file:///x", "")],
)
def test_the_host_is_named_as_in_settings(url: str, host: str) -> None:
    assert host_of(url) == host


@pytest.mark.parametrize(
    ("url", "shown", "code", "words"),
    [
        (URL, NONE, "clone_auth_required", "Add a token for h.org:8443"),
        (URL, KEY, "clone_auth_required", "Add a token for h.org:8443"),
        (URL, TOKEN, "clone_denied", "Replace the token for h.org:8443"),
        (SSH, NONE, "clone_auth_required", "Make an ssh key"),
        (SSH, KEY, "clone_denied", "Add the public half"),
    ],
)
def test_what_was_shown_decides_what_helps(url, shown, code, words) -> None:
    found = refined(fault("clone_auth_required", "said"), url, shown)
    assert (found.code, found.detail) == (code, "said")
    assert words in found.cure
    assert found.subject["host"] == host_of(url)


def test_a_missing_one_may_be_private() -> None:
    missing = fault("repository_missing")
    assert "If it is private: Add a token" in refined(missing, URL, NONE).cure
    assert "your token for h.org:8443 has to reach it" in refined(missing, URL, TOKEN).cure
    assert refined(missing, "file:///srv/x", NONE) == missing


def test_other_faults_stay_as_they_are() -> None:
    full = fault("disk_full")
    assert refined(full, URL, TOKEN) is full


def test_an_unknown_host_is_shown() -> None:
    found = host_key_fault(UNVERIFIED, SSH, SEEN, KEY)
    assert found is not None
    assert found.code == "host_key_unknown"
    assert found.subject["host"] == "h.org"
    assert found.subject["key"] == "AAAA"
    assert found.subject["fingerprint"] in found.detail


def test_another_key_than_before_is_a_change() -> None:
    known = Credentials(known_hosts=("h.org ssh-ed25519 BBBB",))
    found = host_key_fault(UNVERIFIED, SSH, SEEN, known)
    assert found is not None
    assert found.code == "host_key_changed"
    assert found.detail.count("SHA256:") == 2
    assert "forget the old one" in found.cure


@pytest.mark.parametrize(
    ("lines", "seen"),
    [(["fatal: other"], SEEN), (UNVERIFIED, ""), (UNVERIFIED, "ssh-ed25519 %%%"), ([], "")],
)
def test_what_is_no_host_key_is_none(lines: list[str], seen: str) -> None:
    assert host_key_fault(lines, SSH, seen, NONE) is None


def test_that_nobody_could_be_asked_is_no_cause() -> None:
    said = "fatal: could not read Username for 'https://h.org': terminal prompts disabled"
    found = refined(fault("clone_auth_required", said), URL, NONE)
    assert found.detail == "h.org:8443 wants to know who asks."
