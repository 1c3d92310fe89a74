"""The status in Gitpod's words."""

import pytest

from supervisor.core import status
from supervisor.core.portlist import Port
from wire.agent import PortReport, StepReport, TaskReport, TaskState
from wire.phases import StepState
from wire.usage import Usage

DONE = StepReport(state=StepState.DONE)
FAILED = StepReport(state=StepState.FAILED, code="checkout_failed", detail="no such revision")


def test_files_are_there_or_why_they_are_not():
    assert status.content(DONE, fresh=True) == {"available": True, "source": "from_other"}
    assert status.content(StepReport(), fresh=False) == {
        "available": False,
        "source": "from_backup",
    }
    assert status.content(FAILED, fresh=True)["code"] == "checkout_failed"
    assert status.content(FAILED, fresh=True)["available"] is False


def test_without_an_editor_there_is_nothing_to_wait_for_but_the_files():
    assert status.ide(DONE, wanted=True, settled=False) == {"ok": True}
    assert status.ide(StepReport(), wanted=True, settled=True) == {"ok": False}
    assert status.ide(StepReport(), wanted=False, settled=True) == {"ok": True}


def test_a_task_is_running_or_closed_with_its_exit_code():
    running = TaskReport(id="task-1", name="API", open_in="main", open_mode="split-left")
    failed = TaskReport(id="task-2", name="Build", state=TaskState.FAILED, exit_code=3, open=False)
    assert status.tasks([running, failed])["tasks"] == [
        {
            "id": "task-1",
            "state": "running",
            "terminal": "task-1",
            "presentation": {"name": "API", "openIn": "main", "openMode": "split-left"},
        },
        {
            "id": "task-2",
            "state": "closed",
            "terminal": "",
            "presentation": {"name": "Build", "openIn": "", "openMode": ""},
            "exitCode": 3,
        },
    ]


def test_a_port_has_its_address_and_who_may_open_it():
    served = PortReport(port=3000, process="node", address="::1", loopback=True)
    base = "http://amber.ws.localhost:8080"
    (port,) = status.ports([Port(3000, served, public=True)], base)["ports"]
    assert port["exposed"] == {
        "visibility": "public",
        "url": "http://3000-amber.ws.localhost:8080",
    }
    assert (port["localPort"], port["served"], port["loopback"]) == (3000, True, True)
    assert port["onOpen"] == "notify_private"
    (port,) = status.ports([Port(3000, served)], "")["ports"]
    assert port["exposed"] == {"visibility": "private", "url": ""}


def test_what_is_taken_stands_beside_its_limit():
    usage = Usage(cpu=1.5, cores=2.0, memory=9, memory_limit=10, disk=1, disk_free=99)
    found = status.resources(usage)
    assert found["cpu"] == {"used": 1500, "limit": 2000, "severity": "normal"}
    assert found["memory"] == {"used": 9, "limit": 10, "severity": "warning"}
    assert found["disk"] == {"used": 1, "limit": 100, "severity": "normal"}
    assert status.resources(None)["memory"]["used"] == 0


@pytest.mark.parametrize(
    ("used", "limit", "word"),
    [
        (79, 100, "normal"),
        (80, 100, "warning"),
        (94, 100, "warning"),
        (95, 100, "danger"),
        (5, 0, "normal"),
        (200, 100, "danger"),
    ],
)
def test_severity_is_gitpods(used, limit, word):
    assert status.severity(used, limit) == word
