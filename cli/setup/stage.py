"""Build once: under a lock, beside the final place, moved there when whole.

A build works in `.<digest>.<pid>` and gets its name by one rename. Whatever a killed build
leaves behind has a hidden name that nothing reads; the next build in that folder removes
it, once the lock shows that nobody works on it any more.
"""

import fcntl
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def lock(path: Path, waiting: Callable[[str], None]) -> Iterator[None]:
    """Hold a lock file; when somebody else does, `waiting` is told their pid, once."""
    with path.open("a+") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            held.seek(0)
            waiting(held.read().strip() or "unknown")
            fcntl.flock(held, fcntl.LOCK_EX)
        held.seek(0)
        held.truncate()
        held.write(str(os.getpid()))
        held.flush()
        yield


def build_once(
    folder: Path,
    build: Callable[[Path], None],
    *,
    mode: int = 0o755,
    waiting: Callable[[str], None] = lambda _pid: None,
) -> bool:
    """Make `folder` by `build(fresh)` unless it is there; return whether it was built.

    `mode` is that of the parent, which decides who may read the artefacts of this kind.
    """
    if folder.exists():
        return False
    folder.parent.mkdir(parents=True, exist_ok=True)
    folder.parent.chmod(mode)
    with lock(folder.parent / f".{folder.name}.lock", waiting):
        if folder.exists():
            return False
        _sweep(folder.parent, folder.name)
        fresh = folder.parent / f".{folder.name}.{os.getpid()}"
        fresh.mkdir(mode=0o755)
        try:
            build(fresh)
        except BaseException:
            shutil.rmtree(fresh, ignore_errors=True)
            raise
        fresh.chmod(0o755)
        # a power cut must not leave a name whose files are empty
        subprocess.run(["sync", "--file-system", str(fresh)], check=True)
        fresh.rename(folder)
    return True


def _sweep(parent: Path, own: str) -> None:
    """Remove what interrupted builds left; `own` is the digest whose lock is held here."""
    for rest in parent.glob(".*"):
        if not rest.is_dir():
            continue
        name = rest.name.split(".")[1]
        if name == own:
            shutil.rmtree(rest, ignore_errors=True)
            continue
        with (parent / f".{name}.lock").open("a+") as held:
            try:
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue
            shutil.rmtree(rest, ignore_errors=True)
