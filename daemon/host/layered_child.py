"""The helper process that tries what layers can do here, as workspaces will use them.

Run as `python -I -S -c …` with a plan (JSON) on stdin, whose folder is an empty one beside the
trees. stdout is `{overlay, reflink, why}`. Everything is mounted in a mount namespace of its own.
"""

import fcntl
import json
import os
import signal
import sys
import traceback
from pathlib import Path
from typing import Any, Final

from daemon.host import layered, syscalls
from daemon.host.clone_child import hold_namespace

_FICLONE: Final = 0x4004_9409
_FIRST: Final = 1_000_000
"""Id on the host of the trial's root; nobody's, and nothing of it stays."""
_USER: Final = 33333


def main() -> None:
    """Try, and say what works."""
    plan = json.load(sys.stdin)
    syscalls.die_with_parent(signal.SIGKILL)
    folder, why = Path(plan["folder"]), ""
    reflink = _shares_blocks(folder)
    try:
        _stack(folder)
    except (OSError, ValueError) as error:
        traceback.print_exc()
        why = str(error)
    print(json.dumps({"overlay": not why, "reflink": reflink, "why": why}))  # noqa: T201 -- the helper's answer


def _shares_blocks(folder: Path) -> bool:
    one, other = folder / "one", folder / "other"
    one.write_text("content\n" * 1024)
    try:
        with one.open("rb") as source, other.open("wb") as target:
            fcntl.ioctl(target.fileno(), _FICLONE, source.fileno())
    except OSError:
        return False
    return True


def _stack(folder: Path) -> None:
    """Let a mapped user change a tree that stands, and look at it. Raises OSError, ValueError."""
    lower, layers, stage = folder / "lower", folder / "layers", folder / "stage"
    stage.mkdir()
    (lower / "before").mkdir(parents=True)
    (lower / "before" / "file").write_text("a")
    (lower / "gone").write_text("b")
    for name in (layered.UPPER, layered.WORK):
        (layers / name).mkdir(parents=True)
    for one in (lower, *lower.rglob("*"), *layers.iterdir()):
        os.chown(one, _USER, _USER)
    syscalls.unshare(syscalls.CLONE_NEWNS)
    syscalls.mount("none", "/", flags=syscalls.MS_REC | syscalls.MS_PRIVATE)
    syscalls.mount("tmpfs", str(stage), "tmpfs", syscalls.MS_NODEV, "size=1m,mode=0755")
    source = {"lower": str(lower), "layers": str(layers)}
    layered.stand(source, str(stage), "tree", _namespace(), _FIRST)
    _as_user(stage / "tree")
    view = stage / "view"
    view.mkdir()
    layered.show(source, str(view), syscalls.MOUNT_ATTR_RDONLY)
    seen: dict[str, Any] = {
        str(one.relative_to(view)): one.stat().st_uid for one in sorted(view.rglob("*"))
    }
    if seen != {"after": _USER, "after/file": _USER, "linked": _USER}:
        raise ValueError(f"a changed tree reads as {seen}")
    if (view / "after" / "file").read_text() != "ab":
        raise ValueError("a changed file reads as before")


def _as_user(tree: Path) -> None:
    """Rename a folder of the lower layer, write below it, link, delete: as a workspace would."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            os.chdir(tree)  # the folders above are root's alone
            syscalls.drop_privileges(_FIRST + _USER, _FIRST + _USER)
            Path("before").rename("after")
            with Path("after", "file").open("a") as file:
                file.write("b")
            Path("linked").hardlink_to("gone")
            Path("gone").unlink()
            code = 0
        except OSError:
            traceback.print_exc()
        finally:
            os._exit(code)
    _pid, status = os.waitpid(child, 0)
    if status != 0:
        raise OSError("a workspace's user cannot change a tree that stands on another")


def _namespace() -> int:
    """Return a user namespace's descriptor that maps ids as a workspace's."""
    ready, tell = os.pipe()
    parent = os.getpid()
    child = os.fork()
    if child == 0:
        hold_namespace(parent, tell)
    try:
        os.read(ready, 1)
        for name in ("uid_map", "gid_map"):
            Path(f"/proc/{child}/{name}").write_text(f"0 {_FIRST} 65536")
        return os.open(f"/proc/{child}/ns/user", os.O_RDONLY | os.O_CLOEXEC)
    finally:
        os.close(ready)
        os.close(tell)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
