"""`podium store`: whose the object store of the restore points is, on the platform's machine."""

import os
import time
from argparse import ArgumentParser, Namespace
from pathlib import Path

from cli.launcher import state
from cli.launcher.paths import real
from cli.problems import DONE, CommandError
from cli.settings import Settings
from kit.objectowner import OwnedByOther, Owner, kept, owner_of, renew, take_over
from kit.objectstore import Place, credentials_of, opened, place_of

ABOUT = "whose the object store of the restore points is: one installation alone writes there"
_NAMES = tuple(f"PODIUM_BACKUP_STORE{one}" for one in ("", "_REGION", "_CREDENTIALS", "_CA"))


def add(parser: ArgumentParser) -> None:
    """Add its words to the grammar."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    actions.add_parser("show", help="print whose it is")
    taking = actions.add_parser(
        "take-over",
        help="let it be this installation's, which has the same workspaces as the one before or "
        "does without theirs; that one must not run any more",
    )
    taking.add_argument("--yes", action="store_true", help="the one before runs no more")


def run(settings: Settings, arguments: Namespace) -> int:
    """Show whose it is, or take it over."""
    if os.geteuid() != 0:
        raise CommandError("podium store needs root", cure="Run it as root or through sudo.")
    from obstore.exceptions import BaseError  # noqa: PLC0415 -- the launcher is to be without it

    place, credentials = _place(settings)
    file = real(settings.layout.installation)
    try:
        store, now = opened(place, credentials_of(credentials)), time.time()
        if arguments.action == "show":
            where = f"{place.endpoint}/{place.bucket}/{place.prefix}"
            print(f"  {where}: {_whose(store, kept(file, now))}")
            return DONE
        if not arguments.yes:
            raise CommandError(
                "Two that write there take away what the other needs",
                _whose(store, kept(file, now)),
                "Make sure that the other one runs no more, then add --yes.",
            )
        take_over(store, renew(file, now))
    except (BaseError, OSError, ValueError) as error:
        raise CommandError(
            "The object store could not be asked",
            str(error).partition("\n")[0],
            "Check PODIUM_BACKUP_STORE and its credentials, then try again.",
        ) from error
    print("  The object store is this installation's now.")
    return DONE


def _whose(store: object, me: Owner) -> str:
    try:
        owner = owner_of(store)  # type: ignore[arg-type] # as `opened` has made it
    except OwnedByOther as error:
        return str(error)
    if owner is None:
        return "nobody's yet"
    if owner == me:
        return "this installation's"
    if owner.installation == me.installation:
        return "this installation's, restored elsewhere" if owner.since > me.since else "its own"
    return f"installation {owner.installation}'s"


def _place(settings: Settings) -> tuple[Place, Path]:
    """Return what the running platform is set to; when it does not run, this command."""
    found = state.running(settings.layout)
    environment = settings.environment if found is None else found.environment
    address, region, file, authorities = (environment.get(one, "") for one in _NAMES)
    if not address:
        raise CommandError(
            "Restore points are on this machine",
            "PODIUM_BACKUP_STORE is not set.",
            "Set it as for `podium up`.",
        )
    if authorities:
        os.environ["SSL_CERT_FILE"] = authorities  # where the library looks; of this process alone
    place = place_of(address, region or "us-east-1")
    return place, Path(file or str(settings.layout.home / "backup-store"))
