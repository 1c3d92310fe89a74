"""Cloning into ~/.dotfiles, then the script or the links; ~/.dotfiles.log tells what was done."""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from typing import BinaryIO

from supervisor.core.commands import reason
from supervisor.core.dotfiles import (
    BEGAN,
    FAILED,
    FOLDER,
    LOG,
    PATIENCE,
    RUNNING,
    clone_command,
    first_script,
    pull_command,
    script_command,
)

_SHOWN = 4096
"""Bytes of the log's end in which a cause is looked for."""
_LONGEST = 1 << 20
"""Bytes of a log that is written on."""
_NO_QUESTIONS = {"GIT_TERMINAL_PROMPT": "0"}


class NotInstalled(Exception):
    """What went wrong, for the person."""


def install(url: str, home: str, patience: float = PATIENCE, *, again: bool = False) -> str:
    """Install what is not there yet; `again` runs what is there once more.

    Returns in words what was done. Raises NotInstalled for what git or the script did wrong,
    OSError for what the home did.
    """
    folder = f"{home}/{FOLDER}"
    there = os.path.lexists(folder)
    if there and not again:
        return f"~/{FOLDER} is there already and stays as it is."
    with _open(f"{home}/{LOG}") as log:
        _note(log, time.strftime(f"{BEGAN}%Y-%m-%d %H:%M:%S UTC", time.gmtime()))
        try:
            if there:
                _pull(folder, home, log, patience)
            else:
                _clone(url, home, log, patience)
            said = _set_up(home, log, patience)
        except NotInstalled as error:
            _note(log, f"{FAILED}{error}")
            raise
        _note(log, said)
        return said


def _open(path: str) -> BinaryIO:
    """Return the log, written on at its end; one that has grown long begins anew."""
    flags = os.O_CREAT | os.O_RDWR | os.O_NOFOLLOW
    log = os.fdopen(os.open(path, flags, 0o644), "r+b", buffering=0)
    if log.seek(0, os.SEEK_END) > _LONGEST:
        log.truncate(0)
    return log


def _pull(folder: str, home: str, log: BinaryIO, patience: float) -> None:
    """Bring what is newer; without it, what is there is run."""
    if _run(pull_command(folder), home, log, patience) != 0:
        _note(log, "nothing newer could be brought; what is there is used")


def _clone(url: str, home: str, log: BinaryIO, patience: float) -> None:
    folder, fresh = f"{home}/{FOLDER}", f"{home}/{FOLDER}.new"
    shutil.rmtree(fresh, ignore_errors=True)
    code = _run(clone_command(url, fresh), home, log, patience)
    if code != 0:
        shutil.rmtree(fresh, ignore_errors=True)
        late = f"The clone was not done within {patience:.0f} s."
        raise NotInstalled(late if code is None else reason(_end(log)) or f"git ended with {code}.")
    os.rename(fresh, folder)  # noqa: PTH104 - lean start, no pathlib


def _set_up(home: str, log: BinaryIO, patience: float) -> str:
    folder = f"{home}/{FOLDER}"
    script = first_script(lambda name: _executable(f"{folder}/{name}"))
    if not script:
        _note(log, "no installation script: linking")
        return _link(folder, home, log)
    _note(log, f"{RUNNING}{script}")
    began = time.monotonic()
    code = _run(script_command(f"{folder}/{script}"), home, log, patience)
    if code is None:
        raise NotInstalled(f"{script} was not done within {patience:.0f} s, and was ended.")
    if code != 0:
        last = _end(log).strip().rpartition("\n")[2]
        said = "" if last == f"# {RUNNING}{script}" else f": {last[:200]}"
        raise NotInstalled(f"{script} ended with {code}{said}")
    return f"{script} ran for {time.monotonic() - began:.0f} s."


def _run(command: list[str], home: str, log: BinaryIO, patience: float) -> int | None:
    """Run to the end; None when it was not done in time, and was killed with all that it began."""
    try:
        process = subprocess.Popen(
            command,
            cwd=home,
            env={**os.environ, **_NO_QUESTIONS},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    except OSError as error:
        raise NotInstalled(f"{command[0]} cannot be started: {error.strerror}.") from error
    try:
        return process.wait(patience)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        return None


def _executable(path: str) -> bool:
    return os.path.isfile(path) and os.access(path, os.X_OK)  # noqa: PTH113 - lean start, no pathlib


def _link(folder: str, home: str, log: BinaryIO) -> str:
    """Link every file at its place in the home; what is there stays."""
    linked = kept = 0
    for path in _files(folder):
        target = f"{home}/{path}"
        if os.path.lexists(target):
            _note(log, f"~/{path} is there already and stays")
            kept += 1
            continue
        try:
            os.makedirs(os.path.dirname(target), exist_ok=True)  # noqa: PTH103, PTH120 - lean start, no pathlib
            os.symlink(f"{folder}/{path}", target)  # noqa: PTH211 - lean start, no pathlib
        except OSError as error:  # a file where a folder would have to be
            _note(log, f"~/{path}: {error.strerror}")
            kept += 1
            continue
        _note(log, f"~/{path} linked")
        linked += 1
    stayed = f", {kept} of the home stayed" if kept else ""
    return f"{linked} file{'' if linked == 1 else 's'} linked{stayed}."


def _files(folder: str) -> Iterator[str]:
    """Return all files below a folder, links among them, relative to it."""
    for place, folders, files in os.walk(folder):
        if place == folder and ".git" in folders:
            folders.remove(".git")
        links = [one for one in folders if os.path.islink(f"{place}/{one}")]  # noqa: PTH114 - lean start, no pathlib
        for name in sorted([*files, *links]):
            yield f"{place}/{name}".removeprefix(f"{folder}/")


def _note(log: BinaryIO, text: str) -> None:
    log.seek(0, os.SEEK_END)
    log.write(f"# {text}\n".encode(errors="replace"))


def _end(log: BinaryIO) -> str:
    """Return the end of the log."""
    size = log.seek(0, os.SEEK_END)
    log.seek(max(0, size - _SHOWN))
    return log.read(_SHOWN).decode(errors="replace")
