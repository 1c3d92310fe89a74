"""The backup that Podium makes by itself: `python -m cli.backup.daily`, again and again.

Each call looks whether one is due, makes it, removes those that are too many, and writes down
how it went, where `podium status` and the server read it. A call that fails is one more line
there, and the next call tries again.
"""

import os
import re
import sys
import time
from calendar import timegm
from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec

from cli.backup import making
from cli.backup.locking import saving
from cli.backup.passphrase import given
from cli.launcher.paths import real
from cli.problems import CommandError
from cli.settings import Settings
from kit.folders import sync_folder
from wire.platformbackup import PlatformBackup

_NAME = re.compile(r"podium-(\d{8}-\d{6})\.tar\.zst", re.ASCII)
_STAMP = "%Y%m%d-%H%M%S"


def due(times: Iterable[float], every: float, now: float) -> bool:
    """Tell whether it is time for another one.

    One of a moment to come was made by a clock that was set back since: it says nothing.
    """
    newest = max((made for made in times if made <= now), default=None)
    return newest is None or now - newest >= every


def superfluous(names: Sequence[str], keep: int, now: float) -> list[str]:
    """Return the backups beyond the newest so many; what has another name is nobody's business.

    Those of a time to come count for themselves: one clock or the other is wrong, and neither
    takes away what the other has made.
    """
    ours = sorted((name for name in names if _NAME.fullmatch(name)), reverse=True)
    to_come = [name for name in ours if (made_at(name) or 0.0) > now]
    past = [name for name in ours if name not in to_come]
    return [*past[keep:], *to_come[keep:]]


def made_at(name: str) -> float | None:
    """Return when a backup was made, by its name."""
    found = _NAME.fullmatch(name)
    try:
        return None if found is None else float(timegm(time.strptime(found[1], _STAMP)))
    except ValueError:
        return None


def once(settings: Settings, now: float) -> PlatformBackup | None:
    """Make one if it is time; returns what was written down of it, None if it was not."""
    if settings.save_every is None:
        return None
    folder = Path(settings.save_folder)
    times = [made for name in _names(folder) if (made := made_at(name)) is not None]
    before = read(settings)
    # what failed after it was made is made: more of them each time would fill the disk
    well = before is not None and (not before.failure or int(before.tried_at) in times)
    same = before is not None and (before.folder, before.every) == (
        settings.save_folder,
        settings.save_every,
    )
    if well and same and not due(times, settings.save_every, now):
        return None
    told = _made(settings, folder, settings.save_every, now)
    write(settings, told)
    return told


def read(settings: Settings) -> PlatformBackup | None:
    """Return what was written down last."""
    try:
        text = real(settings.layout.platform_backup).read_bytes()
        return msgspec.json.decode(text, type=PlatformBackup)
    except (OSError, msgspec.DecodeError):
        return None


def write(settings: Settings, told: PlatformBackup) -> None:
    """Write it down for everybody of this machine; there is nothing secret in it."""
    path = real(settings.layout.platform_backup)
    fresh = path.with_suffix(".new")
    fresh.write_bytes(msgspec.json.encode(told))
    fresh.chmod(0o644)
    fresh.rename(path)


def _made(settings: Settings, folder: Path, every: float, now: float) -> PlatformBackup:
    failure, name = "", f"podium-{time.strftime(_STAMP, time.gmtime(now))}.tar.zst"
    try:
        _prepare(settings, folder)
        passphrase = given(settings.save_passphrase)
        with saving(settings):
            for cut in folder.glob("podium-*.tar.zst.new"):  # a killed one's: the key is in it
                cut.unlink()
            making.make(settings, folder / name, passphrase, _silent)
            for old in superfluous(_names(folder), settings.save_most, now):
                (folder / old).unlink()
            sync_folder(folder)
    except (CommandError, OSError) as error:
        failure = making.words_of(error)
    names = [one for one in _names(folder) if made_at(one) is not None]
    past = [one for one in names if (made_at(one) or 0.0) <= now]
    newest = max(past or names, default="")
    size = (folder / newest).stat().st_size if newest else 0
    return PlatformBackup(
        tried_at=now,
        made_at=made_at(newest) if newest else None,
        file=newest,
        size=size,
        kept=len(names),
        folder=settings.save_folder,
        every=every,
        failure=failure,
    )


def _prepare(settings: Settings, folder: Path) -> None:
    """Make the folder in the data folder; another one may be a disk that is not mounted."""
    if folder == real(settings.layout.platform_backups):
        folder.parent.mkdir(mode=0o700, exist_ok=True)
        folder.mkdir(mode=0o700, exist_ok=True)
    if not folder.is_dir():
        raise CommandError("Its folder is not there", f"{folder} is no folder.")


def _names(folder: Path) -> list[str]:
    try:
        return [one.name for one in folder.iterdir()]
    except OSError:
        return []


def _silent(_what: str, _took: float) -> None:
    pass


def main() -> int:
    """Look once."""
    settings = Settings.from_environ(os.environ)
    told = once(settings, time.time())
    if told is not None and told.failure:
        sys.stderr.write(f"{told.failure}\n")
        return 1
    if told is not None:
        sys.stderr.write(f"{told.file}: {told.size} bytes\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
