"""From rows to what people and proxies see. Pure but for the derived key of a route."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any
from urllib.parse import quote

from msgspec import convert, json

from app.db.workspaces import LOCAL, EventRow, InstanceRow, WorkspaceRow
from app.ides.structs import Catalogue, Editor
from app.workspaces import steps
from app.workspaces.gitstate import view_of
from app.workspaces.location import code_of
from app.workspaces.opened import editor_of
from app.workspaces.ports import ports_of, routes_of
from app.workspaces.secrets import Secrets
from app.workspaces.structs import BackupView, EventView, InstanceView, WorkspaceView
from app.workspaces.tasks import tasks_of
from app.workspaces.timeouts import stop_of, why
from wire.hosts import Hosts
from wire.ides import Ide
from wire.phases import Condition, Phase, StopReason
from wire.problems import Problem
from wire.routes import NodeTarget, Route, ShareRoute

_NO_DIALS: Mapping[str, str] = MappingProxyType({})
_REACHABLE = frozenset({Phase.INITIALIZING, Phase.RUNNING})
"""Phases in which the supervisor is there: its terminal works before the IDE does."""


def workspace_view(
    row: WorkspaceRow, instance: InstanceRow | None, hosts: Hosts, ides: Catalogue
) -> WorkspaceView:
    """Return a workspace with its newest instance."""
    editor = editor_of(row, instance, ides)
    return WorkspaceView(
        id=row.id,
        version=row.version,
        name=row.name,
        url=row.url,
        ref=row.ref,
        kind=row.kind,
        number=row.number,
        path=row.path,
        repository=row.repository,
        trusted=row.trusted,
        owner=row.owner_id,
        phase=phase_of(instance),
        phase_since=row.phase_since,
        folder=code_of(row),
        ide_url=hosts.ide(row.id),
        first_url=first_url(hosts.ide(row.id), row, editor.runs),
        created=row.created_at,
        deleting=row.wish == "deleted",
        instance=None if instance is None else instance_view(instance),
        timeout=row.timeout,
        **awake(instance, editor),
        ports=ports_of(
            row.id, listening(instance), row.port_settings, wishes_of(row), hosts, row.shares or {}
        ),
        pinned=row.pinned,
        dotfiles=row.dotfiles,
        ide=ides.known(row.ide) or ides.default,
        editor=editor,
        archived_at=row.archived_at,
        archived=row.archived_at is not None and row.content == "none",
        cleanup_at=row.cleanup_at,
        git=view_of(row.git),
        backup=backup_of(row, instance),
    )


def backup_of(row: WorkspaceRow, instance: InstanceRow | None) -> BackupView | None:
    """Return how far what is in a workspace is in restore points."""
    nowhere = row.content == "none" and row.archived_at is None
    if nowhere and not row.restoring and row.restore_problem is None:
        return None
    at, stopped = row.backed_up_at, phase_of(instance) is Phase.STOPPED
    return BackupView(
        at=at,
        safe=stopped and row.backed_up_stop == row.n,
        problem=None if row.backup_problem is None else convert(row.backup_problem, Problem),
        restoring=bool(row.restoring),
        restore_problem=(
            convert(row.restore_problem, Problem) if nowhere and row.restore_problem else None
        ),
        node="" if row.node == LOCAL else row.node,
        starts=row.wish == "running" and stopped,
        excludes=list(row.backup_excludes),
    )


def awake(instance: InstanceRow | None, editor: Editor) -> dict[str, Any]:
    """Return what keeps awake what runs, and until when."""
    if instance is None or phase_of(instance) not in _REACHABLE:
        return {}
    stop = stop_of(instance.timeout, instance.active_at, instance.until)
    # Nothing is concluded while nobody could tell of activity.
    silent = Condition.SUPERVISOR_SILENT.value in instance.conditions
    return {
        "active_at": instance.active_at,
        "why_awake": why(instance.activity, _used(editor)),
        "stops_at": None if stop is None or silent else stop.at,
    }


def _used(editor: Editor) -> str:
    """Return the name of what was used: only an editor in the browser tells of it."""
    return "the editor" if editor.runs is Ide.TERMINAL else editor.name


def listening(instance: InstanceRow | None) -> list[dict[str, Any]]:
    """Return what listens, as long as somebody is there to see it."""
    return instance.ports if instance is not None and phase_of(instance) in _REACHABLE else []


def first_url(ide: str, row: WorkspaceRow, runs: Ide) -> str:
    """Return the IDE's URL at which the file that was named is open."""
    if not row.path or row.path.endswith("/"):
        return ide
    if runs is Ide.JUPYTERLAB:
        return f"{ide}/lab/tree/{quote(row.path)}"
    if runs is not Ide.VSCODE:
        return ide
    authority = ide.partition("://")[2]
    file = quote(f"{code_of(row)}/{row.path}")
    payload = json.encode([["openFile", f"vscode-remote://{authority}{file}"]]).decode()
    return f"{ide}/?payload={quote(payload, safe='')}"


