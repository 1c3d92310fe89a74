from app.moves.choosing import FULL, Candidate, choose, why_none

HERE, THERE = Candidate("local", answers=True, running=3), Candidate("b", answers=True, running=1)


def test_a_new_one_goes_where_there_is_least() -> None:
    assert choose([HERE, THERE]) == "b"


def test_of_equals_the_first_is_taken() -> None:
    assert choose([Candidate("local", answers=True), Candidate("b", answers=True)]) == "local"


def test_who_is_away_emptied_or_full_gets_none() -> None:
    away = Candidate("c", answers=False)
    emptied = Candidate("d", answers=True, draining=True)
    full = Candidate("e", answers=True, free=FULL - 1)
    assert choose([away, emptied, full]) is None
    told = "No other node takes it: c does not answer, d is being emptied, e has no room."
    assert why_none([away, emptied, full]) == told
    assert choose([away, emptied, full, HERE]) == "local"


def test_a_node_is_not_chosen_to_leave_for_itself() -> None:
    assert choose([HERE], ["local"]) is None
    assert why_none([HERE], ["local"]) == "There is no other node."


def test_room_that_is_not_known_is_no_reason() -> None:
    assert Candidate("b", answers=True, free=None).takes
    assert Candidate("b", answers=True, free=FULL).why_not == ""


def test_who_still_has_what_is_left_of_it_says_so() -> None:
    told = "No other node takes it: local still has what is left of it, which is saved first."
    assert why_none([HERE], holding=["local"]) == told
