import pytest

from app.accounts.paths import MAX_PATH, relative


@pytest.mark.parametrize("path", ["/", "/new?url=https://h.org/a/b", "/a%20b#c", "/start/x-1"])
def test_paths_of_this_host_are_kept(path: str) -> None:
    assert relative(path) == path


@pytest.mark.parametrize(
    "path",
    [
        *("", "x", "https://evil.example", "//evil.example", "///evil.example", "javascript:x()"),
        *("/\\evil.example", "\\\\evil.example", "/\t/evil.example", "/\n/evil", "/a b", "/é"),
        *("/\x00", "/\x7f", "/" + "a" * MAX_PATH),
    ],
)
def test_everything_else_becomes_the_other_path(path: str) -> None:
    assert relative(path) == "/"
    assert relative(path, "/new") == "/new"
