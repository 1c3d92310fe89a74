"""What VS Code is told before its first start, so that it opens on the code and nothing else.

Machine settings lie below a person's own and below the repository's: whoever wants it
otherwise only has to say so.
"""

import json
import os

from supervisor.host.journal import note
from supervisor.host.processes import Account

QUIET = {
    "workbench.startupEditor": "none",
    "workbench.secondarySideBar.defaultVisibility": "hidden",
    "workbench.tips.enabled": False,
    "chat.disableAIFeatures": True,
    "telemetry.telemetryLevel": "off",
}


GP = "/.supervisor/bin/gp"


def link_gp(folder: str = "/usr/local/bin") -> None:
    """Put `gp` where every shell looks: login shells set their PATH anew."""
    try:
        os.symlink(GP, f"{folder}/gp")  # noqa: PTH211 - lean start, no pathlib
    except FileExistsError:
        return
    except OSError as error:  # the PATH that we set has it as well
        note("gp_not_linked", error=str(error))


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
