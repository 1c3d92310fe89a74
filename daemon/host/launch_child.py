"""The helper process that starts a container: private mounts, then the OCI runtime in its place.

Run as `python -I -S -c …` with a plan (JSON) on stdin. Everything is mounted in a
mount namespace of its own, which lives on only as the container's, so nothing
stays mounted on the host and stopping has nothing to unmount. Its stdout and
stderr tell what went wrong until the runtime takes over.
"""

import json
import os
import stat
import sys
from typing import Any

from daemon.host import layered, syscalls

_PLAIN = syscalls.MOUNT_ATTR_NOSUID | syscalls.MOUNT_ATTR_NODEV
_READ_ONLY = _PLAIN | syscalls.MOUNT_ATTR_RDONLY


def main() -> None:
    """Read the plan, mount, and become the runtime."""
    plan = json.load(sys.stdin)
    syscalls.unshare(syscalls.CLONE_NEWNS)
    syscalls.mount("none", "/", flags=syscalls.MS_REC | syscalls.MS_PRIVATE)
    for hidden in plan["hide"]:
        syscalls.unmount(hidden)
    # the runtime walks these paths as the container's root, who passes no folder of ours
    stage = plan["stage"]
    syscalls.mount("tmpfs", stage, "tmpfs", syscalls.MS_NODEV, "size=1m,mode=0755")
    userns = os.open(plan["userns"], os.O_RDONLY | os.O_CLOEXEC)
    _mount_root(plan, userns)
    for name, source in plan["idmapped"].items():
        syscalls.bind(source, _folder(stage, name), _PLAIN, userns)
    for name, layers in plan["layered"].items():
        _keep_free(plan, plan["owner"] + layered.PERSON)  # a mount makes a folder on the disk
        layered.stand(layers, stage, name, userns, plan["owner"])
    _keep_free(plan, plan["owner"])  # what is kept free is the supervisor's from here on
    for name, source in plan["shown"].items():
        _show(source, _folder(stage, name), userns)
    _make_devices(plan)
    _fill_secrets(plan)
    _become(plan)


def _show(source: str, target: str, userns: int) -> None:
    try:
        syscalls.bind(source, target, _READ_ONLY, userns)
    except OSError:
        # a filesystem without id mappings: read-only files of nobody serve as well
        syscalls.bind(source, target, _READ_ONLY)


def _folder(stage: str, name: str) -> str:
    path = f"{stage}/{name}"
    os.mkdir(path, 0o755)  # noqa: PTH102 -- pathlib costs this process 4 ms
    return path


def _mount_root(plan: dict[str, Any], userns: int) -> None:
    lower, root = _folder(plan["stage"], "lower"), _folder(plan["stage"], "root")
    syscalls.bind(plan["image"], lower, userns=userns)
    # volatile: the layer is discarded with the instance, and syncing it on unmount takes 0.1 s
    options = f"lowerdir={lower},upperdir={plan['upper']},workdir={plan['work']},volatile"
    # who writes there counts as who mounts it: nobody may get at what is kept free on the disk
    with syscalls.without(syscalls.CAP_SYS_RESOURCE):
        syscalls.mount("overlay", root, "overlay", data=options)


def _keep_free(plan: dict[str, Any], user: int) -> None:
    """Leave what is kept free on the workspace's disk, if it has one, to a user of this host."""
    if plan["disk"]:
        flags = syscalls.MS_NOSUID | syscalls.MS_NODEV
        syscalls.remount(plan["disk"], flags, f"resuid={user}")


def _make_devices(plan: dict[str, Any]) -> None:
    """Make the devices anew: the host's own may be root's alone."""
    folder = _folder(plan["stage"], "devices")
    flags = syscalls.MS_NOSUID | syscalls.MS_NOEXEC
    syscalls.mount("tmpfs", folder, "tmpfs", flags, "size=64k,mode=0755")
    for name, (major, minor) in plan["devices"].items():
        os.mknod(f"{folder}/{name}", stat.S_IFCHR, os.makedev(major, minor))
        os.chmod(f"{folder}/{name}", 0o666)  # noqa: PTH101, S103 -- as above; everybody's on any host


def _fill_secrets(plan: dict[str, Any]) -> None:
    owner, folder = plan["owner"], _folder(plan["stage"], "secrets")
    flags = syscalls.MS_NOSUID | syscalls.MS_NODEV | syscalls.MS_NOEXEC
    options = f"size=1m,mode=0755,uid={owner},gid={owner}"
    syscalls.mount("tmpfs", folder, "tmpfs", flags, options)
    for name, text in plan["files"].items():
        descriptor = os.open(f"{folder}/{name}", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400)
        with os.fdopen(descriptor, "w") as file:
            os.fchown(descriptor, owner, owner)
            file.write(text)
    for name, source in plan["secret_folders"].items():
        target = _folder(folder, name)
        syscalls.bind(source, target, _READ_ONLY | syscalls.MOUNT_ATTR_NOEXEC)


def _become(plan: dict[str, Any]) -> None:
    # regular files, never /dev/null: crun gives its stdin to the container's root
    stdin = os.open(plan["stdin"], os.O_RDONLY)
    log = os.open(plan["log"], os.O_WRONLY | os.O_APPEND)
    os.dup2(stdin, 0)
    os.dup2(log, 1)
    os.dup2(log, 2)
    os.closerange(3, 256)
    os.execvp(plan["command"][0], plan["command"])  # noqa: S606 -- an argument list of our own
