import pytest

from app.gitaccess.pasted import take_out

GITHUB = "ghp_0123456789abcdefghijABCDEFGHIJ0123"


@pytest.mark.parametrize(
    ("text", "address", "host", "username", "token"),
    [
        ("https://ada:t@h.org/a/b", "https://h.org/a/b", "https://h.org", "ada", "t"),
        ("https://a:p%40s@h.org:84/a", "https://h.org:84/a", "https://h.org:84", "a", "p@s"),
        ("HTTPS://ada:p@ss@h.org/a", "HTTPS://h.org/a", "https://h.org", "ada", "p@ss"),
        (f"https://{GITHUB}@h.org/a/b", "https://h.org/a/b", "https://h.org", "", GITHUB),
        (f"https://{GITHUB}:x-oauth-basic@h.org/a", "https://h.org/a", "https://h.org", "", GITHUB),
        (f"https://{GITHUB}:@h.org/a", "https://h.org/a", "https://h.org", "", GITHUB),
        (f"{GITHUB}@h.org/a/b", "h.org/a/b", "https://h.org", "", GITHUB),
        ("ada:t@h.org/a/b", "h.org/a/b", "https://h.org", "ada", "t"),
        ("https://ada@h.org/a/b", "https://h.org/a/b", "https://h.org", "", ""),
        ("http://a:t@127.0.0.1/a", "http://127.0.0.1/a", "http://127.0.0.1", "a", "t"),
        (
            "http://podium.localhost/#A=b,/https://ada:t@h.org/a",
            "http://podium.localhost/#A=b,/https://h.org/a",
            "https://h.org",
            "ada",
            "t",
        ),
        ("ssh://git:t@h.org/a", "ssh://git@h.org/a", "", "", ""),
    ],
)
def test_a_credential_is_taken_out(text, address, host, username, token) -> None:
    found = take_out(text)
    assert (found.address, found.host) == (address, host)
    assert (found.username, found.token) == (username, token)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "https://h.org/a/b",
        "https://h.org/a/b@v1",
        "https://h.org/a?x=ada:t@h",
        "git@h.org:ada/demo.git",
        "ssh://git@h.org:2222/a/b.git",
        "file:///srv/a@b",
        "h.org/a/b",
        "http://podium.localhost/#https://h.org/a/b",
    ],
)
def test_what_carries_none_stays(text: str) -> None:
    assert take_out(f" {text} ").address == text
    assert take_out(text).token == ""


def test_a_second_one_goes_as_well() -> None:
    assert (
        take_out("https://a:b@h.org/https://c:d@e.org/x").address == "https://h.org/https://e.org/x"
    )


def test_it_is_not_shown_by_accident() -> None:
    assert "hush" not in repr(take_out("https://ada:hush@h.org/a"))
