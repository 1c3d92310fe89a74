"""One file, three places: what both had, what is here, what the server has."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supervisor.core.profile import Held, Move, carried, decide, digest, extensions_of

OLD, HERE, THERE = Held("{}", 1.0), Held('{"a": 1}', 20.0), Held('{"b": 2}', 10.0)
LATER = Held('{"b": 2}', 30.0)
BASE = OLD.digest


@pytest.mark.parametrize(
    ("base", "here", "there", "move"),
    [
        (None, None, None, Move.NOTHING),
        (None, None, THERE, Move.TAKE),
        (None, HERE, None, Move.SEND),
        (None, HERE, HERE, Move.NOTHING),
        (BASE, OLD, OLD, Move.NOTHING),
        (BASE, OLD, THERE, Move.TAKE),
        (BASE, HERE, OLD, Move.SEND),
        (BASE, HERE, THERE, Move.SEND_KEEPING),
        (BASE, HERE, LATER, Move.TAKE_KEEPING),
        (None, HERE, LATER, Move.TAKE_KEEPING),
        (BASE, None, OLD, Move.SEND),
        (BASE, None, THERE, Move.TAKE),
        (BASE, OLD, None, Move.NOTHING),
        (BASE, HERE, None, Move.SEND),
    ],
)
def test_whoever_changed_it_counts_and_of_two_the_later(
    base: str | None, here: Held | None, there: Held | None, move: Move
) -> None:
    assert decide(base, here, there) is move


def test_vs_codes_list_and_ours_are_both_lists_of_ids() -> None:
    theirs = [{"identifier": {"id": "B.b"}, "version": "1"}, {"identifier": {}}, {}, 3]
    assert extensions_of(json.dumps(theirs)) == ["b.b"]
    assert extensions_of('["b.b", "A.a", "a.a"]') == ["a.a", "b.b"]
    assert extensions_of("no json") == extensions_of("{}") == extensions_of("") == []


def test_what_a_person_installs_and_removes_goes_along_and_the_files_own_does_not() -> None:
    assert carried(["a.a"], [], ["b.b", "c.c"], ["C.c@1.2"]) == ["a.a", "b.b"]
    assert carried(["a.a", "b.b"], ["b.b"], [], []) == ["a.a"]
    # a workspace that has not installed them yet takes nothing off
    assert carried(["a.a"], [], [], []) == ["a.a"]


@given(st.text())
def test_any_text_is_a_list_or_none(text: str) -> None:
    assert isinstance(extensions_of(text), list)
    assert digest(text) == digest(text)
