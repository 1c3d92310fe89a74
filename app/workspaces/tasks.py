"""Tasks of .gitpod.yml as people see them. Pure.

Shape in an instance's row: [{id, name, state, exit_code, open}], in the file's order.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from app.workspaces.structs import TaskView
from wire.agent import TaskReport, TaskState

MOST = 50
"""Tasks of one instance that are told to people; what an instance says is not trusted."""
_LONGEST = 80


def kept(reports: Sequence[TaskReport]) -> list[dict[str, Any]]:
    """Return what an instance reported as its row holds it."""
    return [
        {
            "id": _line(one.id),
            "name": _line(one.name),
            "state": one.state.value,
            "exit_code": one.exit_code,
            "open": one.open,
        }
        for one in reports[:MOST]
    ]


def tasks_of(held: Sequence[Mapping[str, Any]], *, live: bool) -> list[TaskView]:
    """Return the tasks; when nothing is live any more, only those that had ended."""
    return [
        TaskView(
            id=one["id"],
            name=one["name"],
            state=TaskState(one["state"]),
            exit_code=one["exit_code"],
            open=one["open"] and live,
        )
        for one in held
        if live or one["state"] != TaskState.RUNNING.value
    ]


def _line(text: str) -> str:
    return "".join(one for one in text[:_LONGEST] if one.isprintable())
