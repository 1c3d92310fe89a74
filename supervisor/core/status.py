"""The documents of the status, in Gitpod's words where Gitpod has them. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

from supervisor.core.portlist import Port, document
from wire.agent import StepReport, TaskReport, TaskState
from wire.phases import StepState
from wire.usage import Usage

WARNING, DANGER = 0.8, 0.95
"""Shares of a limit from which people are warned."""
SETTLED = frozenset({StepState.DONE, StepState.FAILED})


def content(report: StepReport, *, fresh: bool) -> dict[str, Any]:
    """Return whether the files are there, and where they came from."""
    found = {
        "available": report.state is StepState.DONE,
        "source": "from_other" if fresh else "from_backup",
    }
    if report.state is not StepState.FAILED:
        return found
    return {**found, "code": report.code, "detail": report.detail}


def ide(report: StepReport, *, wanted: bool, settled: bool) -> dict[str, Any]:
    """Return whether the editor can be opened; a workspace of terminals has none to wait for."""
    return {"ok": report.state is StepState.DONE if wanted else settled}


def tasks(reports: Sequence[TaskReport]) -> dict[str, Any]:
    """Return each task; `closed` is Gitpod's word for one whose commands have ended."""
    return {"tasks": [_task(one) for one in reports]}


def _task(one: TaskReport) -> dict[str, Any]:
    running = one.state is TaskState.RUNNING
    return {
        "id": one.id,
        "state": "running" if running else "closed",
        "terminal": one.id if one.open else "",
        "presentation": {"name": one.name, "openIn": one.open_in, "openMode": one.open_mode},
        **({} if running else {"exitCode": one.exit_code}),
    }


def ports(listed: Sequence[Port], base: str) -> dict[str, Any]:
    """Return each port, in order; `base` is the workspace's address, if it has one."""
    return {"ports": [_port(document(one, base)) for one in listed]}


def _port(one: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "localPort": one["port"],
        "served": one["served"],
        "exposed": {"visibility": one["visibility"], "url": one["url"]},
        "name": one["name"],
        "description": one["description"],
        "onOpen": one["on_open"].replace("-", "_"),
        "process": one["process"],
        "address": one["address"],
        "loopback": one["loopback"],
    }


def resources(usage: Usage | None) -> dict[str, Any]:
    """Return what is taken: memory and disk in bytes, processor in thousandths of a core.

    A limit of 0 is none. Before the first measurement everything is 0.
    """
    now = usage if usage is not None else Usage(cpu=0.0)
    disk = now.disk + now.disk_free
    return {
        "memory": _share(now.memory, now.memory_limit),
        "cpu": _share(round(now.cpu * 1000), round(now.cores * 1000)),
        "disk": _share(now.disk, disk if now.disk_free else 0),
        "processes": _share(now.processes, now.processes_limit),
    }


def _share(used: int, limit: int) -> dict[str, Any]:
    return {"used": used, "limit": limit, "severity": severity(used, limit)}


def severity(used: int, limit: int) -> str:
    """Return Gitpod's word for how near a limit is."""
    share = used / limit if limit else 0.0
    return "danger" if share >= DANGER else "warning" if share >= WARNING else "normal"
