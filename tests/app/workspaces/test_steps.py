"""Steps of a start: they begin once, end once, and later ones end what nobody reported."""

from app.workspaces import steps
from wire.phases import Step, StepState


def test_a_fresh_start_has_accepted_behind_it_and_context_at_work() -> None:
    shown = steps.view(steps.fresh(100.0))
    assert [one.step for one in shown] == list(Step)
    assert (shown[0].state, shown[0].took) == (StepState.DONE, 0.0)
    assert (shown[1].state, shown[1].began) == (StepState.WORKING, 100.0)
    assert {one.state for one in shown[2:]} == {StepState.WAITING}


def test_a_step_takes_what_was_reported_or_else_what_passed() -> None:
    begun = steps.begin(steps.fresh(100.0), Step.CONTENT, 101.0, "receiving objects")
    assert steps.view(steps.finish(begun, Step.CONTENT, 104.0))[4].took == 3.0
    told = steps.view(steps.finish(begun, Step.CONTENT, 104.0, 2.5, "main"))[4]
    assert (told.took, told.detail, told.began) == (2.5, "main", 101.0)
    unbegun = steps.finish(steps.fresh(100.0), Step.CONTENT, 104.0, 2.5)
    assert steps.view(unbegun)[4].began == 101.5


def test_finishing_ends_every_earlier_step() -> None:
    shown = steps.view(steps.finish(steps.fresh(100.0), Step.SUPERVISOR, 105.0))
    assert {one.state for one in shown[:7]} == {StepState.DONE}
    assert {one.state for one in shown[7:]} == {StepState.WAITING}


def test_what_has_ended_stays_as_it_is() -> None:
    done = steps.finish(steps.fresh(100.0), Step.CONTEXT, 101.0)
    assert steps.finish(done, Step.CONTEXT, 150.0) is done
    assert steps.begin(done, Step.CONTEXT, 150.0) is done
    assert steps.describe(done, Step.CONTEXT, "late") is done
    assert steps.fail(done, 150.0, "late", Step.CONTEXT) is done
    assert steps.fail(done, 150.0, "nothing at work") is done


def test_describe_renews_the_line_of_a_working_step() -> None:
    begun = steps.begin(steps.fresh(1.0), Step.CONTENT, 2.0)
    told = steps.describe(begun, Step.CONTENT, "43 %")
    assert steps.view(told)[4].detail == "43 %"
    assert steps.describe(told, Step.CONTENT, "43 %") is told


def test_more_can_be_told_of_a_step_that_is_done() -> None:
    done = steps.finish(steps.fresh(1.0), Step.IMAGE, 2.0, detail="default")
    assert steps.view(steps.tell(done, Step.IMAGE, "full"))[2].detail == "full"
    assert steps.tell(done, Step.CONTENT, "x") is done


def test_a_failure_hits_the_step_at_work_or_the_named_one() -> None:
    fresh = steps.fresh(100.0)
    failed = steps.view(steps.fail(fresh, 103.0, "no such repository"))[1]
    assert (failed.state, failed.took) == (StepState.FAILED, 3.0)
    assert failed.detail == "no such repository"
    named = steps.fail(fresh, 103.0, "conflict", Step.CHECKOUT)
    assert steps.state(named, Step.CHECKOUT) is StepState.FAILED
    assert steps.state(named, Step.CONTEXT) is StepState.WORKING
    assert steps.finish(named, Step.CHECKOUT, 104.0) is named
