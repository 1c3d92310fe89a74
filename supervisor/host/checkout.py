"""The checkout: once in a workspace's life, as its user, marked when done.

Killed in the middle it is done again; after the marker never, whatever the tree
looks like, because from then on it is the person's.
"""

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
    lock = f"{checkout.path}/.git/index.lock"
    if os.path.lexists(lock):
        os.unlink(lock)  # noqa: PTH108 - lean start, no pathlib
    for command in checkout_commands(checkout):
        code, said = await _run(command, reaper, account, environment)
        say(said.encode())
        if code != 0:
            took = time.monotonic() - began
            detail = said.strip().rpartition("\n")[2][:500] or f"git ended with {code}"
            note("checkout_failed", detail=detail, code=code)
            return StepReport(
                state=StepState.FAILED, took=took, code=Condition.CHECKOUT_FAILED, detail=detail
            )
    _mark(marker, account)
    return StepReport(state=StepState.DONE, took=time.monotonic() - began)


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
