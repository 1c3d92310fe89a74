"""The helper process that makes an instance's user and network namespace, and wires it up.

Run as `python -I -S -c …` with a plan (JSON) on stdin. The network namespace is
made inside the user namespace, which therefore owns it: that is what lets the
container mount sysfs. Both are kept by binds below the run folder, so that the
daemon may die and still dial; nothing else stays behind.
"""

import json
import os
import subprocess
import sys
from typing import Any

from daemon.host import syscalls


def main() -> None:
    """Read the plan; make, bind and wire the namespaces."""
    plan = json.load(sys.stdin)
    _make(plan["userns"], plan["netns"], plan["first_id"], plan["size"])
    _ip(plan["host_links"])
    descriptor = os.open(plan["netns"], os.O_RDONLY | os.O_CLOEXEC)
    syscalls.setns(descriptor, syscalls.CLONE_NEWNET)
    _ip(plan["inner_links"])
    if plan["inner_rules"]:
        _feed(plan["inner_rules"], "nft", "-f", "-")
    for name, value in plan["sysctls"].items():
        _write(f"/proc/sys/net/ipv4/{name}", value)


def _make(userns: str, netns: str, first: int, size: int) -> None:
    ready, tell_ready = os.pipe()
    finish, tell_finish = os.pipe()
    child = os.fork()
    if child == 0:
        _hold(tell_ready, finish, (ready, tell_finish))
    os.close(tell_ready)
    os.close(finish)
    try:
        if os.read(ready, 1) != b"r":
            raise OSError("the namespaces could not be made")
        for name in ("uid_map", "gid_map"):
            _write(f"/proc/{child}/{name}", f"0 {first} {size}")
        for kind, target in (("user", userns), ("net", netns)):
            os.close(os.open(target, os.O_WRONLY | os.O_CREAT, 0o600))
            syscalls.mount(f"/proc/{child}/ns/{kind}", target, flags=syscalls.MS_BIND)
    finally:
        os.close(tell_finish)
        os.waitpid(child, 0)


def _hold(tell_ready: int, finish: int, unused: tuple[int, ...]) -> None:
    for descriptor in unused:
        os.close(descriptor)
    try:
        syscalls.unshare(syscalls.CLONE_NEWUSER | syscalls.CLONE_NEWNET)
        os.write(tell_ready, b"r")
        os.read(finish, 1)
    finally:
        os._exit(0)


def _write(path: str, text: str) -> None:
    descriptor = os.open(path, os.O_WRONLY)
    try:
        os.write(descriptor, text.encode())
    finally:
        os.close(descriptor)


def _ip(script: str) -> None:
    _feed(script, "ip", "-batch", "-")


def _feed(script: str, *command: str) -> None:
    done: Any = subprocess.run(command, input=script, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise OSError(f"{command[0]}: " + " · ".join(done.stderr.split("\n")).strip(" ·"))
