"""Starting one container: folders, configuration, the launch helper, and what became of it."""

import json
import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from daemon.core import network, oci
from daemon.core.classes import Limits
from daemon.core.network import Slot
from daemon.host import logs, processes, syscalls
from daemon.host.disks import MOUNT_FLAGS
from daemon.host.helper import HelperFailed, Run, run_helper
from daemon.host.layered import ENGINE, ENGINE_SHOWN
from daemon.host.removal import remove
from daemon.host.runtimes import OciRuntime, RuntimeFailed, explain, open_files
from wire.firstprocess import INIT

ROOT = "root"
SECRETS = "secrets"
DEVICES = "devices"
"""Names on the stage: folders that exist in the launch helper's mounts alone."""


@dataclass(frozen=True, slots=True)
class Places:
    """Where one instance's things are on this host."""

    run: Path
    """Bundle, state and empty mount points, gone with the instance."""
    layer: Path
    """The writable layer over the image, gone with the instance."""
    log: Path
    """Output of the container's first process."""

    @property
    def state(self) -> Path:
        return self.run / "state.json"

    @property
    def runtime_log(self) -> Path:
        return self.run / "runtime.log"


@dataclass(frozen=True, slots=True)
class Order:
    """Everything a start needs; host paths are all of our own making."""

    instance: str
    hostname: str
    slot: Slot
    userns: Path
    netns: Path
    cgroup: str
    limits: Limits
    image: Path
    idmapped: Mapping[str, Path]
    """Target inside → folder of container ids on the host, writable."""
    layered: Mapping[str, Mapping[str, str]]
    """Target inside → layers of a tree that stands on a frozen one, as `layered.stand` has them."""
    shown: Mapping[str, Path]
    """Target inside → folder of the host, read-only."""
    secret_folders: Mapping[str, Path]
    """Name below /run/podium → folder of the host, read-only."""
    files: Mapping[str, str]
    """Name below /run/podium → text, 0400 and root's."""
    resolvers: Sequence[str]
    init: Sequence[str] = INIT
    disk: Path | None = None
    """Where the disk is mounted that tree, home and layer lie on; None for the node's own."""


@dataclass(frozen=True, slots=True)
class Started:
    """A container that runs: its init's pid and start time, and the seconds it took."""

    pid: int
    started: int
    took: float


async def launch(
    order: Order,
    places: Places,
    stage: Path,
    runtime: OciRuntime,
    seccomp: dict[str, Any],
    run_helper: Run = run_helper,
) -> Started:
    """Start the container. Raises RuntimeFailed or HelperFailed."""
    begin = time.monotonic()
    if order.disk is not None:  # what is kept free on it is for the one who starts it now
        reserve(order.disk, 0)
    _make_folders(order, places)
    plan = _bundle(order, places, stage, seccomp)
    pid_file = places.run / "pid"
    command = runtime.run_command(places.run, pid_file, places.runtime_log, order.instance)
    plan |= {"hide": list(runtime.hide), "command": command}
    try:
        await run_helper("launch_child", plan)
    except HelperFailed as error:
        raise RuntimeFailed(_why(places, error)) from error
    pid = int(pid_file.read_text())
    started = processes.start_time(pid)
    if started is None:
        raise RuntimeFailed("the container's first process ended at once")
    return Started(pid, started, time.monotonic() - begin)


def reserve(disk: Path, owner: int) -> None:
    """Leave what is kept free on a disk to a user of this host."""
    syscalls.remount(str(disk), MOUNT_FLAGS, f"resuid={owner}")


def _why(places: Places, error: HelperFailed) -> str:
    said = str(error)
    return explain(places.runtime_log, places.log) if said == "no message" else said


def _make_folders(order: Order, places: Places) -> None:
    owner = order.slot.first_id
    places.run.mkdir(mode=0o700, exist_ok=True)
    logs.make(places.log)
    (places.run / "stdin").touch(mode=0o600)
    (places.run / "machine").mkdir(mode=0o755, exist_ok=True)
    remove(places.layer)
    places.layer.mkdir(mode=0o700, parents=True)
    (places.layer / "work").mkdir()
    etc = places.layer / "upper" / "etc"
    etc.mkdir(parents=True)
    for folder in (etc.parent, etc):
        folder.chmod(0o755)
        os.chown(folder, owner, owner)
    written = {
        "hostname": f"{order.hostname}\n",
        "hosts": network.hosts_file(order.hostname),
        "resolv.conf": network.resolv_conf(order.resolvers),
    }
    for name, text in written.items():
        (etc / name).write_text(text)
        os.chown(etc / name, owner, owner)


def _bundle(order: Order, places: Places, stage: Path, seccomp: dict[str, Any]) -> dict[str, Any]:
    """Write config.json and return the helper's plan."""
    idmapped = {_name(target): str(source) for target, source in order.idmapped.items()}
    standing = {_name(target): dict(layers) for target, layers in order.layered.items()}
    shown = {_name(target): str(source) for target, source in order.shown.items()}
    binds = [
        *(oci.Bind(str(stage / _name(one)), one, ("nosuid", "nodev")) for one in order.idmapped),
        *(oci.Bind(str(stage / _name(one)), one, ("nosuid", "nodev")) for one in order.layered),
        *(
            oci.Bind(
                str(stage / f"{_name(one)}{ENGINE_SHOWN}"),
                f"{one}/{ENGINE}",
                ("nosuid", "nodev"),
            )
            for one in order.layered
        ),
        *(oci.Bind(str(stage / _name(one)), one, ("nosuid", "nodev", "ro")) for one in order.shown),
        *(
            oci.Bind(str(stage / DEVICES / _name(one.target)), one.target, ("nosuid", "noexec"))
            for one in oci.devices(order.limits)
        ),
        oci.Bind(str(stage / SECRETS), _SECRETS_TARGET, ("nosuid", "nodev", "noexec")),
        # named one by one: crun 1.8 does not take along what is mounted below a bind's source
        *(
            oci.Bind(
                str(stage / SECRETS / name),
                f"{_SECRETS_TARGET}/{name}",
                ("nosuid", "nodev", "noexec", "ro"),
            )
            for name in order.secret_folders
        ),
    ]
    plan = oci.Plan(
        hostname=order.hostname,
        root=str(stage / ROOT),
        slot=order.slot,
        userns=str(order.userns),
        netns=str(order.netns),
        cgroup=order.cgroup,
        limits=order.limits,
        binds=binds,
        open_files=open_files(),
        init=order.init,
    )
    (places.run / "config.json").write_text(json.dumps(oci.config(plan, seccomp)))
    return {
        "stage": str(stage),
        "userns": str(order.userns),
        "image": str(order.image),
        "upper": str(places.layer / "upper"),
        "work": str(places.layer / "work"),
        "idmapped": idmapped,
        "layered": standing,
        "shown": shown,
        "devices": {_name(one.target): [one.major, one.minor] for one in oci.devices(order.limits)},
        "owner": order.slot.first_id,
        "disk": str(order.disk or ""),
        "files": dict(order.files),
        "secret_folders": {name: str(source) for name, source in order.secret_folders.items()},
        "stdin": str(places.run / "stdin"),
        "log": str(places.log),
    }


_SECRETS_TARGET = "/run/podium"


def _name(target: str) -> str:
    """Return the stage's name for what is shown at a target."""
    return target.strip("/").replace("/", "-")
