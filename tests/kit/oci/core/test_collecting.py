from hypothesis import given
from hypothesis import strategies as st

from kit.oci.core.collecting import Blob, Going, Keeping, Named, choose

OLD = 0.0
NOW = 1_000_000.0


def blobs(**sizes: int) -> dict[str, Blob]:
    return {name: Blob(size, OLD) for name, size in sizes.items()}


def image(name: str, *parts: str, used: float = NOW, held: bool = False) -> Named:
    return Named(name, frozenset(parts), used, held=held)


def test_nothing_goes_without_limits() -> None:
    assert choose([image("a:1", "a", used=OLD)], blobs(a=9), Keeping(), NOW) == Going([], [])


def test_what_no_image_leads_to_goes_when_it_is_old() -> None:
    there = {**blobs(a=1, b=1), "young": Blob(1, NOW - 10)}
    assert choose([image("a:1", "a")], there, Keeping(grace=60), NOW) == Going([], ["b"])


def test_images_that_were_not_used_for_long_go() -> None:
    images = [image("a:1", "a", "shared", used=NOW - 100), image("b:1", "b", "shared")]
    going = choose(images, blobs(a=1, b=1, shared=1), Keeping(unused=50), NOW)
    assert going == Going(["a:1"], ["a"])


def test_over_the_limit_the_least_recently_used_go_first() -> None:
    images = [
        image("new:1", "new", used=NOW),
        image("old:1", "old", used=NOW - 3),
        image("older:1", "older", used=NOW - 5),
    ]
    going = choose(images, blobs(new=10, old=10, older=10), Keeping(most=25), NOW)
    assert going == Going(["older:1"], ["older"])
    going = choose(images, blobs(new=10, old=10, older=10), Keeping(most=5), NOW)
    assert going.names == ["older:1", "old:1", "new:1"]


def test_what_is_shared_counts_once() -> None:
    images = [image("a:1", "shared", "a"), image("b:1", "shared", "b")]
    there = blobs(shared=100, a=1, b=1)
    assert choose(images, there, Keeping(most=102), NOW) == Going([], [])


def test_what_somebody_needs_stays() -> None:
    images = [image("a:1", "a", used=OLD, held=True), image("b:1", "b", used=OLD)]
    going = choose(images, blobs(a=10, b=10, c=10), Keeping(most=1, unused=1), NOW, held=["c"])
    assert going == Going(["b:1"], ["b"])


@given(
    st.lists(st.tuples(st.frozensets(st.sampled_from("abcdef")), st.integers(0, 9), st.booleans())),
    st.integers(0, 60) | st.none(),
    st.integers(0, 9) | st.none(),
)
def test_no_image_that_stays_loses_a_part(
    given: list[tuple[frozenset[str], int, bool]], most: int | None, unused: float | None
) -> None:
    there = {name: Blob(10, 0) for name in "abcdef"}
    images = [
        Named(str(number), parts, used, held=held)
        for number, (parts, used, held) in enumerate(given)
    ]
    going = choose(images, there, Keeping(most, unused, grace=5), 10)
    staying = [one for one in images if one.name not in going.names]
    assert all(one in staying for one in images if one.held)
    needed = frozenset().union(*(one.blobs for one in staying))
    assert needed.isdisjoint(going.blobs)
    if most is not None and any(not one.held for one in staying):
        assert 10 * len(needed) <= most
