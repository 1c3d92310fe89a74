"""What an image that is laid above another says of the whole: variables, and layers to leave out.

As Gitpod's facade has it: `GITPOD_ENV_SET_X=v` sets X, `GITPOD_ENV_APPEND_X=v` puts v before
what X is and `GITPOD_ENV_PREPEND_X=v` behind it (the names are that way round there, and images
rely on it). Nothing is put between the two. The label below leaves out the first layers of an
image, those that the one below has as well.
"""

from dataclasses import dataclass

SKIP_LABEL = "skip-n.registry-facade.gitpod.io"
_PREFIX = "GITPOD_ENV_"


@dataclass(frozen=True, slots=True)
class Modifier:
    """One change of one variable."""

    name: str
    how: str
    """SET, APPEND or PREPEND."""
    value: str


class SkipError(ValueError):
    """The label holds no number of layers."""


def modifiers(environment: list[str]) -> list[Modifier]:
    """Return the changes that an image's environment asks for, in its order."""
    found = []
    for line in environment:
        name, equals, value = line.partition("=")
        how, _, variable = name.removeprefix(_PREFIX).partition("_")
        if not equals or not name.startswith(_PREFIX) or not variable:
            continue
        if how == "SET" or (how in {"APPEND", "PREPEND"} and value):
            found.append(Modifier(variable, how, value))
    return found


def modified(environment: list[str], changes: list[Modifier]) -> list[str]:
    """Return the environment with the changes made, in the order in which they stand."""
    values = dict(line.partition("=")[::2] for line in environment)
    for one in changes:
        before = values.get(one.name, "")
        match one.how:
            case "SET":
                values[one.name] = one.value
            case "APPEND":
                values[one.name] = one.value + before
            case _:
                values[one.name] = before + one.value
    return [f"{name}={value}" for name, value in values.items()]


def skipped(labels: dict[str, str]) -> int:
    """Return how many of an image's first layers are left out; raises SkipError."""
    text = labels.get(SKIP_LABEL, "0")
    if not text.isascii() or not text.isdecimal() or len(text) > 9:
        raise SkipError(f"the label {SKIP_LABEL} is no number of layers: {text!r:.60}")
    return int(text)
