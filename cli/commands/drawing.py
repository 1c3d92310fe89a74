"""How workspaces look on a terminal and in scripts. Pure but for what `Board` writes."""

import time
from datetime import UTC, datetime
from typing import Any, TextIO

from cli.commands.repositories import git_lines

_UNITS = ("B", "kB", "MB", "GB", "TB")
MARKS = {"done": "✓", "failed": "✗", "working": "…", "waiting": "·"}
View = dict[str, Any]
"""A WorkspaceView of the API, as JSON."""


def size(count: int) -> str:
    """Return bytes in words."""
    value, unit = float(count), 0
    while value >= 1000 and unit < len(_UNITS) - 1:
        value, unit = value / 1000, unit + 1
    return f"{value:.1f} {_UNITS[unit]}" if unit else f"{count} B"


def summary(view: View) -> View:
    """Return the view with what scripts look for at its top: `timings` and `problem`."""
    instance = view.get("instance") or {}
    timings = {
        step["step"]: step["took"]
        for step in instance.get("steps", [])
        if step.get("took") is not None
    }
    return {**view, "timings": timings, "problem": instance.get("problem")}


def row(view: View) -> str:
    """Return one line of a list."""
    return f"  {view['id']:<36} {phase_of(view):<12} {view['repository']} {view['ref']}".rstrip()


def phase_of(view: View) -> str:
    """Return where a workspace stands, in a word."""
    if view["deleting"]:
        return "deleting"
    if view.get("archived_at") is None or view["phase"] != "stopped":
        return str(view["phase"])
    return "archived" if view["archived"] else "archiving"


def describe(view: View) -> str:
    """Return what `show` tells."""
    lines = [
        f"  {view['id']}  {phase_of(view)}",
        f"  repository  {view['repository']} {view['ref']}",
        f"  trusted     {'yes' if view['trusted'] else 'no: it opens restricted'}",
    ]
    if view["phase"] == "running":
        lines.append(f"  {_opens(view):<11} {view['ide_url']}")
    instance = view.get("instance") or {}
    for name, text in instance.get("conditions", {}).items():
        lines.append(f"  {name}: {text}")
    lines += git_lines(view)
    detail = instance.get("stop_detail")
    if detail and view["phase"] in {"stopping", "stopped"}:
        lines.append(f"  stopped     {detail}")
    if view.get("cleanup_at") is not None:
        at = datetime.fromtimestamp(view["cleanup_at"], UTC).strftime("%Y-%m-%d %H:%M UTC")
        lines.append(f"  clean-up    deleted at {at} unless it is used or pinned")
    problem = instance.get("problem")
    if problem:
        lines.append(f"  problem     {problem['title']}")
    return "\n".join(line.rstrip() for line in lines)


def _opens(view: View) -> str:
    """Return what is at the workspace's address; a desktop's editor is on another machine."""
    editor = view["editor"]
    return "Terminals" if editor["desktop"] else str(editor["name"])


def port_line(port: View) -> str:
    """Return the line of one port."""
    process = (port["process"] or "a server") if port["listening"] else "nothing listens"
    return f"  {port['port']:>5}  {port['visibility']:<8} {process:<16} {port['url']}"


def ide_line(view: View) -> str:
    """Return what a workspace opens with."""
    return f"  opens with {view['ide']}"


def timeout_line(view: View) -> str:
    """Return which timeout a workspace has, and when it would stop."""
    counts = (view.get("instance") or {}).get("timeout", "")
    chosen = view["timeout"] or (f"{counts}, as by default" if counts else "as by default")
    if view.get("stops_at") is None:
        return f"  timeout {chosen}"
    at = datetime.fromtimestamp(view["stops_at"], UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    awake = view.get("awake") or []
    why = f"; awake: {', '.join(awake)}" if awake else ""
    return f"  timeout {chosen}; stops at {at} unless it is used{why}"


def step_line(step: View) -> str:
    """Return the line of one of the nine steps."""
    took = f"{step['took']:.2f} s" if step.get("took") is not None else ""
    mark = MARKS.get(step["state"], "?")
    detail = " ".join(str(step.get("detail") or "").split())
    return f"  {mark} {step['step']:<11} {step['state']:<8} {took:>9}  {detail}".rstrip()


class Board:
    """Draws the steps of a start: in place when `live`, else each one when it is over."""

    def __init__(self, out: TextIO, width: int, *, live: bool) -> None:
        self._out = out
        self._live = live
        self._width = width
        self._instance = ""
        self._drawn: list[str] = []

    def show(self, view: View) -> None:
        """Draw what is new in a view."""
        instance = view.get("instance") or {}
        if instance.get("id", "") != self._instance:
            self._instance, self._drawn = instance.get("id", ""), []
        steps = instance.get("steps", [])
        if self._live:
            self._redraw([step_line(step)[: self._width] for step in steps])
        else:
            over = [step_line(one) for one in steps if one["state"] in {"done", "failed"}]
            self._write("".join(f"{line}\n" for line in over if line not in self._drawn))
            self._drawn = over

    def _redraw(self, lines: list[str]) -> None:
        if lines == self._drawn:
            return
        up = f"\x1b[{len(self._drawn)}F" if self._drawn else ""
        self._write(up + "".join(f"\x1b[K{line}\n" for line in lines))
        self._drawn = lines

    def _write(self, text: str) -> None:
        if text:
            self._out.write(text)
            self._out.flush()


def ago(at: float, now: float | None = None) -> str:
    """Return how long ago a moment was, e.g. `12 min ago`; clocks may disagree a little."""
    seconds = max(0.0, (time.time() if now is None else now) - at)
    for unit, length in (("d", 86400.0), ("h", 3600.0), ("min", 60.0)):
        if seconds >= length:
            return f"{seconds / length:.0f} {unit} ago"
    return f"{seconds:.0f} s ago"
