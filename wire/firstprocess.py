"""The first process of every instance: the same arguments in a container and in a pod."""

from typing import Final

INIT: Final = (
    "/.supervisor/bin/python3",
    "-I",
    "-S",
    "-X",
    "utf8",
    "/.supervisor/site/boot.py",
)
"""Pid 1 of every workspace."""
BUILD_INIT: Final = (*INIT[:-1], "/.supervisor/site/imagebuild.py")
"""Pid 1 of an image build."""
CAPABILITIES: Final = (
    "AUDIT_WRITE",
    "CHOWN",
    "DAC_OVERRIDE",
    "FOWNER",
    "FSETID",
    "KILL",
    "MKNOD",
    "NET_BIND_SERVICE",
    "NET_RAW",
    "SETFCAP",
    "SETGID",
    "SETPCAP",
    "SETUID",
    "SYS_CHROOT",
    "SYS_PTRACE",
)
"""Docker's default set, and SYS_PTRACE for naming the process behind a port; all of them
count in the workspace's own user namespace only."""