def terminals_url(ide: str, terminal: str = "") -> str:
    """Return the page of all terminals on the workspace's host, or of the one of this id."""
    page = f"{ide}/_supervisor/terminals"
    return f"{page}/{quote(terminal, safe='')}" if terminal else page


def instance_view(instance: InstanceRow) -> InstanceView:
    """Return one start."""
    return InstanceView(
        id=instance.id,
        n=instance.n,
        phase=Phase(instance.phase),
        phase_since=instance.phase_since,
        created=instance.created_at,
        ended=instance.ended_at,
        deadline=instance.deadline,
        steps=steps.view(instance.steps),
        problem=problem_of(instance),
        conditions=dict(instance.conditions),
        tasks=tasks_of(instance.tasks, live=phase_of(instance) in _REACHABLE),
        timeout=instance.timeout,
        stop_reason=StopReason(instance.stop_reason) if instance.stop_reason else None,
        stop_detail=instance.stop_detail,
    )


def event_view(row: EventRow) -> EventView:
    """Return one line of history."""
    return EventView(id=row.id, at=row.at, kind=row.kind, text=row.text, actor=row.actor)


def phase_of(instance: InstanceRow | None) -> Phase:
    """Return the phase of a workspace with this newest instance."""
    return Phase.STOPPED if instance is None else Phase(instance.phase)


def wishes_of(row: WorkspaceRow) -> list[dict[str, Any]]:
    """Return what .gitpod.yml wishes of ports; nothing where the repository is not trusted."""
    return (row.port_wishes or []) if row.trusted else []


def problem_of(instance: InstanceRow) -> Problem | None:
    """Return why an instance failed, as it was stored."""
    return None if instance.problem is None else convert(instance.problem, Problem)


def route_of(
    row: WorkspaceRow,
    instance: InstanceRow | None,
    secrets: Secrets,
    dials: Mapping[str, str] = _NO_DIALS,
) -> Route:
    """Return what proxies have to know; `dials` has the dial socket of each other node."""
    phase = phase_of(instance)
    reachable = instance is not None and phase in _REACHABLE
    key = secrets.proof_key(instance.id) if instance is not None and reachable else ""
    return Route(
        workspace=row.id,
        version=row.version,
        instance="" if instance is None else instance.id,
        phase=phase,
        target=_target(instance, key, dials) if instance is not None and reachable else None,
        owner=row.owner_id,
        key=key,
        ports=routes_of(listening(instance), row.port_settings, wishes_of(row)),
        auth_epoch=row.auth_epoch,
        shares={share: convert(one, ShareRoute) for share, one in (row.shares or {}).items()},
    )


def _target(instance: InstanceRow, key: str, dials: Mapping[str, str]) -> NodeTarget:
    """Return the way in: by the door of a pod where there is one, else by its node's daemon."""
    if not instance.address:
        return NodeTarget(instance=instance.id, dial=dials.get(instance.node, ""))
    return NodeTarget(instance=instance.id, at=instance.address, key=key)
