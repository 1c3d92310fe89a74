"""The place in which restic runs: the system's programs, a repository, a tree, nothing else.

Its own mounts, pids, ipc, host name and network. For a repository in an object store that
network has one way out (`restic_gate`), and the box the store's name and the authorities of
its certificate.
Whoever reads a tree is an ordinary user with the one right to read what is not its own;
whoever writes a restored tree is root with rights over files alone.
"""

import os
import signal
import socket
import subprocess
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, NoReturn

from daemon.host import layered, restic_gate, syscalls

USER: Final = 65534
"""Who owns repositories and reads trees: nobody, whom nothing else on a host belongs to."""
REPOSITORY: Final = "/repository"
TREE: Final = "/tree"
TARGET: Final = "/target"
PASSWORD: Final = "/secret/password"  # noqa: S105 -- where it is
WORDS: Final = "/secret/words"
"""The words of restic that say where the repository is, when it is not on this disk."""
CREDENTIALS: Final = "/secret/credentials"
"""Those of the object store."""
_FAILED: Final = 3
_AUTHORITIES: Final = "/etc/ssl/certs"
_BUNDLE: Final = "ca-certificates.crt"
"""In it: where restic and `obstore` look."""
_SYSTEM: Final = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32")
_PLAIN: Final = syscalls.MOUNT_ATTR_NOSUID | syscalls.MOUNT_ATTR_NODEV | syscalls.MOUNT_ATTR_NOEXEC
_READ_ONLY: Final = _PLAIN | syscalls.MOUNT_ATTR_RDONLY
_SCRATCH: Final = syscalls.MS_NOSUID | syscalls.MS_NODEV | syscalls.MS_NOEXEC
_WRITERS: Final = (
    syscalls.CAP_CHOWN,
    syscalls.CAP_DAC_OVERRIDE,
    syscalls.CAP_FOWNER,
    syscalls.CAP_FSETID,
    syscalls.CAP_SETFCAP,
)
_IDLE: Final = 19


def run_inside(plan: dict[str, Any], work: Callable[[dict[str, Any]], int]) -> NoReturn:
    """Build the place, do the work as the first process in it, and end with its code.

    When the daemon dies the outer process dies, and with it, as a process namespace, restic.
    """
    syscalls.die_with_parent(signal.SIGKILL)
    if plan["idle"]:
        os.nice(_IDLE)
        subprocess.run(["/usr/bin/ionice", "-c", "3", "-p", str(os.getpid())], check=False)
    store = plan.get("store")
    outside, inside = socket.socketpair()
    syscalls.unshare(syscalls.CLONE_NEWPID)
    child = os.fork()
    if child == 0:
        outside.close()
        _inner(plan, work, inside)
    inside.close()
    why = restic_gate.serve(outside, store, child) if store else ""
    if why:
        os.kill(child, signal.SIGKILL)
    _pid, status = os.waitpid(child, 0)
    if why:
        os.write(sys.stderr.fileno(), f"\n{why}\n".encode())
        os._exit(_FAILED)
    os._exit(os.waitstatus_to_exitcode(status) & 0xFF)


