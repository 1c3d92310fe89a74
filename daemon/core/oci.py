"""The OCI runtime configuration of a workspace: pure data from paths, slot and limits.

The user namespace and the network namespace exist before the container and are
joined by path, because sysfs can only be mounted by the owner of the network
namespace; runc wants the mappings beside the path. No secret is in here: the token
waits in a file on a tmpfs that the launch helper fills.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from daemon.core.classes import Limits
from daemon.core.network import Slot
from wire import firstprocess
from wire.firstprocess import INIT
from wire.slots import RANGE

CAPABILITIES: Final = tuple(f"CAP_{one}" for one in firstprocess.CAPABILITIES)
"""As the runtime spells them."""

_ENVIRONMENT: Final = (
    "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    "HOME=/root",
    "LANG=C.UTF-8",
    "TERM=xterm-256color",
)
_MASKED: Final = (
    "/proc/acpi",
    "/proc/asound",
    "/proc/kcore",
    "/proc/keys",
    "/proc/latency_stats",
    "/proc/sched_debug",
    "/proc/scsi",
    "/proc/timer_list",
    "/proc/timer_stats",
    "/sys/firmware",
)
_READ_ONLY: Final = (
    "/proc/bus",
    "/proc/fs",
    "/proc/irq",
    "/proc/sys",
    "/proc/sysrq-trigger",
)


@dataclass(frozen=True, slots=True)
class Device:
    """A character device of the host that is shown inside."""

    target: str
    major: int
    minor: int


NESTING: Final = (Device("/dev/net/tun", 10, 200),)
"""What containers inside need of the host: slirp4netns makes their network from it."""
_SHARED_MEMORY: Final = "/dev/shm"  # noqa: S108 -- a mount point, no temporary file
_CPU_PERIOD: Final = 100_000
"""Microseconds; the kernel's own default."""


@dataclass(frozen=True, slots=True)
class Bind:
    """A folder of the host shown inside; `options` are the runtime's words."""

    source: str
    target: str
    options: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """What a configuration is made of; paths are as the launch helper sees them."""

    hostname: str
    root: str
    slot: Slot
    userns: str
    netns: str
    cgroup: str
    limits: Limits
    binds: Sequence[Bind]
    open_files: int
    """RLIMIT_NOFILE: never above the daemon's own hard limit."""
    init: Sequence[str] = INIT


def cgroup_path(tag: str, instance: str) -> str:
    """Return the absolute cgroup path; a relative one would nest below the daemon's own."""
    return f"/podium_{tag}/{instance}"


def config(plan: Plan, seccomp: dict[str, Any]) -> dict[str, Any]:
    """Return the content of config.json."""
    mapping = [{"containerID": 0, "hostID": plan.slot.first_id, "size": RANGE}]
    return {
        "ociVersion": "1.0.2",
        "hostname": plan.hostname,
        "root": {"path": plan.root, "readonly": False},
        "process": {
            "terminal": False,
            "user": {"uid": 0, "gid": 0},
            "cwd": "/",
            "args": list(plan.init),
            "env": list(_ENVIRONMENT),
            "noNewPrivileges": False,
            "capabilities": {
                kind: list(CAPABILITIES) for kind in ("bounding", "effective", "permitted")
            },
            "rlimits": [
                {"type": "RLIMIT_NOFILE", "hard": plan.open_files, "soft": plan.open_files},
                {"type": "RLIMIT_CORE", "hard": 0, "soft": 0},
            ],
        },
        "mounts": _system_mounts(plan.limits) + [_bind(one) for one in plan.binds],
        "linux": {
            "namespaces": [
                {"type": "user", "path": plan.userns},
                {"type": "network", "path": plan.netns},
                *({"type": kind} for kind in ("pid", "ipc", "uts", "mount", "cgroup")),
            ],
            "uidMappings": mapping,
            "gidMappings": mapping,
            "cgroupsPath": plan.cgroup,
            "resources": resources(plan.limits),
            "seccomp": seccomp,
            # a container inside may mount /proc and /sys only while both are seen whole here
            "maskedPaths": [] if plan.limits.containers else list(_MASKED),
            "readonlyPaths": [] if plan.limits.containers else list(_READ_ONLY),
            # shared with namespaces made inside, not with the host: its end is private already
            "rootfsPropagation": "shared" if plan.limits.containers else "private",
        },
    }


def resources(limits: Limits) -> dict[str, Any]:
    """Return the cgroup limits; swap is not granted on top of memory."""
    return {
        "memory": {"limit": limits.memory, "swap": limits.memory},
        "cpu": {
            "period": _CPU_PERIOD,
            "quota": int(limits.cpus * _CPU_PERIOD),
            "shares": int(limits.cpus * 1024),
        },
        "pids": {"limit": limits.pids},
        "devices": [
            {"allow": False, "access": "rwm"},
            *(
                {
                    "allow": True,
                    "type": "c",
                    "major": one.major,
                    "minor": one.minor,
                    "access": "rw",
                }
                for one in devices(limits)
            ),
        ],
    }


def devices(limits: Limits) -> tuple[Device, ...]:
    """Return the devices beside the runtime's own few, such as /dev/null."""
    return NESTING if limits.containers else ()


def _bind(bind: Bind) -> dict[str, Any]:
    return {
        "destination": bind.target,
        "type": "bind",
        "source": bind.source,
        "options": ["rbind", "rprivate", *bind.options],
    }


def _system_mounts(limits: Limits) -> list[dict[str, Any]]:
    def mount(target: str, kind: str, *options: str) -> dict[str, Any]:
        return {
            "destination": target,
            "type": kind,
            "source": kind,
            "options": ["nosuid", *options],
        }

    return [
        mount("/proc", "proc", "nodev", "noexec"),
        mount("/dev", "tmpfs", "mode=755", "size=65536k"),
        mount("/dev/pts", "devpts", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5"),
        mount(_SHARED_MEMORY, "tmpfs", "nodev", "mode=1777", f"size={limits.shared_memory}"),
        mount("/dev/mqueue", "mqueue", "nodev", "noexec"),
        mount("/sys", "sysfs", "nodev", "noexec", "ro"),
        mount("/sys/fs/cgroup", "cgroup", "nodev", "noexec", "ro"),
    ]
