"""`podium status`: each process, the server's health, and the workspaces by phase."""

import json
import time
from collections import Counter
from typing import Any

import msgspec

from cli.backup import daily
from cli.commands import orphans
from cli.commands.client import Client
from cli.launcher import identity, state
from cli.launcher.internal import ask
from cli.launcher.keeper import BUILDER, SAVER
from cli.launcher.paths import real
from cli.launcher.proxy import readiness
from cli.problems import DONE, NOT_REACHABLE, CommandError
from cli.settings import Settings
from kit.durations import words_of
from wire import noderoom
from wire.platformbackup import is_stale


def status(settings: Settings, *, as_json: bool) -> int:
    """Print what runs; returns 0 when the server answers, else 3."""
    found = state.read(settings.layout)
    processes = _processes(found) if found is not None else {}
    if not any(one["alive"] for one in processes.values()):
        print(
            json.dumps({"running": False, "url": settings.base_url, "processes": {}})
            if as_json
            else "  Podium is not running. Start it with `make up`."
        )
        return NOT_REACHABLE
    health, cause = _health(settings)
    proxy = _proxy(settings)
    phases = _phases(settings) if health is not None else None
    told = {
        "running": health is not None,
        "url": settings.base_url,
        "health": health,
        "cause": cause,
        "proxy": proxy,
        "processes": processes,
        "images": _images(settings, found),
        "workspaces": phases,
        "backup": _backup(settings),
        "limits": _limits(settings),
        "room": _room(settings),
        "orphans": orphans.told(settings) if health is not None else None,
    }
    print(json.dumps(told) if as_json else _text(told))
    return DONE if health is not None else NOT_REACHABLE


def _processes(found: state.State) -> dict[str, dict[str, Any]]:
    """Return each process by name, the launcher first."""
    shown = {"launcher": _shown(found.launcher, 0)}
    for name, child in found.children.items():
        if name not in {BUILDER, SAVER}:
            shown[name] = _shown(child.process, child.restarts)
    return shown


def _images(settings: Settings, found: state.State | None) -> dict[str, str]:
    """Return how far each image of workspaces is, and JupyterLab."""
    try:
        record = json.loads(real(settings.layout.artefacts).read_text())
    except (FileNotFoundError, ValueError):
        record = {}
    log = settings.layout.logs / f"{BUILDER}.log"
    builder = found.children.get(BUILDER) if found is not None else None
    alive = builder is not None and builder.alive

    def later(part: str, wanted: bool, setting: str) -> str:  # noqa: FBT001 - two values of one setting
        if part in record:
            return "ready"
        if not wanted:
            return f"not built: {setting} is off"
        doing = "being built" if alive else "waits to be built"
        return f"{doing} in the background, log {log}"

    return {
        "default": "ready" if "image" in record else "not built",
        "full": later("full", settings.full_image, "PODIUM_FULL_IMAGE"),
        "jupyterlab": later("jupyterlab", settings.jupyterlab, "PODIUM_JUPYTERLAB"),
    }


def _backup(settings: Settings) -> dict[str, Any] | None:
    """Return what is written down of the platform's own backups; None when it makes none."""
    if settings.save_every is None:
        return None
    told = daily.read(settings)
    if told is None:
        return {"failure": "", "made_at": None, "age_seconds": None}
    age = None if told.made_at is None else round(time.time() - told.made_at)
    stale = {"stale": is_stale(told, time.time()), "age_seconds": age}
    return {**msgspec.to_builtins(told), **stale}


def _limits(settings: Settings) -> dict[str, str]:
    """Return `enforced`, or why not, for each thing that workspaces are limited in."""
    try:
        found = json.loads(real(settings.layout.limits).read_text())
        return {str(kind): str(how) for kind, how in found.items()}
    except (OSError, ValueError, AttributeError):
        return {}


