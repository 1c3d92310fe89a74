"""How a repository wants its workspaces to be set up: one plan, whichever file it was read from.

`.gitpod.yml` and devcontainer.json are read into the same plan. What is wrong in a file, and
what of it is not followed, are parts of the plan: nothing is left out in silence.
"""

from collections.abc import Iterable
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from wire.ports import PortWish


class Fault(Struct, frozen=True, kw_only=True):
    """Something in a file that is not followed."""

    line: int
    """From 1."""
    field: str
    """Such as tasks[0].command; empty for the file as a whole."""
    cause: str
    warning: bool = False
    """Whether it is only unknown, not wrong."""
    file: str = ""
    """Path below the repository."""

    def __str__(self) -> str:
        place = f"line {self.line}, {self.field}" if self.field else f"line {self.line}"
        return f"{place}: {self.cause}"


class Task(Struct, frozen=True, kw_only=True):
    """Commands of one terminal; shell text, empty where there is none."""

    name: str
    before: str = ""
    """At every start."""
    init: str = ""
    """Once, also in a prebuild."""
    create: str = ""
    """Once after `init`, never in a prebuild; devcontainer.json's postCreateCommand."""
    command: str = ""
    """At every start that somebody looks at."""
    env: dict[str, str] = field(default_factory=dict)
    open_in: str = ""
    open_mode: str = ""
    announced: bool = False
    """Whether the commands themselves say what they are."""


class ImageWish(Struct, frozen=True, kw_only=True):
    """What the container is to be made of: the name of an image, or a Dockerfile."""

    name: str = ""
    dockerfile: str = ""
    """Path below the repository."""
    context: str = ""
    """Folder of the build, below the repository; `.` is the repository itself."""


class Repository(Struct, frozen=True, kw_only=True):
    """A further repository."""

    url: str
    location: str = ""
    """Below /workspace; empty means its own name."""


class Config(Struct, frozen=True, kw_only=True):
    """The plan."""

    name: str = ""
    """Of the file; empty when there is none."""
    image: ImageWish | None = None
    tasks: list[Task] = field(default_factory=list)
    ports: list[PortWish] = field(default_factory=list)
    env: dict[str, str] = field(default_factory=dict)
    """Variables of tasks and terminals; any other source counts more."""
    extensions: list[str] = field(default_factory=list)
    """VS Code's: publisher.name, with @version if wished, or the address of a file."""
    settings: dict[str, Any] = field(default_factory=dict)
    """VS Code's, for this machine."""
    git_config: dict[str, str] = field(default_factory=dict)
    checkout_location: str = ""
    workspace_location: str = ""
    repositories: list[Repository] = field(default_factory=list)
    main_configuration: str = ""
    keep_awake: list[str] = field(default_factory=list)
    """Patterns of commands that count as use; `*` is any text."""
    backup_excludes: list[str] = field(default_factory=list)
    """What restore points leave out of the repository's folder, as in .gitignore."""
    user: str = ""
    """Whom the file wants commands to run as; they run as the workspace's person."""
    faults: list[Fault] = field(default_factory=list)
    unfollowed: list[Fault] = field(default_factory=list)
    """Right, and yet not done; each with the reason."""

    @property
    def unreadable(self) -> bool:
        """Whether nothing of the file could be read."""
        return any(not (one.field or one.warning) for one in self.faults)

    def told(self) -> str:
        """Return all faults as one text for people; empty when there are none."""
        return spell(sorted(self.faults, key=lambda one: (one.warning, one.line)), self.name)

    def placed(self, repository: str) -> "Config":
        """Return the plan for a repository at an absolute path: whether it is where it is wanted.

        What is told as not followed is not, when it has been.
        """
        wanted = "/".join(one for one in self.checkout_location.split("/") if one not in {"", "."})
        if not wanted or not repository.endswith(f"/{wanted}"):
            return self
        left = [one for one in self.unfollowed if one.field != "checkoutLocation"]
        return replace(self, unfollowed=left)

    def told_unfollowed(self) -> str:
        """Return what is not followed as one text for people; empty when all is."""
        return spell(sorted(self.unfollowed, key=lambda one: one.line), self.name)


def spell(faults: Iterable[Fault], file: str) -> str:
    """Return faults as one text; a file's name stands where it changes."""
    parts, before = [], ""
    for one in faults:
        name = one.file or file
        parts.append(str(one) if name == before else f"{name} {one}")
        before = name
    return "; ".join(parts)
