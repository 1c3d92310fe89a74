"""Layers over one another, with what the specification says of whiteouts."""

from blobserve.core.compose import Piece, compose, covers, followed, link_target, plain_name


def layer(number: int, *names: str) -> dict[str, Piece]:
    return {name: Piece(f"blob{number}", 0, 1, str(number)) for name in names}


def shown(*layers: dict[str, Piece]) -> dict[str, str]:
    return {name: piece.tag for name, piece in compose(layers).items()}


def test_the_upper_layer_wins() -> None:
    assert shown(layer(1, "a", "b"), layer(2, "b", "c")) == {"a": "1", "b": "2", "c": "2"}


def test_a_whiteout_takes_a_file_and_a_folder_away() -> None:
    below = layer(1, "a", "x/a", "x/b", "xy")
    assert shown(below, layer(2, ".wh.a", ".wh.x")) == {"xy": "1"}
    assert shown(below, layer(2, "x/.wh.b")) == {"a": "1", "x/a": "1", "xy": "1"}


def test_a_folder_made_anew_shows_nothing_of_below_but_what_comes_with_it() -> None:
    below = layer(1, "x/a", "x/b", "y")
    assert shown(below, layer(2, "x/.wh..wh..opq", "x/c")) == {"y": "1", "x/c": "2"}


def test_a_layer_never_covers_itself() -> None:
    assert shown(layer(1, "a"), layer(2, ".wh.a", "a")) == {"a": "2"}


def test_links_are_followed_by_name_and_lead_nowhere_else() -> None:
    files = layer(1, "a", "x/b")
    for name, target in (("one", "two"), ("two", "x/b"), ("gone", "c"), ("o", "p"), ("p", "o")):
        files[name] = Piece("", 0, 0, "", link=target)
    found = followed(files)
    assert found["one"] == found["two"] == files["x/b"]
    assert set(found) == {"a", "x/b", "one", "two"}


def second(number: int, **names: str) -> dict[str, Piece]:
    return {name: Piece("", 0, 0, str(number), of, hard=True) for name, of in names.items()}


def test_a_second_name_stays_what_it_was() -> None:
    """As in the root of a container: the file is the same until one of its names changes."""
    below = {**layer(1, "a"), **second(1, b="a")}
    assert shown(below, layer(2, "a")) == {"a": "2", "b": "1"}
    assert shown(below, layer(2, ".wh.a")) == {"b": "1"}


def test_a_second_name_of_a_file_of_a_layer_below() -> None:
    assert shown(layer(1, "a"), second(2, b="a")) == {"a": "1", "b": "1"}
    assert shown(layer(1, "a"), {**second(2, b="a"), **layer(2, ".wh.a")}) == {"b": "1"}
    assert shown(layer(1, "a"), {**second(2, b="a"), **layer(2, "a")}) == {"a": "2", "b": "2"}


def test_second_names_of_nothing_or_of_themselves_are_none() -> None:
    files = compose([{**layer(1, "a"), **second(1, b="gone", c="c", d="e", e="d")}])
    assert set(followed(files)) == {"a"}


def test_what_a_link_means() -> None:
    assert link_target("x/y/l", "../z") == "x/z"
    assert link_target("x/l", "/etc/./a") == "etc/a"
    assert link_target("x/l", "../../../etc/passwd") == "etc/passwd"


def test_names_of_members() -> None:
    assert plain_name("./a//b") == plain_name("/a/b") == "a/b"
    assert plain_name("a/../b") == plain_name(".") == ""


def test_what_a_layer_hides() -> None:
    upper = layer(2, ".wh.a", "x/.wh..wh..opq")
    assert covers(upper, "a")
    assert covers(upper, "a/b/c")
    assert covers(upper, "x/y/z")
    assert not covers(upper, "b/a")
    assert covers(layer(2, ".wh..wh..opq"), "anything")


def test_a_root_made_anew_shows_nothing_of_below() -> None:
    assert shown(layer(1, "a", "x/b"), layer(2, ".wh..wh..opq", "c")) == {"c": "2"}


def test_many_whiteouts_over_many_files_take_no_time() -> None:
    below = layer(1, *(f"a{one}/b/c" for one in range(20_000)))
    above = layer(2, *(f"a{one}/.wh.b" for one in range(19_999)))
    assert shown(below, above) == {"a19999/b/c": "1"}
