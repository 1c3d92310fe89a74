"""The checkout: once in a workspace's life, as its user, marked when done.

Killed in the middle it is done again; after the marker never, whatever the tree
looks like, because from then on it is the person's.
"""

import asyncio
import os
import time
from collections.abc import Callable, Mapping

from supervisor.core.commands import checkout_commands
from supervisor.host.journal import note
from supervisor.host.output import output_of
from supervisor.host.processes import Account
from supervisor.host.reaper import Reaper
from wire.agent import Checkout, StepReport
from wire.phases import Condition, StepState

MARKER = "/workspace/.podium/checked-out"


def already_done(marker: str = MARKER) -> bool:
    """Tell whether this workspace has been checked out before."""
    return os.path.exists(marker)  # noqa: PTH110 - lean start, no pathlib


async def check_out(
    checkout: Checkout,
    reaper: Reaper,
    account: Account,
    environment: Mapping[str, str],
    marker: str = MARKER,
    say: Callable[[bytes], None] = lambda _said: None,
) -> StepReport:
    """Check out and mark; returns the step's report, never raises for git's sake.

    `say` gets what each command wrote.
    """
    began = time.monotonic()
    if checkout.cloned:
        try:
            await asyncio.to_thread(move, checkout, os.path.dirname(marker), account)  # noqa: PTH120 - lean start, no pathlib
        except OSError as error:
            return _failed(began, f"the clone cannot be moved to its folder: {error.strerror}")
    lock = f"{checkout.path}/.git/index.lock"
    if os.path.lexists(lock):
        os.unlink(lock)  # noqa: PTH108 - lean start, no pathlib
    for command in checkout_commands(checkout):
        code, said = await _run(command, reaper, account, environment)
        say(said.encode())
        if code != 0:
            return _failed(began, said.strip().rpartition("\n")[2] or f"git ended with {code}")
    _mark(marker, account)
    return StepReport(state=StepState.DONE, took=time.monotonic() - began)


def move(checkout: Checkout, kept: str, account: Account) -> None:
    """Move the clone to where it belongs, by way of the folder `kept`: it may go below itself.

    Killed anywhere it goes on where it was. Raises OSError.
    """
    between = f"{kept}/clone"
    if os.path.lexists(f"{checkout.path}/.git"):
        return
    if not os.path.lexists(between):
        _make(kept, account)
        os.rename(checkout.cloned, between)  # noqa: PTH104 - lean start, no pathlib
    _make(os.path.dirname(checkout.path), account)  # noqa: PTH120 - lean start, no pathlib
    os.rename(between, checkout.path)  # noqa: PTH104 - lean start, no pathlib


def _make(folder: str, account: Account) -> None:
    """Make a folder with those above it, all of them the person's."""
    if os.path.isdir(folder):  # noqa: PTH112 - lean start, no pathlib
        return
    _make(os.path.dirname(folder), account)  # noqa: PTH120 - lean start, no pathlib
    os.mkdir(folder)  # noqa: PTH102 - lean start, no pathlib
    os.chown(folder, account.uid, account.gid)


def _failed(began: float, why: str) -> StepReport:
    note("checkout_failed", detail=why[:500])
    return StepReport(
        state=StepState.FAILED,
        took=time.monotonic() - began,
        code=Condition.CHECKOUT_FAILED,
        detail=why[:500],
    )


async def _run(
    command: list[str], reaper: Reaper, account: Account, environment: Mapping[str, str]
) -> tuple[int, str]:
    try:
        code, said = await output_of(command, reaper, account, environment)
    except OSError as error:
        return 127, f"git cannot be started: {error.strerror}. The image has to contain git."
    return code, said.decode(errors="replace")


def _mark(marker: str, account: Account) -> None:
    folder = os.path.dirname(marker)  # noqa: PTH120 - lean start, no pathlib
    os.makedirs(folder, mode=0o700, exist_ok=True)  # noqa: PTH103 - lean start, no pathlib
    fresh = f"{marker}.new"
    with open(fresh, "w") as file:  # noqa: PTH123 - lean start, no pathlib
        file.write("done\n")
        file.flush()
        os.fsync(file.fileno())
    for path in (folder, fresh):
        os.chown(path, account.uid, account.gid)
    os.rename(fresh, marker)  # noqa: PTH104 - lean start, no pathlib
    descriptor = os.open(folder, os.O_RDONLY)
    os.fsync(descriptor)
    os.close(descriptor)
