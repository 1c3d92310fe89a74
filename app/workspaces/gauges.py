"""How what a workspace takes is said and drawn. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from app.workspaces.vitals import Vital
from kit.durations import words_of
from wire.agent import TerminalReport
from wire.phases import Condition
from wire.usage import Day, Usage

_WIDE, _LOW, _HIGH = 144, 31.0, 1.0
_MIB = 1 << 20
_UNITS = ("B", "kB", "MB", "GB", "TB")

_RUNS_OUT = {
    Condition.MEMORY_LOW: "memory nearly full",
    Condition.DISK_FULL: "disk full",
    Condition.DISK_LOW: "disk nearly full",
}


@dataclass(frozen=True, slots=True)
class Gauge:
    """One figure: what it is, in words, and as a part of its limit (0 to 1; -1 without one)."""

    name: str
    title: str
    value: str
    limit: str = ""
    part: float = -1.0
    day: str = ""
    """Points of a line over the last 24 hours, in a drawing 144 wide and 32 high."""
    most: str = ""
    """The most of that time, in words."""

    @property
    def area(self) -> str:
        """Points of what is below that line."""
        return f"0,32 {self.day} {_WIDE},32" if self.day else ""

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


def gauges(usage: Usage | None, day: Day | None = None) -> list[Gauge]:
    """Return cpu, memory, processes and disk; what was not measured yet has its place."""
    return [_with_day(one, usage, day) for one in _gauges(usage)]


def span(day: Day | None) -> str:
    """Return which time the lines of a day are of, for people; empty before there is any."""
    minutes = day.minutes * len(day.cpu) if day is not None else 0
    return f"Lines show the last {words_of(60.0 * minutes)}." if minutes > 1 else ""


def _with_day(gauge: Gauge, usage: Usage | None, day: Day | None) -> Gauge:
    if usage is None or day is None:
        return gauge
    match gauge.name:
        case "cpu":
            values, limit = [one / 1000 for one in day.cpu], usage.cores
            most = f"{max(values, default=0.0):.2f} cores"
        case "memory":
            values, limit = [float(one * _MIB) for one in day.memory], float(usage.memory_limit)
            most = size(int(max(values, default=0.0)))
        case "disk":
            values, limit = [float(one * _MIB) for one in day.disk], float(usage.disk_limit)
            most = size(int(max(values, default=0.0)))
        case _:
            return gauge
    return replace(gauge, day=_line(values, limit), most=most if len(values) > 1 else "")


def _line(values: Sequence[float], limit: float) -> str:
    """Return points from left to right; without a limit the most is a little below the top."""
    if len(values) < 2:
        return ""
    top, step = limit or 1.25 * max(values) or 1.0, _WIDE / (len(values) - 1)
    return " ".join(
        f"{number * step:.1f},{_LOW - (_LOW - _HIGH) * min(value / top, 1.0):.1f}"
        for number, value in enumerate(values)
    )


def _gauges(usage: Usage | None) -> list[Gauge]:
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
    return [*found, _disk(usage)]


def _disk(usage: Usage) -> Gauge:
    if usage.disk_limit:
        used = max(usage.disk_limit - usage.disk_free, 0)
        part = _part(used, usage.disk_limit)
        return Gauge("disk", "Disk", size(used), f"of {size(usage.disk_limit)}", part)
    disk = size(usage.disk) if usage.disk else "—"
    free = f"{size(usage.disk_free)} free" if usage.disk_free else ""
    return Gauge("disk", "Disk", disk, free)


def largest(usage: Usage | None, conditions: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return size and path of the folders that take most, where the disk is nearly full."""
    if usage is None or not {Condition.DISK_FULL, Condition.DISK_LOW} & conditions.keys():
        return []
    return [(size(one.size), one.path) for one in usage.folders]


def shells(vital: Vital, tasks: dict[str, str]) -> list[Shell]:
    """Return the terminals; `tasks` is terminal → name."""
    return [_shell(one, tasks) for one in vital.terminals]


def runs_out(conditions: Mapping[str, str]) -> tuple[str, str]:
    """Return what runs out in a few words, and in whole sentences; both empty for nothing."""
    found = {name: words for name, words in _RUNS_OUT.items() if name in conditions}
    if Condition.DISK_FULL in found:
        found.pop(Condition.DISK_LOW, None)
    words = ", ".join(found.values())
    return words[:1].upper() + words[1:], " ".join(conditions[name] for name in found)


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
