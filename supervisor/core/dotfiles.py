"""What is done with a person's dotfiles: how they are cloned, and which script runs. Pure.

Source: Gitpod's place, limits and list of scripts.
"""

from collections.abc import Callable

AGAIN = "--again"
"""Says to the process that installs them that what is there is run once more."""
BEGAN, RUNNING, FAILED = "began ", "running ", "failed: "
"""Begin the log's notes of what has not come to a good end."""
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


def pull_command(folder: str) -> list[str]:
    """Return the command that brings what has been pushed since; what the person changed stays."""
    return ["git", "-C", folder, "pull", "--ff-only"]


def unfinished(log: str) -> bool:
    """Tell whether what a log tells of last has failed or was cut off; `log` is its end."""
    notes = [line[2:] for line in log.splitlines() if line.startswith("# ")]
    return bool(notes) and notes[-1].startswith((BEGAN, RUNNING, FAILED))


def script_command(path: str) -> list[str]:
    """Return the command that runs a script, also one that does not name its shell."""
    return ["/bin/sh", "-c", 'exec "$0"', path]


def first_script(executable: Callable[[str], bool]) -> str:
    """Return the script that is run; empty when there is none."""
    return next((one for one in SCRIPTS if executable(one)), "")
