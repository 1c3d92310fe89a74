"""What the supervisor starts, for every state of what is wanted and what is."""

import pytest

from supervisor.core.plan import Action, Facts, newer, plan, taskless, told
from tests.supervisor.samples import wish
from wire.agent import StepReport
from wire.ides import Ide
from wire.phases import StepState

SETTLED = [StepState.DONE, StepState.FAILED]
UNSETTLED = [StepState.WAITING, StepState.WORKING]


def test_nothing_before_the_server_has_spoken():
    assert plan(None, Facts(), 0) == []


@pytest.mark.parametrize("checkout", list(StepState))
def test_nothing_while_ending(checkout):
    assert plan(wish(), Facts(checkout=checkout, ending=True), 0) == []


def test_the_ide_starts_beside_the_checkout():
    assert plan(wish(), Facts(), 0) == [Action.CHECK_OUT, Action.START_IDE]
    assert plan(wish(), Facts(checkout=StepState.WORKING, ide_running=True), 0) == []


@pytest.mark.parametrize("checkout", SETTLED)
def test_the_ide_starts_also_after_a_failed_checkout(checkout):
    assert Action.START_IDE in plan(wish(), Facts(checkout=checkout), 0)


@pytest.mark.parametrize("checkout", SETTLED)
def test_one_ide_at_a_time(checkout):
    facts = Facts(checkout=checkout, ide_running=True, tasks_started=True)
    assert plan(wish(), facts, 0) == []


@pytest.mark.parametrize("checkout", list(StepState))
def test_tasks_start_once_when_the_code_is_whole_and_trusted(checkout):
    def starts(*, trusted: bool, started: bool) -> bool:
        facts = Facts(checkout=checkout, tasks_started=started)
        return Action.START_TASKS in plan(wish(trusted=trusted), facts, 0)

    assert starts(trusted=True, started=False) == (checkout is StepState.DONE)
    assert not starts(trusted=False, started=False)
    assert not starts(trusted=True, started=True)


def test_tasks_wait_for_what_still_arrives_and_the_ide_does_not():
    facts = Facts(checkout=StepState.DONE, whole=False)
    assert plan(wish(trusted=True), facts, 0) == [Action.START_IDE]


def test_a_crashed_ide_rests():
    facts = Facts(checkout=StepState.DONE, ide_not_before=10.0, tasks_started=True)
    assert plan(wish(), facts, 9.9) == []
    assert plan(wish(), facts, 10.0) == [Action.START_IDE]


def test_without_an_ide_none_is_started():
    assert Action.START_IDE not in plan(wish(ide=""), Facts(checkout=StepState.DONE), 0)


def test_one_editor_ends_before_another_starts():
    done = {"checkout": StepState.DONE, "tasks_started": True}
    lab = wish(ide="jupyterlab")
    assert plan(lab, Facts(**done, ide_running=True), 0) == [Action.LEAVE_IDE]
    assert plan(lab, Facts(**done), 0) == [Action.START_IDE]
    assert plan(lab, Facts(**done, ide_running=True, ide_kind=Ide.JUPYTERLAB), 0) == []
    assert plan(wish(), Facts(**done, ide_running=True, ide_kind=Ide.JUPYTERLAB), 0) == [
        Action.LEAVE_IDE
    ]
    assert plan(lab, Facts(**done, jupyterlab=False), 0) == [Action.OPEN_DOORWAY]


def test_terminals_only_take_the_editors_place_and_give_it_back():
    done = {"checkout": StepState.DONE, "tasks_started": True}
    only = wish(ide="terminal")
    assert plan(only, Facts(**done, ide_running=True), 0) == [Action.LEAVE_IDE]
    assert plan(only, Facts(**done), 0) == [Action.OPEN_DOORWAY]
    assert plan(only, Facts(**done, doorway_open=True), 0) == []
    assert plan(wish(), Facts(**done, doorway_open=True), 0) == [Action.START_IDE]


@pytest.mark.parametrize("checkout", UNSETTLED)
def test_the_ide_is_not_told_of_before_the_checkout_is_settled(checkout):
    assert told(StepReport(state=StepState.DONE, took=0.2), checkout) == StepReport()


@pytest.mark.parametrize("checkout", SETTLED)
def test_the_ide_is_told_of_also_after_a_failed_checkout(checkout):
    ready = StepReport(state=StepState.DONE, took=0.2)
    assert told(ready, checkout) == ready


def test_an_older_wish_never_replaces_a_newer_one():
    held = wish(version=5)
    assert newer(None, held)
    assert not newer(held, wish(version=4))
    assert newer(held, wish(version=5))
    assert newer(held, wish(version=6))


def test_a_run_without_anybody_has_no_ide_and_gives_up_where_it_cannot_come_to_its_tasks():
    assert plan(wish(headless=True), Facts(), 0) == [Action.CHECK_OUT]
    done = Facts(checkout=StepState.DONE)
    assert plan(wish(headless=True), done, 0) == [Action.START_TASKS]
    assert plan(wish(headless=True, trusted=False), done, 0) == [Action.GIVE_UP]
    assert plan(wish(headless=True), Facts(checkout=StepState.FAILED), 0) == [Action.GIVE_UP]


def test_why_no_task_will_run():
    assert taskless(wish(trusted=False), StepState.DONE) == "untrusted"
    assert taskless(wish(), StepState.FAILED) == "no_code"
    assert taskless(wish(), StepState.WORKING) == ""
