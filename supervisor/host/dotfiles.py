"""Starts the process that installs a person's dotfiles, and takes in what it says."""

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass

from supervisor.core.dotfiles import FOLDER, PATIENCE
from supervisor.host.journal import note
from supervisor.host.output import output_of
from supervisor.host.processes import Account
from supervisor.host.reaper import Reaper

BOOT = "/.supervisor/site/dotfiles.py"
_LONGEST = 2 * PATIENCE + 60.0
"""Seconds after which it is ended, whatever it waits for."""


@dataclass(frozen=True, slots=True)
class Installed:
    """What came of it."""

    said: str
    failed: bool


def command(url: str) -> list[str]:
    """Return how it is run: from the bundle, or from the sources in tests."""
    if os.path.exists(BOOT):  # noqa: PTH110 - lean start, no pathlib
        return [sys.executable, "-I", "-S", "-X", "utf8", BOOT, url]
    return [sys.executable, "-m", "supervisor.dotfiles", url]


def there(account: Account) -> bool:
    """Tell whether dotfiles are in the home: they came with an earlier start, or by hand."""
    return os.path.lexists(f"{account.home}/{FOLDER}")


async def install(
    url: str, reaper: Reaper, account: Account, environment: Mapping[str, str]
) -> Installed:
    """Run it to its end; never raises for its sake."""
    try:
        code, out = await output_of(
            command(url), reaper, account, environment, cwd=account.home, seconds=_LONGEST
        )
    except OSError as error:
        note("dotfiles_not_started", error=str(error))
        return Installed(f"They could not be started: {error.strerror}.", failed=True)
    note("dotfiles_ended", code=code)
    said = out.decode(errors="replace").strip()
    return Installed(said or f"They ended with {code}.", failed=code != 0)
