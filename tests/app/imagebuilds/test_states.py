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
    decide,
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


def test_a_build_whose_headless_task_failed_has_failed():
    """Vectors F1 and F3: running, then done_failure with the message."""
    assert decide(BuildState.QUEUED, BuildEvent.PLACED) is BuildState.RUNNING
    assert decide(BuildState.RUNNING, BuildEvent.FAILED) is BuildState.FAILED
    assert problem_of("step_failed", "image build failed").detail == "image build failed"


def test_a_build_without_an_image_says_so():
    """Vector E5."""
    assert NO_IMAGE.title == "image build did not produce a workspace image"


def test_as_many_begin_as_may():
    assert turn(["a", "b", "c"], 1, 2) == ["a"]
    assert turn(["a", "b"], 3, 2) == []


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
