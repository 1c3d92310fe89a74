"""How the other subjects are."""

import pytest
from msgspec.structs import replace

from supervisor.host.link import Link
from supervisor.host.outward import Outward
from supervisor.subjects.content import ContentSubject
from supervisor.subjects.ide import IdeSubject
from supervisor.subjects.ports import PortsSubject
from supervisor.subjects.repositories import RepositoriesSubject
from supervisor.subjects.resources import ResourcesSubject
from supervisor.subjects.status import StatusSubject
from supervisor.subjects.tasks import TasksSubject
from tests.supervisor.samples import wish
from wire.agent import PortReport, StepReport
from wire.phases import StepState

DONE = StepReport(state=StepState.DONE)


@pytest.fixture
def status(context, terminals) -> StatusSubject:
    resources = ResourcesSubject(context, terminals.all, dict)
    ports = PortsSubject(context, Link(Outward("none"), "token", context.accept), list)
    content, ide = (
        ContentSubject(context, resources.vitals, RepositoriesSubject(context).follow),
        IdeSubject(context),
    )
    tasks = TasksSubject(context, terminals.all, lambda _said: None)
    return StatusSubject(context, content, ide, terminals.all, tasks, ports, resources)


async def test_the_editor_is_told_of_after_the_files(status):
    assert status.content() == {"available": False, "source": "from_other"}
    status._ide.process.report = DONE
    assert status.ide() == {"ok": False}
    status._content.tree.report = DONE
    assert status.ide() == {"ok": True}
    assert status.content()["available"] is True


async def test_a_workspace_without_an_editor_is_ready_with_its_files(status, context):
    context.accept(replace(wish(), ide=""))
    status._content.tree.report = DONE
    assert status.ide() == {"ok": True}


async def test_ports_have_the_workspaces_addresses(status, context):
    status._ports.served = [PortReport(port=3000)]
    assert status.ports()["ports"][0]["exposed"]["url"] == ""
    context.accept(wish(public_ports=[3000]))
    exposed = status.ports()["ports"][0]["exposed"]
    assert exposed["visibility"] == "public"
    assert exposed["url"].startswith("http://3000-amber-otter")


async def test_everything_below_status_is_served(status):
    assert {one.pattern.split("/")[3] for one in status.endpoints()} == {
        "supervisor",
        "ide",
        "content",
        "backup",
        "ports",
        "tasks",
        "terminals",
        "resources",
    }
