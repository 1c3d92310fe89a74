"""The terminals."""

import pytest

from app.web.events import Hints
from app.workspaces.gauges import shells
from app.workspaces.vitals import Vitals
from kit.clock import FakeClock
from supervisor.core.opening import Opening
from supervisor.core.search import Wanted
from supervisor.host.terminals import MOST
from supervisor.host.wake import Wake
from supervisor.host.work import Seen, Work
from supervisor.subjects.resources import ResourcesSubject
from tests.app.workspaces.test_looks import view
from tests.supervisor.samples import wish
from tests.waiting import until
from wire.agent import Observed, TerminalReport
from wire.ids import InstanceId


async def test_main_opens_for_who_looks_and_again_when_it_has_ended(context, terminals):
    assert terminals.find("main") is None
    context.accept(wish(repository="/"))
    first = terminals.find("main")
    assert first is not None
    assert terminals.find("main") is first
    assert terminals.find("other") is None
    assert terminals.observed() == {"terminals": 1}
    first.write(b"exit\n")
    await until(lambda: not first.alive)
    again = terminals.find("main")
    assert again is not None
    assert again.pid != first.pid


async def test_others_are_opened_where_the_code_is_and_searched(context, terminals, tmp_path):
    assert terminals.create(Opening()) is None
    context.accept(wish(repository=str(tmp_path)))
    opened = terminals.create(Opening(command=["/bin/sh", "-c", "pwd; sleep 600"]))
    assert opened is not None
    await until(lambda: str(tmp_path).encode() in opened.history.since(0)[1])
    wanted = Wanted(query=str(tmp_path), before=opened.history.end)
    assert [one.offset for one in (await terminals.search(opened, wanted)).matches] == [0]
    with pytest.raises(OSError, match="No such"):
        terminals.create(Opening(command=["/no/such"]))


def on_the_workspaces_page(told: list[TerminalReport]) -> list[str]:
    """Return the ids of what the server shows, in its order."""
    held, workspace = Vitals(FakeClock(), Hints()), view(name="amber-otter-4k2hw9xz1q")
    instance = InstanceId(workspace.id, 1)
    held.begin(instance, "alice")
    held.take(str(instance), Observed(version=1, shells=told))
    vital = held.of(workspace)
    assert vital is not None
    return [one.id for one in shells(vital, {})]


async def test_number_and_order_are_the_same_on_every_page(context, terminals, tmp_path):
    context.accept(wish(repository=str(tmp_path)))
    opened = [terminals.create(Opening(command=["/bin/sleep", str(600 + one)])) for one in range(8)]
    opened[1].running.signal_group(9)
    terminals.all.close(opened[4])
    await until(lambda: len(terminals.all) == 7 and not opened[1].alive)
    on_their_page = [one.id for one in terminals.all.listed() if one.alive]
    assert on_their_page == [opened[one].id for one in (0, 2, 3, 5, 6, 7)]

    vitals = ResourcesSubject(context, terminals.all, dict).vitals
    vitals.look({})
    found = on_the_workspaces_page(vitals.told()["shells"])
    assert [one for one in found if not one.startswith("pts/")] == on_their_page
    assert found[: len(on_their_page)] == on_their_page

    own = {one.pid: one.id for one in terminals.all.alive}
    at_work = Work(Wake(lambda: None)).look(Seen(own=own))
    assert "sleep 600 in terminal 1" in at_work
    assert "sleep 605 in terminal 4" in at_work


def test_every_one_is_told_and_shown():
    told = [TerminalReport(id=f"{one:08x}") for one in range(MOST)]
    assert len(on_the_workspaces_page(told)) == MOST
