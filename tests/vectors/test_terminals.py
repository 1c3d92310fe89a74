"""NN: services of the supervisor, as Gitpod Classic's own tests have them."""

from supervisor.core.opening import annotations
from supervisor.core.user import check

ROWS = {"NN11", "NN13"}


def test_nn11_annotations_of_the_request_win() -> None:
    asked, option = {"hello": "world"}, {"hello": "foo", "bar": "baz"}
    assert annotations(asked, option) == {"hello": "world", "bar": "baz"}


def test_nn13_a_user_that_does_not_fit_is_told() -> None:
    def said(*row: str) -> list[str]:
        return check(":".join(row) + "\n", "gitpod:x:33333:\n", "/bin/sh").problems

    home, mine = "/home/gitpod", ("gitpod", "x", "33333", "33333", "")
    assert said("gitpod", "x", "1000", "33333", "", home, "") == [
        "user gitpod uses different UID 1000, should be: 33333"
    ]
    assert said("foobar", "x", "33333", "33333", "", home, "") == [
        "user foobar already uses UID 33333"
    ]
    assert said("gitpod", "x", "33333", "1000", "", home, "") == [
        "user gitpod uses different GID 1000 (instead of 33333)"
    ]
    assert said(*mine, "1000", "") == [
        "user gitpod uses different home directory 1000 (instead of /home/gitpod)"
    ]
