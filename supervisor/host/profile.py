"""Files of the person's editor on the disk.

The folders are the person's, this process is root: no link on the way is followed, so that
nothing outside of them is read or written.
"""

import json
import os
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress

import msgspec

from supervisor.core.profile import Held
from supervisor.host.journal import note
from supervisor.host.processes import Account
from wire.profile import EXTENSIONS, KEYBINDINGS, LARGEST, MOST, SETTINGS, SNIPPETS, FileName

REPLACED = ".replaced"
"""Behind the name of a file: the text that has lost against another workspace's."""
_BASE = ".podium-profile.json"
"""Beside the files, so that who removes those removes it as well: then all comes back."""
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW
_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK


class Files:
    """Those of one home; `data` is VS Code's folder in it."""

    def __init__(self, account: Account, data: str) -> None:
        self._account = account
        self._user = f"{data}/data/User"
        self._data = data
        self._seen: dict[str, tuple[tuple[int, int], Held]] = {}

    def names(self) -> list[str]:
        """Return the names of what is here and can go along."""
        with self._folder(f"{self._user}/{SNIPPETS}".rstrip("/")) as folder:
            found = [] if folder is None else os.listdir(folder)  # noqa: PTH208 - a descriptor
            inside = sorted(found)[:MOST]
        every = [SETTINGS, KEYBINDINGS, *(f"{SNIPPETS}{one}" for one in inside)]
        return [one for one in every if _is_name(one) and self.read(one) is not None]

    def read(self, name: str) -> Held | None:
        """Return a file; None for one that is not there, or cannot go along."""
        return self._read(f"{self._user}/{name}")

    def installed(self) -> str:
        """Return VS Code's own list of what is installed, empty while there is none."""
        found = self._read(f"{self._data}/extensions/{EXTENSIONS}")
        return found.text if found is not None else ""

    def write(self, name: str, text: str) -> None:
        """Write a file as a whole, the person's; raises OSError."""
        self._write(f"{self._user}/{name}", text)

    def keep_beside(self, name: str, text: str) -> None:
        """Keep a text that has lost; raises OSError."""
        self._write(f"{self._user}/{name}{REPLACED}", text)

    def base(self) -> dict[str, str]:
        """Return what was agreed on last: name → digest."""
        found = self._read(f"{self._user}/{_BASE}")
        try:
            return msgspec.json.decode(found.text, type=dict[str, str]) if found else {}
        except msgspec.DecodeError:
            return {}

    def keep_base(self, base: Mapping[str, str]) -> None:
        """Remember it over a stop."""
        try:
            self._write(f"{self._user}/{_BASE}", json.dumps(base))
        except OSError as error:
            note("profile_not_noted", error=str(error))

    def _read(self, path: str) -> Held | None:
        folder, _, name = path.rpartition("/")
        with self._folder(folder) as inside:
            if inside is None:
                return None
            try:
                descriptor = os.open(name, _READ, dir_fd=inside)
            except OSError:
                self._seen.pop(path, None)
                return None
            with os.fdopen(descriptor, "rb") as file:
                status = os.fstat(descriptor)
                if not stat.S_ISREG(status.st_mode):
                    return None
                stamp = status.st_mtime_ns, status.st_size
                known = self._seen.get(path)
                if known is not None and known[0] == stamp:
                    return known[1]
                content = file.read(LARGEST + 1)
        try:
            held = Held(content.decode(), status.st_mtime)
        except UnicodeDecodeError:
            return None
        if len(content) > LARGEST:
            return None
        self._seen[path] = stamp, held
        return held

    def _write(self, path: str, text: str) -> None:
        folder, _, name = path.rpartition("/")
        fresh = f".{name}.podium"
        with self._folder(folder, make=True) as inside:
            assert inside is not None
            with suppress(FileNotFoundError):
                os.unlink(fresh, dir_fd=inside)
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
            descriptor = os.open(fresh, flags, 0o600, dir_fd=inside)
            with os.fdopen(descriptor, "w") as file:
                os.fchown(descriptor, self._account.uid, self._account.gid)
                file.write(text)
            os.replace(fresh, name, src_dir_fd=inside, dst_dir_fd=inside)

    @contextmanager
    def _folder(self, path: str, *, make: bool = False) -> Iterator[int | None]:
        """Open a folder below the home, step by step; None when it is not there.

        With `make` what is missing is made, the person's, and a failure is raised as OSError.
        """
        home = self._account.home
        opened = os.open(home, _FOLDER)
        try:
            for name in path.removeprefix(f"{home}/").split("/"):
                try:
                    if make:
                        self._make(name, opened)
                    inner = os.open(name, _FOLDER, dir_fd=opened)
                except OSError:
                    if make:
                        raise
                    yield None
                    return
                os.close(opened)
                opened = inner
            yield opened
        finally:
            os.close(opened)

    def _make(self, name: str, inside: int) -> None:
        try:
            os.mkdir(name, 0o755, dir_fd=inside)
        except FileExistsError:
            return
        os.chown(name, self._account.uid, self._account.gid, dir_fd=inside, follow_symlinks=False)


def _is_name(text: str) -> bool:
    try:
        msgspec.convert(text, FileName)
    except msgspec.ValidationError:
        return False
    return True
