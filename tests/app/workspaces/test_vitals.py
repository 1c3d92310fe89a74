"""What supervisors tell that is true only for a moment."""

import pytest

from app.web.events import Hints, Subscription
from app.workspaces import vitals
from app.workspaces.structs import WorkspaceView
from app.workspaces.vitals import Vitals, without_vitals
from kit.clock import FakeClock
from tests.app.workspaces.test_looks import view
from wire.agent import Observed, PortReport, SaidLine, TerminalReport
from wire.git import GitState
from wire.ids import InstanceId
from wire.phases import Phase
from wire.usage import Usage

WORKSPACE = "amber-otter-4k2hw9xz1q"
INSTANCE = InstanceId(WORKSPACE, 1)
SOME = Observed(version=1, usage=Usage(cpu=0.5), git=GitState(branch="main", uncommitted=2))


def seen(n: int = 1) -> WorkspaceView:
    return view(name=WORKSPACE) if n == 1 else view(name="blue-crane-0123456789")


@pytest.fixture
def hints() -> Hints:
    return Hints()


@pytest.fixture
def held(hints: Hints) -> Vitals:
    made = Vitals(FakeClock(), hints)
    made.begin(INSTANCE, "alice")
    return made


async def test_the_last_value_is_kept_and_who_looks_is_told(held: Vitals, hints: Hints) -> None:
    async with hints.subscribe() as listening:
        held.take(str(INSTANCE), SOME)
        held.take(str(INSTANCE), Observed(version=2, usage=SOME.usage, git=SOME.git))
        assert [(one.topic, one.owner) for one in taken(listening)] == [("vitals", "alice")]
    vital = held.of(seen())
    assert vital is not None
    assert (vital.usage, vital.git) == (SOME.usage, [SOME.git])
    assert vital.version > 1_700_000_000_000


def taken(listening: Subscription) -> list[vitals.Hint]:
    return listening.take()[0]


def test_only_the_newest_instance_counts(held: Vitals) -> None:
    held.take(str(INSTANCE), SOME)
    held.begin(INSTANCE, "alice")  # connected again: nothing is lost
    assert held.of(seen()).usage == SOME.usage  # type: ignore[union-attr] # fails as a test
    assert held.of(seen(2)) is None
    held.begin(InstanceId(WORKSPACE, 2), "alice")
    held.take(str(INSTANCE), SOME)
    assert held.of(seen()) is None
    held.take("no instance", SOME)


def test_what_an_instance_says_is_cut_to_size(held: Vitals) -> None:
    long = "x" * 1000
    held.take(
        str(INSTANCE),
        Observed(
            version=1,
            shells=[TerminalReport(id=long, title="a\x1b[0m")] * 500,
            git=GitState(branch=long, uncommitted=-1, unpushed=-5),
            said=[SaidLine(at=0.0, source=long, text=long)] * 5000,
            awake=["\x1b" + long] * 50,
        ),
    )
    vital = held.of(seen())
    assert vital is not None
    assert (len(vital.terminals), len(vital.said)) == (100, 200)
    assert (len(vital.awake), len(vital.awake[0])) == (5, 159)
    assert vital.terminals[0].title == "a[0m"
    assert {len(vital.said[0].text), len(vital.git[0].branch)} == {300, 255}
    assert (vital.git[0].uncommitted, vital.git[0].unpushed) == (0, 0)


def test_what_is_at_work_is_shown_while_it_runs(held: Vitals) -> None:
    assert held.shown(seen()).awake == []
    held.take(str(INSTANCE), Observed(version=1, awake=["make in terminal 1"]))
    assert held.shown(seen()).awake == ["make in terminal 1"]
    stopped = view(Phase.STOPPED, name=WORKSPACE)
    assert held.shown(stopped) == stopped


def test_the_number_of_workspaces_is_bounded(held: Vitals, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vitals, "MOST", 2)
    for name in ("blue-crane-0123456789", "coral-deer-0123456789"):
        held.begin(InstanceId(name, 1), "alice")
    assert held.of(seen()) is None
    assert held.of(seen(2)) is not None


def test_a_report_without_them_is_what_the_database_keeps() -> None:
    port = PortReport(port=3000)
    full = Observed(
        version=7, started=3.0, usage=Usage(cpu=1.0), ports=[port], awake=["x"], day=None
    )
    assert without_vitals(full) == Observed(version=0, ports=[port])
