"""The helper process in which git runs: its own mounts and pids, the instance's network.

Run as `python -I -S -c …` with a plan (JSON) on stdin. The outer half stays root and
only waits; the inner half builds a root of read-only system files, the target and
nothing else, becomes uid 33333 without capabilities or new privileges, and runs
the commands. git's stderr passes through; stdout is one JSON object. When the
daemon dies the outer half dies, and with it, as a process namespace, all of git.
"""

import json
import os
import resource
import signal
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

from daemon.core.mirror import STORE
from daemon.host import layered, syscalls
from daemon.host.clone_mirror import Mirror
from daemon.host.clone_secrets import host_key, unlock
from daemon.host.clone_turn import Git, fill, look, turn
from daemon.host.turns import take_a_usual_turn

_SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32")
_ETC = (
    "ssl",
    "ca-certificates",
    "ld.so.cache",
    "ld.so.conf",
    "ld.so.conf.d",
    "nsswitch.conf",
    "gai.conf",
    "alternatives",
)
_DEVICES = ("null", "zero", "full", "random", "urandom")
_NO_WRITE = syscalls.MOUNT_ATTR_RDONLY | syscalls.MOUNT_ATTR_NOSUID | syscalls.MOUNT_ATTR_NODEV
Work = Callable[[dict[str, Any]], dict[str, Any]]
_ALL = syscalls.MS_NOSUID | syscalls.MS_NODEV | syscalls.MS_NOEXEC


def main() -> None:
    """Read the plan, run git in a box, and end with the box's exit code."""
    run_boxed(json.load(sys.stdin), _run)


