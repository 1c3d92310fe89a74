"""What a repository's .gitpod.yml asks for, as it is acted on, and what is wrong in it."""

from msgspec import Struct, field

from wire.ports import PortWish


class Fault(Struct, frozen=True, kw_only=True):
    """Something in the file that is not followed."""

    line: int
    """From 1."""
    field: str
    """Such as tasks[0].command; empty for the file as a whole."""
    cause: str
    warning: bool = False
    """Whether it is only unknown, not wrong."""

    def __str__(self) -> str:
        place = f"line {self.line}, {self.field}" if self.field else f"line {self.line}"
        return f"{place}: {self.cause}"


class Task(Struct, frozen=True, kw_only=True):
    """One entry of `tasks`; shell text, empty where there is none."""

    name: str
    before: str = ""
    init: str = ""
    command: str = ""
    env: dict[str, str] = field(default_factory=dict)
    open_in: str = ""
    open_mode: str = ""


class Config(Struct, frozen=True, kw_only=True):
    """The file as far as it is followed."""

    name: str = ""
    """Of the file; empty when there is none."""
    tasks: list[Task] = field(default_factory=list)
    ports: list[PortWish] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    def told(self) -> str:
        """Return all faults as one text for people; empty when there are none."""
        ordered = sorted(self.faults, key=lambda one: (one.warning, one.line))
        return "; ".join([f"{self.name} {ordered[0]}", *map(str, ordered[1:])]) if ordered else ""
