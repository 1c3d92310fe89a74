"""Which roots go, and what people read while one comes."""

from daemon.core.images import REST, Kept, progress_of, superfluous

NOW = 1_000_000.0


def kept(image: str, size: int, age: float) -> Kept:
    return Kept(image=image, size=size, used=NOW - age)


def test_those_not_used_for_longest_go_first_and_no_more_than_needed():
    roots = [kept("a", 5, REST + 3), kept("b", 5, REST + 9), kept("c", 5, REST + 6)]
    assert superfluous(roots, (), 10, NOW) == ["b"]
    assert superfluous(roots, (), 9, NOW) == ["b", "c"]
    assert superfluous(roots, (), 15, NOW) == []


def test_none_goes_that_a_container_uses_or_may_be_about_to():
    roots = [kept("used", 5, REST + 9), kept("fresh", 5, 1), kept("old", 5, REST + 1)]
    assert superfluous(roots, {"used"}, 1, NOW) == ["old"]


def test_no_limit_keeps_all():
    assert superfluous([kept("a", 5, REST * 9)], (), 0, NOW) == []


def test_what_is_unused_for_long_goes_whatever_the_size():
    roots = [kept("old", 5, REST * 9), kept("fresh", 5, REST * 2), kept("used", 5, REST * 9)]
    assert superfluous(roots, {"used"}, 0, NOW, REST * 4) == ["old"]
    assert superfluous(roots, {"used"}, 5, NOW, REST * 4) == ["old", "fresh"]


def test_progress_is_told_in_megabytes():
    assert progress_of(0, 0) == "fetching the image"
    assert progress_of(1_500_000, 245_000_000) == "fetching the image: 1.5 of 245 MB"
