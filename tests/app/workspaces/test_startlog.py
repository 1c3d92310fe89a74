"""The log of a start: one order for what Podium did and what programs wrote."""

from app.workspaces.startlog import MOST, log_of
from app.workspaces.structs import EventView
from app.workspaces.vitals import Vital
from tests.app.workspaces.test_looks import step, view
from wire.agent import SaidLine
from wire.phases import Phase, Step, StepState
from wire.problems import Problem


def event(at: float, text: str) -> EventView:
    return EventView(id=int(at), at=at, kind="k", text=text, actor="podium")


def test_all_sources_come_in_the_order_of_time() -> None:
    steps = [
        step(Step.ACCEPTED, StepState.DONE, 40.0, 0.004),
        step(Step.CHECKOUT, StepState.WORKING, 41.0),
        step(Step.IDE, StepState.WAITING),
    ]
    vital = Vital(
        "w.1",
        said=[SaidLine(at=41.5, source="checkout", text="Updating files"), *ides()],
    )
    events = [event(42.0, "Start 1."), event(10.0, "Of an older start.")]
    log = log_of(view(Phase.INITIALIZING, steps=steps), events, vital)
    assert [(one.source, one.text) for one in log.lines] == [
        ("podium", "Accepted (4 ms)"),
        ("podium", "Checkout …"),
        ("checkout", "Updating files"),
        ("podium", "Start 1."),
        ("VS Code", "listening"),
    ]


def ides() -> list[SaidLine]:
    return [SaidLine(at=43.0, source="ide", text="listening")]


def test_a_failure_ends_with_cause_and_cure() -> None:
    problem = Problem(code="gone", title="It is gone", detail="one\ntwo", cure="Look.")
    failed = step(Step.CONTENT, StepState.FAILED, 40.0, 1.0)
    log = log_of(view(Phase.STOPPED, steps=[failed], problem=problem), [], None)
    assert [one.text for one in log.lines] == [
        "Files (1.00 s)",
        "It is gone (gone)",
        "one",
        "two",
        "Look.",
    ]
    assert {one.kind for one in log.lines} == {"failed"}


def test_the_mark_differs_with_the_lines_and_the_log_stays_short() -> None:
    before = log_of(view(), [event(50.0, "a")], None)
    assert before.mark == log_of(view(), [event(50.0, "a")], None).mark
    assert before.mark != log_of(view(), [event(50.0, "b")], None).mark
    assert not before.mark.isdigit()
    long = log_of(view(), [event(50.0 + one, str(one)) for one in range(1000)], None)
    assert len(long.lines) == MOST
    assert long.lines[-1].text == "999"


def test_before_the_first_start_there_is_none() -> None:
    assert log_of(view(instance=None), [], None).lines == []
