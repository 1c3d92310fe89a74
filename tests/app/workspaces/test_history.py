"""A workspace's history as text."""

from app.workspaces import steps
from app.workspaces.history import as_text
from app.workspaces.structs import EventView, InstanceView, WorkspaceView
from wire.phases import Phase
from wire.problems import Problem

EVENTS = [
    EventView(id=2, at=60.0, kind="failed", text="No such branch.", actor="podium"),
    EventView(id=1, at=0.0, kind="created", text="From https://h.org/a/b.", actor="u"),
]


def workspace(instance: InstanceView | None) -> WorkspaceView:
    return WorkspaceView(
        id="amber-otter-0000000000",
        version=1,
        name="b",
        url="https://h.org/a/b",
        ref="",
        repository="h.org/a/b",
        trusted=False,
        owner="u",
        phase=Phase.STOPPED,
        phase_since=0.0,
        ide_url="",
        created=0.0,
        deleting=False,
        instance=instance,
    )


def test_history_is_told_oldest_first() -> None:
    assert as_text(workspace(None), EVENTS).splitlines() == [
        "1970-01-01 00:00:00 created      From https://h.org/a/b.",
        "1970-01-01 00:01:00 failed       No such branch.",
    ]


def test_the_newest_start_follows_with_steps_conditions_and_problem() -> None:
    instance = InstanceView(
        id="amber-otter-0000000000.1",
        n=1,
        phase=Phase.STOPPED,
        phase_since=0.0,
        created=0.0,
        ended=3.0,
        deadline=None,
        steps=steps.view(steps.fail(steps.fresh(0.0), 2.5, "No such branch")),
        problem=Problem(code="ref_unknown", title="No such branch", cure="Choose another."),
        conditions={"forced": "given up"},
    )
    lines = as_text(workspace(instance), []).splitlines()
    assert "Start 1 is stopped:" in lines
    assert "  context     failed       2.50 s  No such branch" in lines
    assert "  ! forced: given up" in lines
    assert lines[-2:] == ["Problem ref_unknown: No such branch", "  Choose another."]
