"""How what a workspace takes is said and drawn. Pure."""

from dataclasses import dataclass

from app.workspaces.vitals import Vital
from wire.agent import GitState, TerminalReport
from wire.usage import Usage

_UNITS = ("B", "kB", "MB", "GB", "TB")


@dataclass(frozen=True, slots=True)
class Gauge:
    """One figure: what it is, in words, and as a part of its limit (0 to 1; -1 without one)."""

    name: str
    title: str
    value: str
    limit: str = ""
    part: float = -1.0

    @property
    def level(self) -> float:
        """How high a line for it stands in a drawing that is 18 high."""
        return round(17.0 - 16.0 * max(self.part, 0.0), 1)


@dataclass(frozen=True, slots=True)
class Shell:
    """One terminal; `task` is the name of what runs in it, when that is a task."""

    id: str
    title: str
    task: str
    last: float


def gauges(usage: Usage | None) -> list[Gauge]:
    """Return cpu, memory, processes and disk; what was not measured yet has its place."""
    if usage is None:
        named = {"cpu": "CPU", "memory": "Memory", "processes": "Processes", "disk": "Disk"}
        return [Gauge(name, title, "—") for name, title in named.items()]
    cores = f"of {_plain(usage.cores)} cores" if usage.cores else "cores"
    found = [
        Gauge("cpu", "CPU", f"{usage.cpu:.2f}", cores, _part(usage.cpu, usage.cores)),
        Gauge(
            "memory",
            "Memory",
            size(usage.memory),
            f"of {size(usage.memory_limit)}" if usage.memory_limit else "",
            _part(usage.memory, usage.memory_limit),
        ),
        Gauge("processes", "Processes", str(usage.processes)),
    ]
    disk = size(usage.disk) if usage.disk else "—"
    free = f"{size(usage.disk_free)} free" if usage.disk_free else ""
    return [*found, Gauge("disk", "Disk", disk, free)]


def shells(vital: Vital, tasks: dict[str, str]) -> list[Shell]:
    """Return the terminals; `tasks` is terminal → name."""
    return [_shell(one, tasks) for one in vital.terminals]


def git_words(state: GitState | None) -> str:
    """Return what exists only in the workspace, e.g. `3 uncommitted, 1 unpushed`."""
    if state is None:
        return ""
    parts = ((state.changed, "uncommitted"), (state.unpushed, "unpushed"))
    return ", ".join(f"{count} {word}" for count, word in parts if count)


def size(count: int) -> str:
    """Return bytes in their greatest unit, of a thousand each, with two figures or more."""
    value, unit = float(max(count, 0)), 0
    while value >= 999.5 and unit < len(_UNITS) - 1:
        value, unit = value / 1000, unit + 1
    return f"{value:.1f} {_UNITS[unit]}" if unit and value < 10 else f"{value:.0f} {_UNITS[unit]}"


def _shell(report: TerminalReport, tasks: dict[str, str]) -> Shell:
    return Shell(report.id, report.title or "shell", tasks.get(report.id, ""), report.last)


def _plain(number: float) -> str:
    return f"{number:.1f}".removesuffix(".0")


def _part(value: float, limit: float) -> float:
    return round(min(max(value / limit, 0.0), 1.0), 4) if limit > 0 else -1.0
