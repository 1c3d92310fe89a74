"""What a workspace opens with."""

from enum import StrEnum


class Ide(StrEnum):
    """An editor, or none."""

    VSCODE = "vscode"
    """VS Code in the browser."""
    TERMINAL = "terminal"
    """Terminals alone: no editor's server takes memory."""
