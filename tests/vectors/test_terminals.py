"""NN: terminals, as Gitpod Classic's own tests have them."""

from supervisor.core.opening import annotations

ROWS = {"NN11"}


def test_nn11_annotations_of_the_request_win() -> None:
    asked, option = {"hello": "world"}, {"hello": "foo", "bar": "baz"}
    assert annotations(asked, option) == {"hello": "world", "bar": "baz"}
