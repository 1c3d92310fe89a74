"""`podium backup FILE` and `podium restore FILE`: the platform itself, on its own machine."""

import contextlib
import os
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from pathlib import Path

from cli.backup import archive, finishing, making, restoring
from cli.backup.locking import saving
from cli.backup.passphrase import asked, given
from cli.launcher import locks, state
from cli.launcher.paths import real
from cli.problems import DONE, USAGE, CommandError
from cli.settings import Settings
from wire.ids import is_workspace_id

ABOUT_BACKUP = (
    "save the platform itself into one file while it runs: people, workspaces, restore points' "
    "keys, the master key, SSH host keys, settings. Files of workspaces are in their restore points"
)
ABOUT_RESTORE = "bring the platform back out of such a file, into an empty data folder"


def add_backup(parser: ArgumentParser) -> None:
    """Add its words to the grammar."""
    parser.add_argument("file", metavar="FILE", help="e.g. podium.tar.zst; nothing is overwritten")
    _add_passphrase(parser, "encrypt it with a passphrase, which is asked for (age's format)")


def add_restore(parser: ArgumentParser) -> None:
    """Add its words to the grammar."""
    parser.add_argument("file", metavar="FILE", help="what `podium backup` has made")
    parser.add_argument(
        "--force",
        action="store_true",
        help="also where an installation is already; what is replaced is kept beside it",
    )
    _add_passphrase(parser, "")


def _add_passphrase(parser: ArgumentParser, asked: str) -> None:
    if asked:
        parser.add_argument("--passphrase", action="store_true", help=asked)
    parser.add_argument(
        "--passphrase-file", metavar="F", default="", help="read the passphrase from a file"
    )


def backup(settings: Settings, arguments: Namespace) -> int:
    """Make one; says what is in it."""
    _need_root("backup")
    target = Path(arguments.file).absolute()
    passphrase = given(arguments.passphrase_file)
    if not passphrase and arguments.passphrase:
        passphrase = asked("Passphrase: ")
        if passphrase != asked("Again: "):
            raise CommandError("The two are not the same", "", "Try again.", USAGE)
    with saving(settings):
        making.make(settings, target, passphrase, _done)
    print(f"\n  {target} holds the MASTER KEY: whoever has this file")
    if passphrase:
        print("  and its passphrase can read every secret and every restore point.")
        print("  Without the passphrase nobody can, you included: keep it elsewhere.")
    else:
        print("  can read every secret and every restore point. Keep it where only you get at it,")
        print("  or make one with --passphrase.")
    print("  Files of workspaces are not in it: they are in their restore points.\n")
    return DONE


def restore(settings: Settings, arguments: Namespace) -> int:
    """Bring one back; says what is to be done then."""
    _need_root("restore")
    file, layout = Path(arguments.file).absolute(), settings.layout
    if not file.is_file():
        raise CommandError(f"There is no file {file}", code=USAGE)
    real(layout.run).mkdir(parents=True, exist_ok=True)
    with _stopped(settings), saving(settings):
        finishing.finish(layout)
        found = restoring.in_use(layout)
        if found and not arguments.force:
            raise CommandError(
                f"{layout.home} is in use",
                f"There is {', '.join(found)}. Nothing was changed.",
                "Set PODIUM_HOME to an empty folder, or restore with --force: what is there now "
                "is then kept beside it.",
            )
        passphrase = given(arguments.passphrase_file)
        if not passphrase and archive.is_sealed(file):
            passphrase = asked(f"Passphrase of {file.name}: ")
        began = time.monotonic()
        manifest = restoring.check(file, passphrase)
        made = time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime(manifest.made))
        _done(f"every digest of the backup of {made}", time.monotonic() - began)
        began = time.monotonic()
        _manifest, told = restoring.stage(
            settings,
            file,
            passphrase,
            lambda path: making.as_owner(settings, "app.db.receiving", str(path)),
        )
        newer = "" if told["before"] == told["after"] else f", schema {told['after']}"
        _done(f"database read{newer}", time.monotonic() - began)
        kept = finishing.commit(layout, time.time())
    _tell(settings, kept, told["workspaces"])
    return DONE


@contextlib.contextmanager
def _stopped(settings: Settings) -> Iterator[None]:
    """Keep the platform stopped. Raises CommandError while it runs."""
    try:
        with locks.hold(real(settings.layout.run / state.LOCK)):
            found = state.read(settings.layout)
            running = found is not None and (
                found.launcher.alive() or any(one.alive for one in found.children.values())
            )
            if running or locks.taken(real(settings.layout.run / state.LAUNCHER_LOCK)):
                raise CommandError(
                    "Podium runs",
                    f"A database cannot be replaced beneath it ({settings.layout.home}).",
                    "Stop it with `podium down`, then restore.",
                )
            yield
    except locks.Held as other:
        raise CommandError(
            f"`podium up` or `podium restore` is running (pid {other.pid or 'unknown'})",
            cure="Wait for it, then run this again.",
        ) from other


def _tell(settings: Settings, kept: Path | None, workspaces: object) -> None:
    layout = settings.layout
    points = real(layout.backups)
    written = real(layout.home / finishing.SETTINGS_FILE).read_text()
    there = "PODIUM_BACKUP_STORE=" in written or (points.is_dir() and _holds_points(points))
    print(f"\n  Restored into {layout.home}: {workspaces} workspaces, all stopped.")
    if kept is not None:
        print(f"  What was there before is in {kept}; remove it when you need it no more.")
    print(f"  Settings it ran with: {layout.home}/{finishing.SETTINGS_FILE}; those that you still")
    print("  want have to be set again:")
    print(f"      . {layout.home}/{finishing.SETTINGS_FILE} && make up")
    if there:
        print("  Files of workspaces that are not here any more come back from restore points:")
        print("  on a workspace's page, Restore points.")
    else:
        print(f"  There are no restore points in {points}: bring that folder back from where you")
        print("  keep it before you restore a workspace; the files themselves are only there.")
    print("  Tokens, links and sign-ins that were ended after the backup are valid again.\n")


def _holds_points(folder: Path) -> bool:
    return any(is_workspace_id(one.name) for one in folder.iterdir())


def _need_root(verb: str) -> None:
    if os.geteuid() != 0:
        raise CommandError(f"podium {verb} needs root", cure="Run it as root or through sudo.")


def _done(what: str, took: float) -> None:
    print(f"  {what:<58} done in {took:5.1f} s", flush=True)
