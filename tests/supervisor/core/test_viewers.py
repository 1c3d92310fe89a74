"""Several viewers of one terminal: whose size counts, and who is told."""

from hypothesis import given
from hypothesis import strategies as st

from supervisor.core.viewers import FIRST, LARGEST, Viewers


def two() -> tuple[Viewers, int, int]:
    """A wide window and a narrow one, in this order."""
    viewers = Viewers()
    wide, narrow = (viewers.join("browser", name, 1.0).id for name in ("wide", "narrow"))
    assert viewers.resize(wide, 200, 50) == [narrow]
    assert viewers.resize(narrow, 60, 20) == [narrow]
    return viewers, wide, narrow


def test_a_single_viewers_window_is_the_size() -> None:
    viewers = Viewers()
    one = viewers.join("browser", "", 1.0)
    assert viewers.size == one.known == FIRST
    assert viewers.resize(one.id, 120, 40) == []
    assert viewers.size == (120, 40)


def test_who_only_comes_is_told_and_changes_nothing() -> None:
    viewers, _, narrow = two()
    assert viewers.size == (200, 50)
    assert viewers.seats[narrow].known == (200, 50)


def test_who_types_decides_and_the_others_are_told_once() -> None:
    viewers, wide, narrow = two()
    assert viewers.typed(narrow) == [wide, narrow]
    assert viewers.size == (60, 20)
    assert viewers.typed(narrow) == []
    assert viewers.typed(wide) == [wide, narrow]
    assert viewers.size == (200, 50)


def test_who_is_focused_decides_and_losing_it_gives_nothing_back() -> None:
    viewers, wide, narrow = two()
    assert viewers.focus(narrow, focused=True) == [wide, narrow]
    assert viewers.focus(narrow, focused=False) == []
    assert (viewers.size, viewers.seats[narrow].focused) == ((60, 20), False)
    assert viewers.focus(wide, focused=True) == [wide, narrow]


def test_who_decides_may_grow_and_the_other_may_not() -> None:
    viewers, wide, narrow = two()
    viewers.typed(narrow)
    assert viewers.resize(narrow, 70, 20) == [wide]
    assert viewers.resize(wide, 220, 50) == [wide]
    assert viewers.size == (70, 20)


def test_when_who_decides_leaves_the_one_before_does() -> None:
    viewers, wide, narrow = two()
    viewers.typed(wide)
    viewers.typed(narrow)
    assert viewers.leave(narrow) == [wide]
    assert viewers.size == (200, 50)
    assert viewers.leave(wide) == []
    assert (viewers.size, viewers.leave(wide)) == ((200, 50), [])


def test_who_has_said_no_size_can_type_and_decides_nothing() -> None:
    viewers, wide, narrow = two()
    mute = viewers.join("gp", "", 1.0)
    assert viewers.typed(mute.id) == []
    assert viewers.size == (200, 50)
    assert [viewers.leave(one) for one in (wide, narrow, mute.id)] == [[narrow, mute.id], [], []]


def test_sizes_that_make_no_sense_are_bounded_and_told_to_who_said_them() -> None:
    viewers = Viewers()
    one = viewers.join("browser", "", 1.0).id
    assert viewers.resize(one, 0, -4) == [one]
    assert viewers.size == (1, 1)
    assert viewers.resize(one, 10**6, 10**6) == [one]
    assert viewers.size == (LARGEST, LARGEST)


def test_a_kind_that_nobody_knows_is_a_browser() -> None:
    viewers = Viewers()
    assert [viewers.join(kind, "", 0).kind for kind in ("vscode", "made up")] == [
        "vscode",
        "browser",
    ]


def test_who_is_gone_says_nothing_any_more() -> None:
    viewers = Viewers()
    assert viewers.typed(7) == viewers.focus(7, focused=True) == viewers.resize(7, 1, 1) == []
    assert viewers.size == FIRST


DEEDS = st.tuples(
    st.sampled_from(["typed", "focus", "resize", "leave", "join"]),
    st.integers(1, 4),
    st.integers(1, 300),
)


@given(st.lists(DEEDS, max_size=40))
def test_everybody_believes_in_the_one_size(deeds: list[tuple[str, int, int]]) -> None:
    viewers = Viewers()
    believes: dict[int, tuple[int, int]] = {}
    for deed, number, size in deeds:
        if deed == "join":
            seat = viewers.join("browser", "", 0)
            believes[seat.id] = viewers.size
            continue
        if deed == "resize":
            told = viewers.resize(number, size, size)
            if number in believes:
                believes[number] = (size, size)
        elif deed == "focus":
            told = viewers.focus(number, focused=size % 2 == 0)
        else:
            told = getattr(viewers, deed)(number)
            if deed == "leave":
                believes.pop(number, None)
        for one in told:
            believes[one] = viewers.size
        assert set(believes.values()) <= {viewers.size}
