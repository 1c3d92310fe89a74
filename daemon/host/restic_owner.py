"""Whether this installation is the one that writes to the object store; asked in the box."""

from typing import Any, Final

from daemon.host.restic_files import Told
from daemon.host.restic_run import ResticFailed
from kit.objectowner import OwnedByOther, Owner, claim
from kit.objectstore import Credentials, Place, opened

OWNED: Final = "store: owned"
_WRITING: Final = frozenset({"start", "drop"})
"""Tasks that write and say so in no other way."""


def check(plan: dict[str, Any]) -> None:
    """Make sure of it before anything is written or taken out. Raises ResticFailed."""
    store = plan.get("store")
    if not store or not (plan.get("writes") or plan["task"] in _WRITING):
        return
    top = opened(Place(**store["place"]), Credentials(store["id"], store["secret"]))
    try:
        with Told():
            claim(top, Owner(**store["owner"]))
    except OwnedByOther as error:
        raise ResticFailed(f"{OWNED}: {error}") from error