def _inner(
    plan: dict[str, Any], work: Callable[[dict[str, Any]], int], channel: socket.socket
) -> NoReturn:
    code = 1
    try:
        syscalls.die_with_parent(signal.SIGKILL)
        syscalls.unshare(
            syscalls.CLONE_NEWNS
            | syscalls.CLONE_NEWIPC
            | syscalls.CLONE_NEWUTS
            | syscalls.CLONE_NEWNET
        )
        if "node" in plan:  # by which its locks are told from another node's; a copy has none
            socket.sethostname(plan["node"])
        store = plan.get("store")
        if store:
            restic_gate.listen_inside(channel, store)
        channel.close()
        _build(plan)
        os.umask(0o077)
        if plan.get("target"):
            syscalls.keep_capabilities(_WRITERS)
        else:
            syscalls.become_reader(USER, USER, [syscalls.CAP_DAC_READ_SEARCH])
        syscalls.die_with_parent(signal.SIGKILL)  # again: another user id has made it forgotten
        code = work(plan)
    except BaseException:  # noqa: BLE001 -- the root of a process: say why, never return into main
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _build(plan: dict[str, Any]) -> None:
    root = plan["stage"]
    syscalls.mount("none", "/", flags=syscalls.MS_REC | syscalls.MS_PRIVATE)
    plain = syscalls.MS_NOSUID | syscalls.MS_NODEV
    syscalls.mount("tmpfs", root, "tmpfs", plain, "size=256m,mode=755")  # the manifest is in it
    for name in _SYSTEM:
        _show_system(root, name)
    for name, size, mode in (("tmp", "1g", "1777"), ("secret", "1m", "700")):
        folder = _folder(root, name)
        options = f"size={size},mode={mode},uid={USER},gid={USER}"
        syscalls.mount("tmpfs", folder, "tmpfs", _SCRATCH, options)
    _fill(f"{root}{PASSWORD}", plan.pop("key"))
    if plan.get("store"):
        _show_store(root, plan["store"])
    if plan["repository"]:
        attributes = _PLAIN if plan.get("writes") else _READ_ONLY
        syscalls.bind(plan["repository"], _folder(root, REPOSITORY), attributes)
    for inside, source in plan.get("tree", {}).items():
        target = f"{root}{TREE}/{inside}"
        Path(target).mkdir(parents=True)
        layered.show(source, target, _READ_ONLY)
    if plan.get("tree"):
        os.chown(f"{root}{TREE}", USER, USER)
    if plan.get("target"):
        syscalls.bind(plan["target"], _folder(root, TARGET), _PLAIN)
    dev = Path(_folder(root, "dev"), "null")
    dev.touch()
    syscalls.mount("/dev/null", str(dev), flags=syscalls.MS_BIND)
    syscalls.pivot_into(root)


def _show_store(root: str, store: dict[str, Any]) -> None:
    place = store["place"]
    words = ["--repo", store["url"], "-o", "s3.bucket-lookup=path", "-o", "s3.retries=3"]
    _fill(f"{root}{WORDS}", " ".join([*words, "-o", f"s3.region={place['region']}"]))
    keys = f"aws_access_key_id={store['id']}\naws_secret_access_key={store['secret']}"
    _fill(f"{root}{CREDENTIALS}", f"[default]\n{keys}")
    etc = Path(_folder(root, "etc"))
    address = restic_gate.address_inside(place["host"])
    names = restic_gate.names_inside(place["host"], place["region"])
    (etc / "hosts").write_text(f"{address} {' '.join(names)}\n")
    (etc / "nsswitch.conf").write_text("hosts: files\n")
    if store["authorities"]:
        (etc / "ssl" / "certs").mkdir(parents=True)
        (etc / "ssl" / "certs" / _BUNDLE).write_text(store["authorities"])
    elif Path(_AUTHORITIES).is_dir():
        target = root + _AUTHORITIES
        Path(target).mkdir(parents=True)
        syscalls.bind(_AUTHORITIES, target, _READ_ONLY)


def _folder(root: str, name: str) -> str:
    path = Path(root, name.strip("/"))
    path.mkdir()
    return str(path)


def _fill(path: str, text: str) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400)
    with os.fdopen(descriptor, "w") as file:
        os.fchown(descriptor, USER, USER)
        file.write(f"{text}\n")


def _show_system(root: str, name: str) -> None:
    source, target = Path(name), Path(root + name)
    if source.is_symlink():
        target.symlink_to(source.readlink())
    elif source.is_dir():
        target.mkdir()
        attributes = _READ_ONLY & ~syscalls.MOUNT_ATTR_NOEXEC
        syscalls.bind(name, str(target), attributes)
