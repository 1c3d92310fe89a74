"""What runs in a workspace for whoever opens it; `app/ides` says what leads to each."""

from enum import StrEnum

JUPYTERLAB = "/ides/jupyterlab"
"""Inside a workspace: JupyterLab's tree, where it is built; VS Code's is /ide."""


class Ide(StrEnum):
    """An editor's server, or none."""

    VSCODE = "vscode"
    """VS Code in the browser."""
    JUPYTERLAB = "jupyterlab"
    TERMINAL = "terminal"
    """Terminals alone: no editor's server takes memory."""
