"""This node as a site: where an instance's things are, how they are made and cleared.

Joins paths, slots, networks and the chosen runtime, so that `containers` and
`contents` speak of instances only.
"""

import asyncio
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Any, Final

import msgspec
import structlog

from daemon.core import oci
from daemon.core.classes import DISK, Limits
from daemon.core.faults import Fault, fault
from daemon.core.kernellog import Kill, instance_in
from daemon.core.network import Slot
from daemon.core.orders import ApplyOrder
from daemon.core.record import InstanceRecord
from daemon.host import cgroups, files, launch, machine, probe
from daemon.host.helper import Run, run_helper
from daemon.host.networks import Networks
from daemon.host.ranges import Ranges
from daemon.host.removal import remove
from daemon.host.roots import Roots
from daemon.host.runtimes import OciRuntime, candidates, load_seccomp
from daemon.host.trees import Trees
from wire.firstprocess import BUILD_INIT, INIT
from wire.ides import JUPYTERLAB
from wire.ids import InstanceId, parse_instance_id
from wire.image import VARIABLES_FILE, variables_of
from wire.imagebuild import BASE
from wire.layout import Layout
from wire.names import NAMES_FILE

_log = structlog.get_logger(__name__)
TOKEN_NAME: Final = "token"  # noqa: S105 -- the name of a file
SERVER_NAME: Final = "server"


