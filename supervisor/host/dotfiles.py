"""Starts the process that installs a person's dotfiles, and takes in what it says."""

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass

from supervisor.core.dotfiles import AGAIN, FOLDER, LOG, PATIENCE, unfinished
from supervisor.host.journal import note
from supervisor.host.output import output_of
from supervisor.host.processes import Account
from supervisor.host.reaper import Reaper

BOOT = "/.supervisor/site/dotfiles.py"
_SHOWN = 4096
"""Bytes of the log's end in which it is looked what came of it."""
_LONGEST = 2 * PATIENCE + 60.0
"""Seconds after which it is ended, whatever it waits for."""


@dataclass(frozen=True, slots=True)
class Installed:
    """What came of it."""

    said: str
    failed: bool


def command(url: str, *, again: bool = False) -> list[str]:
    """Return how it is run: from the bundle, or from the sources in tests."""
    words = [url, AGAIN] if again else [url]
    if os.path.exists(BOOT):  # noqa: PTH110 - lean start, no pathlib
        return [sys.executable, "-I", "-S", "-X", "utf8", BOOT, *words]
    return [sys.executable, "-m", "supervisor.dotfiles", *words]


def there(account: Account) -> bool:
    """Tell whether dotfiles are in the home: they came with an earlier start, or by hand."""
    return os.path.lexists(f"{account.home}/{FOLDER}")


def left_off(account: Account) -> bool:
    """Tell whether an earlier start has not come to their end, by their log."""
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK
    try:
        descriptor = os.open(f"{account.home}/{LOG}", flags)
    except OSError:
        return False
    try:
        size = os.fstat(descriptor).st_size
        return unfinished(os.pread(descriptor, _SHOWN, max(0, size - _SHOWN)).decode("latin-1"))
    except OSError:  # no file
        return False
    finally:
        os.close(descriptor)


async def install(
    url: str,
    reaper: Reaper,
    account: Account,
    environment: Mapping[str, str],
    *,
    again: bool = False,
) -> Installed:
    """Run it to its end, also where they are there when `again`; never raises for its sake."""
    try:
        code, out = await output_of(
            command(url, again=again),
            reaper,
            account,
            environment,
            cwd=account.home,
            seconds=_LONGEST,
        )
    except OSError as error:
        note("dotfiles_not_started", error=str(error))
        return Installed(f"They could not be started: {error.strerror}.", failed=True)
    note("dotfiles_ended", code=code)
    said = out.decode(errors="replace").strip()
    return Installed(said or f"They ended with {code}.", failed=code != 0)
