"""What a workspace may open with, in words."""

from dataclasses import dataclass
from types import MappingProxyType

from wire.ides import Ide

NAMES = MappingProxyType({Ide.VSCODE: "VS Code", Ide.TERMINAL: "Terminals"})
"""As a step of the start, and on the command line."""
OPENS = MappingProxyType({Ide.VSCODE: "VS Code", Ide.TERMINAL: "the terminals"})
"""What a button opens."""
_CHOICES = MappingProxyType(
    {Ide.VSCODE: "VS Code in the browser", Ide.TERMINAL: "Terminals only, without an editor"}
)


@dataclass(frozen=True, slots=True)
class IdeChoice:
    """One that may be chosen."""

    ide: Ide
    title: str
    chosen: bool


def choices(chosen: Ide) -> list[IdeChoice]:
    """Return all, with the one of now."""
    return [IdeChoice(one, title, one is chosen) for one, title in _CHOICES.items()]


def preferred(stored: str) -> Ide:
    """Return what a person's row means."""
    return Ide(stored) if stored else Ide.VSCODE
