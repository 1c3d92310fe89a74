import pytest

from cli.images.graph import CircularError, Part, key, ordered


def part(name: str, *needs: str, text: bytes = b"") -> Part:
    return Part(name, {"file": text}, needs)


def test_what_is_needed_comes_before_and_the_rest_by_name():
    parts = [part("server", "debian", "python"), part("python"), part("debian"), part("bundle")]
    assert [one.name for one in ordered(parts)] == ["bundle", "debian", "python", "server"]


@pytest.mark.parametrize(
    ("parts", "named"),
    [
        ([part("a", "b"), part("b", "a"), part("c")], "a, b"),
        ([part("a", "nothing")], "a"),
        ([part("a", "a")], "a"),
    ],
)
def test_parts_that_can_never_be_built_are_named(parts: list[Part], named: str):
    with pytest.raises(CircularError, match=f"^{named}$"):
        ordered(parts)


def test_the_key_follows_from_inputs_and_from_what_came_out_of_needed_parts():
    one = part("server", "debian", text=b"1")
    first = key(one, {"debian": "x", "python": "y"})
    assert key(one, {"debian": "x", "python": "other"}) == first
    assert key(one, {"debian": "z"}) != first
    assert key(part("server", "debian", text=b"2"), {"debian": "x"}) != first


def test_an_input_is_not_taken_for_a_part_of_that_name():
    assert key(Part("a", {"b": b"x"}), {}) != key(Part("a", {}, ("b",)), {"b": "x"})
