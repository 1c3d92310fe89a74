import pytest

from app.faults import Malformed
from app.gitaccess.hosts import host_of, host_of_url, known_as, user_for


@pytest.mark.parametrize(
    ("typed", "host"),
    [
        ("github.com", "github.com"),
        (" GitHub.com. ", "github.com"),
        ("github.com:443", "github.com"),
        ("git.example.org:8443", "git.example.org:8443"),
        ("https://gitlab.com/ada/demo.git", "gitlab.com"),
        ("https://ada:x@h.org:8443/ada", "h.org:8443"),
        ("http://127.0.0.1:80/x", "127.0.0.1"),
        ("http://127.0.0.1:443", "127.0.0.1:443"),
        ("ssh://git@h.org:22/x", "h.org"),
    ],
)
def test_a_host_has_one_spelling(typed: str, host: str) -> None:
    assert host_of(typed) == host


@pytest.mark.parametrize(
    "typed", ["", "a b", "-h", "h..org", "h:0", "h:99999", "h:x", "h:²", "[::1]", "h\nx", "h" * 300]
)
def test_what_is_no_host_is_refused(typed: str) -> None:
    with pytest.raises(Malformed) as refused:
        host_of(typed)
    assert refused.value.code == "host_invalid"


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("https://h.org/a/b", ("https", "h.org")),
        ("https://h.org:443/a/b", ("https", "h.org")),
        ("ssh://git@h.org:2222/a/b.git", ("ssh", "h.org:2222")),
        ("file:///srv/git/demo", ("file", "")),
    ],
)
def test_a_clone_url_names_its_host(url: str, found: tuple[str, str]) -> None:
    assert host_of_url(url) == found


def test_known_hosts_spells_ports_in_its_own_way() -> None:
    assert known_as("h.org") == "h.org"
    assert known_as("h.org:2222") == "[h.org]:2222"


def test_a_token_goes_with_what_its_host_takes() -> None:
    assert user_for("github.com") == "oauth2"
    assert user_for("bitbucket.org") == "x-token-auth"