def _room(settings: Settings) -> dict[str, Any] | None:
    """Return how much room the node's disks have; None when its daemon has told nothing."""
    try:
        told = noderoom.decoded(real(settings.layout.node_room).read_bytes())
    except OSError:
        return None
    return None if told is None else msgspec.to_builtins(told)


def _room_text(told: dict[str, Any] | None) -> list[str]:
    if told is None:
        return []
    if told["lost"]:
        return [f"  THE NODE DOES NOT BEGIN: {told['lost']}"]
    places = told["places"]
    return [f"  SHORT OF SPACE: {one['short']}" for one in places if one["short"]]


def _limits_text(told: dict[str, str]) -> list[str]:
    enforced = [kind for kind, how in told.items() if how == "enforced"]
    lines = [f"  workspaces are limited in {', '.join(enforced)}"] if enforced else []
    return lines + [
        f"  workspaces are NOT limited in {kind}: {how}"
        for kind, how in told.items()
        if how != "enforced"
    ]


def _backup_text(told: dict[str, Any] | None) -> str:
    if told is None:
        return "  backup of the platform: off (PODIUM_PLATFORM_BACKUP)"
    age = told["age_seconds"]
    newest = "none yet" if age is None else f"{words_of(max(age, 0))} old"
    if age is not None:
        newest += f", {told['kept']} kept in {told['folder']}"
    failing = f"; FAILING: {told['failure']}" if told["failure"] else ""
    late = "" if failing or not told.get("stale") else "; LATE: see logs/saver.log"
    return f"  backup of the platform: {newest}{failing}{late}"


def _shown(process: identity.Process | None, restarts: int) -> dict[str, Any]:
    alive = process is not None and process.alive()
    return {
        "pid": process.pid if process is not None else None,
        "uid": process.uid() if process is not None and alive else None,
        "alive": alive,
        "since": round(process.since(), 3) if process is not None and alive else None,
        "up_seconds": round(process.age(), 1) if process is not None and alive else None,
        "restarts": restarts,
    }


def _health(settings: Settings) -> tuple[dict[str, Any] | None, str]:
    try:
        return ask(settings.layout, "GET", "/internal/health"), ""
    except CommandError as error:
        if error.code != NOT_REACHABLE:
            raise
        return None, error.cause or error.title


def _proxy(settings: Settings) -> dict[str, Any] | None:
    """Return whether the proxy is ready, and why not; None when it does not say."""
    try:
        return readiness(settings.layout)
    except CommandError:
        return None


def _phases(settings: Settings) -> dict[str, int] | None:
    try:
        return dict(Counter(one["phase"] for one in Client.of_machine(settings).workspaces()))
    except CommandError:
        return None


def _text(told: dict[str, Any]) -> str:
    health, phases = told["health"], told["workspaces"]
    server = f"server ready, node {health['node']}" if health else f"no server: {told['cause']}"
    lines = [f"  {told['url']}   {server}"]
    for name, one in told["processes"].items():
        since = f"up {one['up_seconds']:>9.0f} s" if one["alive"] else f"{'gone':<14}"
        lines.append(
            f"  {name:<9} {since}   pid {one['pid'] or '-':<8} "
            f"uid {'-' if one['uid'] is None else one['uid']:<6} restarts {one['restarts']}"
        )
    if told["proxy"] is not None and not told["proxy"]["ready"]:
        for name, one in told["proxy"]["checks"].items():
            lines += [] if one["ok"] else [f"  proxy not ready: {name}: {one['cause']}"]
    lines += [f"  image {name:<9} {how}" for name, how in told["images"].items()]
    lines.append(_backup_text(told["backup"]))
    lines += _limits_text(told["limits"])
    lines += _room_text(told["room"])
    lines += orphans.summary(told["orphans"])
    if phases is None:
        lines.append("  workspaces unknown: the public API does not answer; they are not affected")
    else:
        counted = ", ".join(f"{count} {phase}" for phase, count in sorted(phases.items()))
        lines.append(f"  workspaces: {counted or 'none'}")
    return "\n".join(lines)
