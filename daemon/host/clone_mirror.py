"""A clone through the node's mirror of a remote repository; runs in git's helper process.

The remote is asked first, without the lock. What the mirror lacks is fetched under
the exclusive lock, by one start alone; the others wait and then find everything
there. The lock is on a file that this process holds open, so it dies with it.
A first fetch grows beside and is renamed; what an interrupted one left is cleared
by whoever holds the lock next.
"""

import errno
import fcntl
import os
import resource
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from daemon.core import mirror
from daemon.core.mirror import GROWING, MARK, STORE, TOLD, WHOLE, Shown
from daemon.host.clone_turn import Git

_PIECE: Final = 64 << 20
_PACK_FILES: Final = (".pack", ".idx", ".rev", ".bitmap")
_NO_REFLINK: Final = frozenset({errno.EXDEV, errno.EINVAL, errno.ENOSYS, errno.EOPNOTSUPP})
_HEX: Final = frozenset("0123456789abcdef")


class Mirror:
    """The mirror at /mirror, and the lock behind a descriptor."""

    def __init__(self, plan: dict[str, Any], environment: dict[str, str], target: str) -> None:
        self._plan = plan
        self._store = Path(STORE)
        self._whole = self._store / WHOLE
        self._remote = Git(environment, target)
        self._here = Git({**environment, "GIT_ALLOW_PROTOCOL": "file"}, target)
        self._target = Path(target)
        self._lock: int = plan["lock"]

    def clone(self, folder: str) -> bool | None:
        """Clone into the folder of the target.

        False when git has said why it cannot be, None when no mirror is kept, or when it is of
        no use: for a repository without commits, or one whose HEAD is no branch.
        """
        _tell(f"asking {self._plan['host']}")
        try:
            answer = self._remote.answer(self._plan["ask"], seconds=self._plan["patience"])
        except subprocess.TimeoutExpired:
            waited = f"{self._plan['patience']:.0f} s"
            sys.stderr.write(f"fatal: {self._plan['host']} timed out: no answer within {waited}\n")
            return False
        if answer is None:
            return False
        shown = mirror.parse_shown(answer)
        if not shown.head or not self._plan["store"]:
            return None
        self._take(fcntl.LOCK_SH)
        if self._held() != shown:
            self._take(fcntl.LOCK_EX)
            if self._held() != shown and not self._fetch(shown):
                return False
        filled, said = self._fill(folder)
        broken = not self._is_sound(folder) if filled else mirror.is_damaged(said)
        return self._again(shown, folder) if broken else filled

    def _is_sound(self, folder: str) -> bool:
        """Tell whether HEAD of the clone is there; a mirror with a hole in it would not show."""
        clone = Git(self._here.environment, str(self._target / folder))
        return bool(clone.ask("rev-parse", "-q", "--verify", "HEAD^{commit}"))

    def _again(self, shown: Shown, folder: str) -> bool:
        """Throw a broken mirror and what came of it away, and do everything once more."""
        self._take(fcntl.LOCK_EX)
        shutil.rmtree(self._whole, ignore_errors=True)
        for one in (self._target / folder).iterdir():
            shutil.rmtree(one)
        return self._fetch(shown) and self._fill(folder)[0]

    def wants_tidying(self) -> bool:
        """Tell whether the mirror should be repacked when nobody waits for it."""
        packs = self._whole.glob("objects/pack/*.pack")
        return (self._store / MARK).exists() or len(list(packs)) > mirror.MOST_PACKS

    def tidy(self) -> bool:
        """Repack, so that the mirror holds what its refs lead to and nothing else."""
        self._take(fcntl.LOCK_EX)
        if not self._whole.is_dir() or not self.wants_tidying():
            return True
        self._clear_leftovers()
        git = ["git", "-C", str(self._whole)]
        quiet = ["-c", "repack.writeBitmaps=false", "-c", "pack.threads=1"]
        done = self._here.run([*git, *quiet, "repack", "-a", "-d", "-q"])
        if done and self._here.run([*git, "prune", "--expire=now"]):
            (self._store / MARK).unlink(missing_ok=True)
        return done

    def _take(self, kind: int) -> None:
        try:
            fcntl.flock(self._lock, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            _tell("waiting for another fetch of this repository")
            fcntl.flock(self._lock, kind)

    def _held(self) -> Shown | None:
        if not self._whole.is_dir():
            return None
        git = Git(self._here.environment, str(self._whole))
        listed = git.ask("for-each-ref", "--format=%(objectname)%09%(refname)")
        head = git.ask("symbolic-ref", "-q", "HEAD")
        return mirror.parse_shown(f"ref: {head}\tHEAD\n{listed}\n")

    def _fetch(self, shown: Shown) -> bool:
        """Make the mirror equal to the remote.

        A damaged one is fetched anew; so is one beyond the limit, since it may be what it
        has let go of that does not fit.
        """
        shutil.rmtree(self._store / GROWING, ignore_errors=True)
        if self._whole.is_dir():
            fetched, said = self._renew(shown)
            if fetched or not (mirror.is_damaged(said) or mirror.is_beyond_limit(said)):
                return fetched
            shutil.rmtree(self._whole)
        (self._store / MARK).unlink(missing_ok=True)
        growing = str(self._store / GROWING)
        made = self._here.run(["git", "init", "-q", "--bare", "--template=", growing])
        if not made or not self._follow(GROWING)[0] or not self._settle(GROWING, shown):
            shutil.rmtree(growing, ignore_errors=True)
            return False
        Path(growing).rename(self._whole)
        return True

    def _renew(self, shown: Shown) -> tuple[bool, str]:
        self._clear_leftovers()
        before = self._held() or Shown()
        marked = (self._store / MARK).exists()
        # first, so that no kill leaves it unmarked; always, since the remote may have let go
        # of something after it was asked
        (self._store / MARK).touch()
        fetched, said = self._follow(WHOLE)
        if fetched:
            after = self._held() or Shown()
            surely, heads = mirror.rewound(before, after)
            if not marked and not surely and not self._lets_go(heads, after):
                (self._store / MARK).unlink(missing_ok=True)
            fetched = self._settle(WHOLE, shown)
        return fetched, said

    def _lets_go(self, heads: list[str], after: Shown) -> bool:
        """Tell whether an old head is not behind any of the refs that are there now."""
        if not heads:
            return False
        asked = [*heads, *(f"^{one}" for one in after.refs.values())]
        command = ["git", "-C", str(self._whole), "rev-list", "-n", "1", "--stdin"]
        return self._here.answer(command, "\n".join(asked) + "\n") != ""

    def _follow(self, folder: str) -> tuple[bool, str]:
        """Fetch, while no file may grow beyond what the limit leaves."""
        limit, (_soft, hard) = self._plan["limit"], resource.getrlimit(resource.RLIMIT_FSIZE)
        if limit:
            left = max(limit - _bytes_below(self._store / folder), 1 << 20)
            resource.setrlimit(resource.RLIMIT_FSIZE, (min(left, limit), hard))
        try:
            return self._remote.follow(mirror.fetch_command(self._plan["url"], folder))
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))

    def _settle(self, folder: str, shown: Shown) -> bool:
        git = ["git", "-C", str(self._store / folder)]
        return self._here.run([*git, "symbolic-ref", "HEAD", shown.head]) and self._here.run(
            [*git, "pack-refs", "--all"]
        )

    def _clear_leftovers(self) -> None:
        """Remove what a killed git has left: its locks, and packs that were never whole."""
        for lock in [*self._whole.glob("*.lock"), *self._whole.glob("refs/**/*.lock")]:
            lock.unlink()
        for half in self._whole.glob("objects/pack/tmp_*"):
            half.unlink()

    def _fill(self, folder: str) -> tuple[bool, str]:
        """Clone from the mirror; tells whether it went well, and git's last words."""
        if (self._store / MARK).exists():
            return self._here.follow(self._plan["through"])
        if 0 < self._plan["limit"] < _bytes_below(self._whole):
            sys.stderr.write("fatal: the mirror is beyond the limit: File too large\n")
            return False, ""
        cloned, said = self._here.follow(self._plan["shared"])
        if not cloned:
            return False, said
        clone = self._target / folder / ".git"
        try:
            self._copy(clone / "objects")
        except OSError as error:
            sys.stderr.write(f"fatal: copying from the mirror: {error.strerror or error}\n")
            return False, ""
        (clone / "objects" / "info" / "alternates").unlink()
        for log in [one for one in (clone / "logs").rglob("*") if one.is_file()]:
            text = log.read_bytes()
            log.write_bytes(text.replace(str(self._whole).encode(), self._plan["url"].encode()))
        config = ["git", "-C", str(self._target / folder), "config", "remote.origin.url"]
        return self._here.run([*config, self._plan["url"]]), ""

    def _copy(self, target: Path) -> None:
        """Copy every object, by reflink where the filesystem can; nothing is shared by name."""
        files = [*_object_files(self._whole / "objects")]
        whole = sum(one.stat().st_size for one in files)
        copied = 0
        for one in files:
            name = target / one.relative_to(self._whole / "objects")
            name.parent.mkdir(exist_ok=True)
            for piece in _copy_file(one, name):
                copied += piece
                _tell(f"copying from the mirror {100 * copied // max(whole, 1)} %", copied)


