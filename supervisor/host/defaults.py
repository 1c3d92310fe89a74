"""What VS Code is told before its first start, so that it opens on the code and nothing else.

Machine settings lie below a person's own and below the repository's: whoever wants it
otherwise only has to say so.
"""

import json
import os
from collections.abc import Mapping, Sequence
from typing import Any

from supervisor.host.journal import note
from supervisor.host.processes import Account

QUIET = {
    "workbench.startupEditor": "none",
    "workbench.secondarySideBar.defaultVisibility": "hidden",
    "workbench.tips.enabled": False,
    "chat.disableAIFeatures": True,
    "telemetry.telemetryLevel": "off",
}
_LARGEST = 1 << 20

COMMANDS = ("/.supervisor/bin/gp", "/ide/vscode/bin/remote-cli/code")


def link_commands(folder: str = "/usr/local/bin", commands: Sequence[str] = COMMANDS) -> None:
    """Put `gp` and `code` where every shell looks: login shells set their PATH anew."""
    for target in commands:
        name = os.path.basename(target)  # noqa: PTH119 - lean start, no pathlib
        if not os.path.exists(target):  # noqa: PTH110 - lean start, no pathlib
            continue
        try:
            os.symlink(target, f"{folder}/{name}")  # noqa: PTH211 - lean start, no pathlib
        except FileExistsError:
            continue
        except OSError as error:  # the PATH that we set has gp as well
            note("command_not_linked", command=name, error=str(error))


def machine_settings(data: str) -> str:
    """Return where VS Code keeps the settings of this machine."""
    return f"{data}/data/Machine/settings.json"


def write_defaults(data: str, account: Account) -> None:
    """Write the machine settings below VS Code's data folder unless there are some."""
    path = machine_settings(data)
    if os.path.lexists(path):
        return
    try:
        _make(path.rpartition("/")[0], account)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o644)
        with os.fdopen(descriptor, "w") as file:
            os.fchown(descriptor, account.uid, account.gid)
            json.dump(QUIET, file, indent=2)
            file.write("\n")
    except OSError as error:  # a full home must not keep the IDE from opening
        note("defaults_not_written", error=str(error))


def _make(folder: str, account: Account) -> None:
    """Make the folder and what is missing above it, the account's."""
    if os.path.isdir(folder):  # noqa: PTH112 - lean start, no pathlib
        return
    _make(folder.rpartition("/")[0], account)
    os.mkdir(folder, 0o755)  # noqa: PTH102 - lean start, no pathlib
    os.chown(folder, account.uid, account.gid)


def add_settings(data: str, account: Account, wished: Mapping[str, Any]) -> None:
    """Add settings that the repository's file wishes for; what stands there already stays."""
    write_defaults(data, account)
    path = machine_settings(data)
    try:
        with open(path, opener=_no_link) as file:
            held = json.loads(file.read(_LARGEST))
        if not isinstance(held, dict) or held.keys() >= wished.keys():
            return
        content = json.dumps({**wished, **held}, indent=2)
        descriptor = os.open(path, os.O_WRONLY | os.O_TRUNC | os.O_NOFOLLOW)
        with os.fdopen(descriptor, "w") as file:
            file.write(f"{content}\n")
    except (OSError, ValueError) as error:  # with comments in it it is somebody's own
        note("settings_not_added", error=str(error))


def _no_link(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NOFOLLOW | os.O_NONBLOCK)
