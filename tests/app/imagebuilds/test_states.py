import itertools

import pytest

from app.imagebuilds.states import (
    CANCELLED,
    DIED,
    LATE,
    NO_IMAGE,
    OUT_OF_MEMORY,
    BuildEvent,
    BuildState,
    Queued,
    decide,
    in_order,
    problem_of,
    turn,
)


@pytest.mark.parametrize(("state", "event"), list(itertools.product(BuildState, BuildEvent)))
def test_an_end_is_an_end_and_nothing_begins_twice(state: BuildState, event: BuildEvent):
    after = decide(state, event)
    if not state.live:
        assert after is state
    if event is BuildEvent.PUSHED:
        assert (after is BuildState.DONE) == (state in {BuildState.RUNNING, BuildState.DONE})
    if event is BuildEvent.CANCELLED and state.live:
        assert after is BuildState.CANCELLED


def test_as_many_begin_as_may():
    queue = [Queued("a", "ada"), Queued("b", "ada"), Queued("c", "bob")]
    assert turn(queue, ["eve"], 2) == ["a"]
    assert turn(queue, ["eve"] * 3, 2) == []
    assert turn(queue, [], 9) == ["a", "c", "b"]


def test_a_person_s_second_build_waits_for_everybody_s_first():
    queue = [Queued(f"{who}{n}", who) for n, who in enumerate(("ada", "ada", "ada", "bob", "eve"))]
    assert in_order(queue, []) == ["ada0", "bob3", "eve4", "ada1", "ada2"]
    assert in_order(queue, ["ada"]) == ["bob3", "eve4", "ada0", "ada1", "ada2"]
    assert in_order(queue, ["bob", "eve", "eve"])[-1] == "eve4"


@pytest.mark.parametrize(
    "code",
    [
        "base_unknown",
        "base_denied",
        "checkout_failed",
        "disk_full",
        "dockerfile_invalid",
        "push_failed",
        "step_failed",
        "something_new",
    ],
)
def test_every_code_has_words(code: str):
    problem = problem_of(code, "why")
    assert problem.code == f"build_{code}"
    assert problem.title
    assert problem.cure.endswith(".")


def test_what_the_server_finds_has_words():
    for one in (CANCELLED, DIED, LATE, NO_IMAGE, OUT_OF_MEMORY):
        assert one.cure.endswith(".")
