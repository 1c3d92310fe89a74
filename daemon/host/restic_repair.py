"""Making a damaged repository one that can be written to again, while the node has the content.

Everything is read and hashed. What is not what its name says is set aside below `damaged`, where
restic does not look, and of a pack those blobs that are whole come into one of their own; what
can be found out from the rest, the index, is made anew. A backup that
reads every file again then puts back what the tree still has, and with it older points that
share it. Which points lack something after that is told, not guessed.
"""

from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from daemon.core.restic import explain
from daemon.host.restic_box import PASSWORD
from daemon.host.restic_files import Files, files_of
from daemon.host.restic_key import config_of, fresh, master_of
from daemon.host.restic_packs import salvaged
from daemon.host.restic_run import ResticFailed, restic, tell
from daemon.host.restic_tidy import take_over
from daemon.host.restic_verify import FOLDERS, hash_of

_ASIDE: Final = "damaged"
_KEYS: Final = "keys"
_PACKS: Final = "data/"
_CONFIG: Final = "config"
_OTHER_KEY: Final = "wrong password or no key found"
"""As restic says it."""


def repair(plan: dict[str, Any]) -> dict[str, Any]:
    """Set aside what is damaged; returns the names of all that is whole. Raises ResticFailed."""
    files = files_of(plan)
    take_over(files, plan)
    keys = _damaged(files, _KEYS)
    if not _opens(keys):
        _set_aside(files, keys)
        if not _renew_config(files):
            _begin_anew(files)
    damaged = [path for folder in FOLDERS for path in _damaged(files, folder)]
    # before their packs are aside: whoever is killed in between finds these damaged again
    for content in _salvaged(files, [path for path in damaged if path.startswith(_PACKS)]):
        name = sha256(content).hexdigest()
        files.write(f"{_PACKS}{name[:2]}/{name}", content)
    _set_aside(files, damaged)
    restic("rebuild-index")
    whole = [one.name for folder in FOLDERS for one in files.all(folder)]
    return {"verified": whole, "damaged": [*keys, *damaged]}


def _salvaged(files: Files, packs: list[str]) -> list[bytes]:
    """Return new packs of what is whole in damaged ones."""
    if not packs:
        return []
    password, masters = Path(PASSWORD).read_text().strip(), []
    for one in files.all(_KEYS):
        with suppress(ValueError, KeyError):
            masters.append(master_of(password, b"".join(files.read(one.path))))
    saved = []
    for path in packs:
        pack = b"".join(files.read(path))
        saved += [found for key in masters[:1] if (found := salvaged(key, pack)) is not None]
    return saved


def unreadable(_plan: dict[str, Any]) -> dict[str, Any]:
    """Return the ids of snapshots that lack something: the index knows every pack that is whole."""
    lacking = []
    for one in restic("--no-lock", "list", "snapshots").decode().split():
        try:
            restic("--no-lock", "stats", "--mode", "raw-data", one)
        except ResticFailed as error:
            tell(step="lacking", snapshot=one, why=str(error)[-200:])
            lacking.append(one)
    return {"unreadable": lacking}


def _damaged(files: Files, folder: str) -> list[str]:
    found, done = [], 0
    for one in files.all(folder):
        if hash_of(files, one.path) != one.name:
            found.append(one.path)
        done += one.size
        tell(step="repairing", done=done)
    return found


def _opens(damaged_keys: list[str]) -> bool:
    """Tell whether key and config are what they were; raises ResticFailed for another key."""
    try:
        restic("--no-lock", "cat", "config")
    except ResticFailed as error:
        code = explain(str(error)).code
        if code == "repository_damaged" or (damaged_keys and not code.startswith("store_")):
            return False
        raise  # with another master key, or from a store that fails, nothing is damaged
    return True


def _renew_config(files: Files) -> bool:
    """Make the config anew; False when there is no key. Raises ResticFailed for another key."""
    password = Path(PASSWORD).read_text().strip()
    keys = [b"".join(files.read(one.path)) for one in files.all(_KEYS)]
    for key in keys:
        with suppress(ValueError, KeyError):
            config = config_of(password, key)
            _set_aside(files, [one.path for one in files.all() if one.path == _CONFIG])
            files.write(_CONFIG, config)
            return True
    if keys:  # they are what their names say: the password is another one
        raise ResticFailed(_OTHER_KEY)
    return False


def _begin_anew(files: Files) -> None:
    """Without its key or config nothing of a repository can be read: another one begins."""
    _set_aside(files, [one.path for one in files.all() if not one.path.startswith(f"{_ASIDE}/")])
    for path, content in fresh(Path(PASSWORD).read_text().strip()).items():
        files.write(path, content)


def _set_aside(files: Files, paths: list[str]) -> None:
    for path in paths:
        files.move(path, f"{_ASIDE}/{path}")