def _object_files(objects: Path) -> Iterator[Path]:
    for folder in objects.iterdir():
        if folder.name == "pack":
            yield from (one for one in folder.iterdir() if one.suffix in _PACK_FILES)
        elif len(folder.name) == 2 and _HEX.issuperset(folder.name):
            yield from (one for one in folder.iterdir() if _HEX.issuperset(one.name))


def _copy_file(source: Path, target: Path) -> Iterator[int]:
    with source.open("rb") as reading, target.open("xb", 0) as writing:
        left = os.fstat(reading.fileno()).st_size
        while left:
            done = _copy_piece(reading.fileno(), writing.fileno(), min(left, _PIECE))
            if not done:
                raise OSError(f"{source.name} became shorter while it was copied")
            left -= done
            yield done
    target.chmod(0o444)


def _copy_piece(reading: int, writing: int, size: int) -> int:
    try:
        return os.copy_file_range(reading, writing, size)
    except OSError as error:
        if error.errno not in _NO_REFLINK:
            raise
        return os.sendfile(writing, reading, None, size)  # None: from where the last one ended


def _bytes_below(folder: Path) -> int:
    return sum(one.lstat().st_size for one in folder.rglob("*") if one.is_file())


def _tell(text: str, received: int = 0) -> None:
    sys.stderr.write(f"{TOLD}{text}{f' ({received} bytes)' if received else ''}\n")
    sys.stderr.flush()