class Site:
    """Paths and helpers of one installation on this host."""

    def __init__(
        self,
        layout: Layout,
        networks: Networks,
        trees: Trees,
        roots: Roots,
        run_helper: Run = run_helper,
    ) -> None:
        self.layout = layout
        self.networks = networks
        self.trees = trees
        self.roots = roots
        self.run_helper = run_helper
        self.runtime: OciRuntime | None = None
        self._filters: dict[bool, dict[str, Any]] = {}
        self._ranges = Ranges(Path(layout.ranges), layout.tag)

    @property
    def stage(self) -> Path:
        """An empty folder that launch helpers mount their stage on, each for itself."""
        return Path(self.layout.run) / "stage"

    def seccomp(self, limits: Limits) -> dict[str, Any]:
        """Return the filter for system calls of a workspace with these limits."""
        return self._filters[limits.containers]

    def cgroup(self, instance: str) -> str:
        """Return the instance's cgroup, absolute below the hierarchies' roots."""
        return oci.cgroup_path(self.layout.tag, instance)

    def places(self, instance: InstanceId) -> launch.Places:
        """Return where the instance's things are."""
        key = str(instance)
        log = Path(self.layout.logs) / "workspaces" / instance.workspace / f"{instance.n}.log"
        return launch.Places(self._run(key), self._layer(key), log)

    def records(self) -> list[InstanceRecord]:
        """Return the state files of earlier daemons; a damaged one counts as half-started."""
        found = []
        for folder in sorted(Path(self.layout.instances_run).iterdir()):
            if parse_instance_id(folder.name) is None:
                continue
            text = files.read_whole(folder / "state.json") or ""
            try:
                found.append(msgspec.json.decode(text, type=InstanceRecord))
            except msgspec.DecodeError:
                slot = self._ranges.reserve(folder.name)
                found.append(InstanceRecord(instance=folder.name, slot=slot, boot=""))
        return found

    def keep(self, record: InstanceRecord) -> None:
        """Write the instance's state file."""
        folder = self._run(record.instance)
        folder.mkdir(mode=0o700, exist_ok=True)
        files.write_whole(folder / "state.json", msgspec.json.encode(record).decode())

    async def open(self) -> list[InstanceRecord]:
        """Sweep what dead instances left, restore the network rules, choose a runtime."""
        self._make_folders()
        await asyncio.to_thread(self.roots.open)
        records = self.records()
        live = {record.instance for record in records}
        running = {one.rpartition(".")[0] for one in live}
        await asyncio.to_thread(self.trees.holding.take_up, running)
        slots = [record.slot_of(self.layout.tag) for record in records]
        self._ranges.sweep(live)
        await self.networks.open(slots)
        await self.networks.sweep(live, {slot.interface for slot in slots})
        await self._sweep(live)
        self._filters = {one: load_seccomp(containers=one) for one in (False, True)}
        self.runtime = await self._choose()
        return records

    def limits(self) -> dict[str, str]:
        """Return `enforced`, or the reason why not, for each kind of limit."""
        reason = self.trees.disks.reason
        told = {"io": cgroups.io_told(), "disk": reason or "enforced"}
        return cgroups.controllers() | told

    def provide(self) -> None:
        """Have a disk ready for the next workspace, and write down what is limited here."""
        self.trees.disks.stock(DISK)
        told = msgspec.json.encode(self.limits()).decode()
        files.write_whole(Path(self.layout.limits), told, 0o644)

    async def close(self) -> None:
        """Leave nothing on the host of an installation in which nothing runs."""
        await asyncio.to_thread(self.trees.disks.close)
        if await self.networks.close():
            cgroups.remove(oci.cgroup_path(self.layout.tag, "").rstrip("/"))

    async def network_of(self, instance: str) -> Slot:
        """Return the instance's slot, with its network in place."""
        slot = Slot(self.layout.tag, self._ranges.reserve(instance))
        await self.networks.ensure(instance, slot)
        return slot

    def home_skeleton(self, image: str) -> Path:
        """Return the home folder of an image, which fills fresh homes."""
        return Path(self.layout.image_root(image)) / "home" / "gitpod"

    def variables(self, image: str) -> dict[str, str]:
        """Return what an unpacked image's configuration gives to programs."""
        record = self.roots.record(image)
        return {} if record is None else variables_of(record.env)

    def furnish(self, order: ApplyOrder) -> None:
        """Have a home that nobody has been in yet be as the image has it; blocks on the disk."""
        for one in (order.image, order.base or ""):
            self.roots.touch(one)
        workspace, skeleton = order.instance.workspace, self.home_skeleton(order.image)
        self.trees.make_ready(workspace, order.limits.disk)
        self.trees.move_in(workspace, order.image, skeleton)

    def missing(self, order: ApplyOrder) -> Fault | None:
        """Return why the container cannot be started at all, None when nothing is missing."""
        if self.runtime is None:
            return fault("no_runtime")
        layout = self.layout
        for path in (
            layout.image_root(order.base or order.image),
            layout.image_root(order.image),
            layout.supervisor_bundle(order.supervisor),
            layout.ide_tree(order.ide),
        ):
            if not Path(path).is_dir():
                return fault("image_missing", f"{path} is missing")
        return None

    def launch_order(self, order: ApplyOrder, slot: Slot) -> launch.Order:
        """Return everything a start needs."""
        key, workspace, layout = str(order.instance), order.instance.workspace, self.layout
        names = self.networks.names(slot)
        files = {TOKEN_NAME: order.token}
        variables = self.variables(order.image)
        if variables:
            files[PurePosixPath(VARIABLES_FILE).name] = msgspec.json.encode(variables).decode()
        if names is not None:
            files[PurePosixPath(NAMES_FILE).name] = msgspec.json.encode(names).decode()
        layers = self.trees.layers(workspace)
        plain = {} if layers else {"/workspace": self.trees.tree(workspace)}
        return launch.Order(
            instance=key,
            hostname=workspace,
            slot=slot,
            userns=self.networks.userns(key),
            netns=self.networks.netns(key),
            cgroup=self.cgroup(key),
            limits=order.limits,
            image=Path(layout.image_root(order.image)),
            idmapped={**plain, "/home/gitpod": self.trees.home(workspace)},
            layered={"/workspace": layers} if layers else {},
            shown=self._shown(order),
            secret_folders={SERVER_NAME: Path(layout.agent_run), machine.NAME: self._machine(key)},
            files=files,
            resolvers=self.networks.resolvers if names is None else [names.gateway],
            init=INIT if order.base is None else BUILD_INIT,
            disk=self.trees.disk(workspace),
        )

    def _shown(self, order: ApplyOrder) -> dict[str, Path]:
        """Return the trees that are shown inside; an editor that is away stops no start."""
        shown = {
            "/.supervisor": Path(self.layout.supervisor_bundle(order.supervisor)),
            "/ide": Path(self.layout.ide_tree(order.ide)),
        }
        jupyterlab = Path(self.layout.ide_tree(order.jupyterlab)) if order.jupyterlab else None
        if jupyterlab is not None and jupyterlab.is_dir():
            shown[JUPYTERLAB] = jupyterlab
        if order.base:
            shown[BASE] = Path(self.layout.image_root(order.base))
        return shown

    def killed(self, kill: Kill) -> None:
        """Tell a workspace which of its programs the kernel has killed; once for each record."""
        instance = instance_in(kill.group, oci.cgroup_path(self.layout.tag, ""))
        if parse_instance_id(instance) is None or not self._machine(instance).is_dir():
            return
        if machine.tell_killed(self._machine(instance), kill):
            _log.info("program_killed", instance=instance, name=kill.name)

    def held_back(self, held: Mapping[str, int]) -> None:
        """Tell workspaces how much of their disks the node has no room for now, in bytes."""
        for record in self.records():
            workspace = record.instance.rpartition(".")[0]
            machine.tell_held(self._machine(record.instance), held.get(workspace, 0))

    def _machine(self, instance: str) -> Path:
        """Return the folder with what a workspace is told of its machine."""
        return self._run(instance) / machine.NAME

    def has_leftovers(self, instance: str) -> bool:
        """Tell whether anything of the instance is on this host."""
        paths = (
            self._run(instance),
            self._layer(instance),
            self.networks.netns(instance),
            self.networks.userns(instance),
        )
        return any(path.exists() for path in paths) or bool(cgroups.folders(self.cgroup(instance)))

    async def clear(self, instance: str) -> None:
        """Remove everything of the instance; its state file goes last but for the slot."""
        group = self.cgroup(instance)
        await cgroups.end(group)
        for runtime in candidates(Path(self.layout.run)):
            await runtime.forget(instance, self._run(instance) / "runtime.log")
        await self.networks.remove(instance, Slot(self.layout.tag, self._ranges.reserve(instance)))
        cgroups.remove(group)
        await asyncio.to_thread(remove, self._layer(instance))
        await asyncio.to_thread(remove, self._run(instance))
        self._ranges.release(instance)

    async def _sweep(self, live: set[str]) -> None:
        group = oci.cgroup_path(self.layout.tag, "").rstrip("/")
        for name in cgroups.children(group) - live:
            _log.info("orphan_removed", kind="cgroup", name=name)
            await cgroups.end(f"{group}/{name}")
            cgroups.remove(f"{group}/{name}")
        for name in self._layers() - live:
            _log.info("orphan_removed", kind="layer", name=name)
            await asyncio.to_thread(remove, self._layer(name))

    def _make_folders(self) -> None:
        for folder in (self.layout.instances_run, self.layout.instances_home):
            Path(folder).mkdir(mode=0o700, exist_ok=True)
        self.stage.mkdir(mode=0o755, exist_ok=True)

    def _layers(self) -> set[str]:
        return {folder.name for folder in Path(self.layout.instances_home).iterdir()}

    async def _choose(self) -> OciRuntime | None:
        slot = Slot(self.layout.tag, self._ranges.reserve(probe.TRIAL))
        ground = probe.Ground(
            run=Path(self.layout.instances_run),
            layers=Path(self.layout.instances_home),
            logs=Path(self.layout.logs) / "workspaces",
            stage=self.stage,
            slot=slot,
            cgroup=self.cgroup(probe.TRIAL),
        )
        chosen = await probe.choose(
            Path(self.layout.run), ground, self.networks, self.seccomp(probe.LIMITS)
        )
        self._ranges.release(probe.TRIAL)
        return chosen

    def _run(self, instance: str) -> Path:
        return Path(self.layout.instances_run) / instance

    def _layer(self, instance: str) -> Path:
        parsed = parse_instance_id(instance)
        on_disk = None if parsed is None else self.trees.layer(parsed)
        return on_disk or Path(self.layout.instances_home) / instance