def run_boxed(plan: dict[str, Any], work: Work) -> NoReturn:
    """Do the work in a box as git has one; stdout is its answer."""
    syscalls.die_with_parent(signal.SIGKILL)
    if plan["mirror"]:  # a remote repository: it may take long, and much
        take_a_usual_turn()
    if plan["netns"]:
        netns = os.open(plan["netns"], os.O_RDONLY | os.O_CLOEXEC)
        syscalls.setns(netns, syscalls.CLONE_NEWNET)
    else:
        syscalls.unshare(syscalls.CLONE_NEWNET)
    lock = -1
    if plan["mirror"].get("lock"):
        lock = os.open(plan["mirror"]["lock"], os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        plan["mirror"]["lock"] = lock
    syscalls.unshare(syscalls.CLONE_NEWNS | syscalls.CLONE_NEWIPC | syscalls.CLONE_NEWUTS)
    # opened in these mounts, since a descriptor of other ones cannot be bound here; and before
    # the process namespace, since its first child is to be git's
    source, userns = _open_source(plan)
    syscalls.unshare(syscalls.CLONE_NEWPID)
    child = os.fork()
    if child == 0:
        _inner(plan, source, userns, work)
    if lock >= 0:  # the lock is to be git's side's alone, and to end with it
        os.close(lock)
    _pid, status = os.waitpid(child, 0)
    os._exit(os.waitstatus_to_exitcode(status) & 0xFF)  # what it had to say it has written


def _open_source(plan: dict[str, Any]) -> tuple[str, int]:
    """Return a name of the local repository that nobody can redirect any more, and its mapping."""
    if not plan["source"]:
        return "", -1
    descriptor = syscalls.open_folder_without_links(plan["source"])
    found = os.fstat(descriptor)
    userns = _mapping(found.st_uid, found.st_gid, plan["user"])
    return f"/proc/self/fd/{descriptor}", userns


def _inner(plan: dict[str, Any], source: str, userns: int, work: Work) -> NoReturn:
    code = 1
    try:
        _build_root(plan, source, userns)
        _limit(plan["limits"])
        syscalls.drop_privileges(plan["user"], plan["user"])
        syscalls.die_with_parent(signal.SIGKILL)
        os.umask(0o022)
        unlock(plan.pop("secrets"))
        print(json.dumps(work(plan) | {"host_key": host_key()}), flush=True)  # noqa: T201 -- the helper's answer
        code = 0
    except BaseException:  # noqa: BLE001 -- the root of a process: say why, never return into main
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(code)


def _build_root(plan: dict[str, Any], source: str, userns: int) -> None:
    root = plan["root"]
    syscalls.mount("none", "/", flags=syscalls.MS_REC | syscalls.MS_PRIVATE)
    syscalls.mount(
        "tmpfs", root, "tmpfs", syscalls.MS_NOSUID | syscalls.MS_NODEV, "size=16m,mode=755"
    )
    for name in _SYSTEM:
        _show_system(root, name)
    _make_etc(root, plan["etc"])
    Path(root, "dev").mkdir()
    for name in _DEVICES:
        _show_file(f"/dev/{name}", f"{root}/dev/{name}")
    scratch = Path(root, "tmp")
    scratch.mkdir()
    syscalls.mount("tmpfs", str(scratch), "tmpfs", _ALL, "size=64m,mode=1777")
    Path(f"{root}{plan['target_inside']}").mkdir()
    attributes = syscalls.MOUNT_ATTR_NOSUID | syscalls.MOUNT_ATTR_NODEV
    show = layered.work_in if plan["writes"] else layered.show
    show(plan["target"], f"{root}{plan['target_inside']}", attributes)
    if source:
        inside = f"{root}{plan['source_inside']}"
        Path(inside).mkdir()
        _show_source(source, inside, userns)
    if plan["mirror"].get("store"):
        Path(f"{root}{STORE}").mkdir()
        attributes |= syscalls.MOUNT_ATTR_NOEXEC
        syscalls.bind(plan["mirror"]["store"], f"{root}{STORE}", attributes)
    Path(root, "proc").mkdir()
    syscalls.mount("proc", f"{root}/proc", "proc", _ALL)
    seal = syscalls.MS_REMOUNT | syscalls.MS_BIND | syscalls.MS_RDONLY | syscalls.MS_NOSUID
    syscalls.mount("none", root, flags=seal)
    syscalls.pivot_into(root)


def _show_system(root: str, name: str) -> None:
    source, target = Path(name), Path(root + name)
    if source.is_symlink():
        target.symlink_to(source.readlink())
    elif source.is_dir():
        target.mkdir()
        syscalls.bind(name, str(target), _NO_WRITE)


def _show_file(source: str, target: str) -> None:
    Path(target).touch()
    syscalls.mount(source, target, flags=syscalls.MS_BIND)


def _make_etc(root: str, files: dict[str, str]) -> None:
    etc = Path(root, "etc")
    etc.mkdir()
    for name in _ETC:
        source, target = Path("/etc", name).resolve(), etc / name
        if source.is_dir():
            target.mkdir()
        elif source.exists():
            target.touch()
        else:
            continue
        syscalls.bind(str(source), str(target), _NO_WRITE)
    for name, text in files.items():
        (etc / name).write_text(text)


def _show_source(source: str, inside: str, userns: int) -> None:
    try:
        syscalls.bind(source, inside, _NO_WRITE | syscalls.MOUNT_ATTR_NOEXEC, userns)
    except OSError:
        # a filesystem without id mappings: git then reads what others may read
        syscalls.bind(source, inside, _NO_WRITE | syscalls.MOUNT_ATTR_NOEXEC)


def _mapping(owner: int, group: int, user: int) -> int:
    """Return a user namespace's descriptor that shows one owner's files as `user`'s."""
    ready, tell = os.pipe()
    parent = os.getpid()
    child = os.fork()
    if child == 0:
        hold_namespace(parent, tell)
    try:
        os.read(ready, 1)
        for name, one in (("uid_map", owner), ("gid_map", group)):
            Path(f"/proc/{child}/{name}").write_text(f"{one} {user} 1")
        return os.open(f"/proc/{child}/ns/user", os.O_RDONLY | os.O_CLOEXEC)
    finally:
        os.close(ready)
        os.close(tell)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


def hold_namespace(parent: int, tell: int) -> NoReturn:
    """Be in a user namespace of one's own, say so, and stay until killed, or the parent is.

    Who stayed on would hold the helper's pipes, and the daemon reads them to their end.
    """
    try:
        syscalls.unshare(syscalls.CLONE_NEWUSER)
        syscalls.die_with_parent(signal.SIGKILL)
        if os.getppid() == parent:  # else it was killed before that was asked for
            os.write(tell, b"r")
            signal.pause()
    finally:
        os._exit(1)


def _limit(limits: dict[str, int]) -> None:
    for name, wanted in limits.items():
        kind = getattr(resource, name)
        _soft, hard = resource.getrlimit(kind)
        most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(kind, (most, most))


def _run(plan: dict[str, Any]) -> dict[str, Any]:
    target, environment = plan["target_inside"], plan["environment"]
    mirror = Mirror(plan["mirror"], environment, target) if plan["mirror"] else None
    if plan["look"]:
        return {"looked": look(Git(environment, f"{target}/{plan['folder']}"), **plan["look"])}
    if plan["tidy"]:
        return {"ok": mirror is not None and mirror.tidy()}
    cloned = mirror.clone(plan["folder"]) if mirror else None
    if cloned is None:
        cloned = Git(environment, target).run(plan["clone"])
    clone = Git(environment, f"{target}/{plan['folder']}")
    turned = turn(clone, plan["turn"]) if cloned else None
    if turned is None or (plan["fill"] and not fill(clone, plan["fill"])):
        return {"ok": False}
    return {"ok": True, "tidy": mirror is not None and mirror.wants_tidying(), **turned}
