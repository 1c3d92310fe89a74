"""What is done with a person's dotfiles: how they are cloned, and which script runs. Pure.

Source: Gitpod's place, limits and list of scripts.
"""

from collections.abc import Callable

FOLDER = ".dotfiles"
LOG = ".dotfiles.log"
PATIENCE = 120.0
"""Seconds for the clone, and as many for the script."""
SCRIPTS = (
    "install.sh",
    "install",
    "bootstrap.sh",
    "bootstrap",
    "script/bootstrap",
    "setup.sh",
    "setup",
    "script/setup",
)


def clone_command(url: str, folder: str) -> list[str]:
    """Return the command that clones the newest commit alone."""
    return ["git", "clone", "--depth=1", "--", url, folder]


def script_command(path: str) -> list[str]:
    """Return the command that runs a script, also one that does not name its shell."""
    return ["/bin/sh", "-c", 'exec "$0"', path]


def first_script(executable: Callable[[str], bool]) -> str:
    """Return the script that is run; empty when there is none."""
    return next((one for one in SCRIPTS if executable(one)), "")
