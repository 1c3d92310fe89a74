"""`python -m daemon`: the workspace daemon of this node, as root, until SIGTERM."""

import kit.lean  # noqa: F401 - before anything loads structlog

# isort: split

import asyncio
import logging
import os
import platform
import signal
import sys
import time
from functools import partial
from pathlib import Path

import structlog
from grpc import aio
from msgspec import json

from daemon import lease, leash, link, rpc
from daemon.admissions import Admissions
from daemon.backups import Backups
from daemon.containers import Containers
from daemon.contents import Contents
from daemon.core.classes import DISK
from daemon.core.pressure import Cache, Floor
from daemon.core.record import InstanceRecord
from daemon.host import files, logs, marks, syscalls
from daemon.host.dial import Dialler
from daemon.host.disks import Disks
from daemon.host.git import USER, Cloner
from daemon.host.kernellog import KernelLog
from daemon.host.mirrors import Mirrors
from daemon.host.networks import Networks
from daemon.host.registry import Facade
from daemon.host.relay import Relay
from daemon.host.repositories import Repositories
from daemon.host.reserves import Reserves
from daemon.host.restic_remote import Remote
from daemon.host.roots import Roots
from daemon.host.spares import Spares
from daemon.host.strays import reap_strays
from daemon.host.trees import Trees
from daemon.hub import Hub
from daemon.images import Images, Limits
from daemon.lease import Leasehold
from daemon.node import Node
from daemon.pressure import Giving, Pressure
from daemon.settings import Settings
from daemon.site import Site
from daemon.snapshots import Snapshots
from kit import log
from kit.env import SettingError
from kit.linkcerts import LinkCerts, LinkCertsError
from kit.tasks import Tasks
from wire.noderoom import NodeRoom, encoded

_log = structlog.get_logger("daemon")


async def _run(settings: Settings) -> None:
    layout = settings.layout
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)

    run, tasks, hub = Path(layout.run), Tasks(), Hub()
    inner = run / "node"
    for folder in (Path(layout.daemon_run), inner):
        folder.mkdir(mode=0o700, exist_ok=True)
    user = settings.user_ids[0]
    os.chown(layout.daemon_run, *settings.user_ids)

    _check_folders(settings)
    trees, reserves = _trees(settings, tasks)
    roots = Roots(Path(layout.roots))
    spares = Spares(tasks)
    networks = Networks(run, layout.tag, settings.egress_allow, settings.hosts, spares.run)
    mirrors = _mirrors(settings)
    cloner = Cloner(
        run / "clone",
        settings.git_protocols,
        settings.local_repositories,
        mirrors=mirrors,
        limit=settings.clone_limit,
        run_helper=spares.run,
    )
    cloner.open()
    site = Site(layout, networks, trees, roots, spares.run)
    pressure = _pressure(settings)
    snapshots = await Snapshots.opened(site, pressure, hub, tasks, stand=not settings.pods)
    records = await site.open()
    files.write_whole(Path(layout.limits), json.encode(site.limits()).decode(), 0o644)
    containers = _containers(settings, site, records, hub, tasks)
    contents = Contents(site, cloner, snapshots, pressure, hub, tasks)
    facade = Facade(str(layout.registry_socket))
    images = Images(roots, facade, _limits(settings), hub, tasks, containers.images)
    backups = Backups(
        Repositories.opened(layout, site.stage, _remote(settings), _former(settings)),
        trees,
        hub,
        tasks,
        settings.backup_check,
    )
    pressure.gives(_caches(settings, images, mirrors, trees.disks))
    node = Node(
        site,
        containers,
        contents,
        images,
        backups,
        snapshots,
        hub,
        tasks,
        Leasehold.of(layout, pods=settings.pods),
    )

    users, target = frozenset({0, user}), inner / "grpc.sock"
    servers = await _serve(node, settings, target)
    relay = Relay(str(target), users)
    relay.serve(str(layout.daemon_socket))
    dialler = Dialler(containers.running_netns, users)
    dialler.serve(str(layout.dial_socket))
    spares.open()
    kernel = KernelLog(site.killed)
    kernel.open()
    for name, work in (
        ("keep-logs-short", logs.keep_short(Path(layout.logs) / "workspaces")),
        ("reap-strays", reap_strays()),
        ("keep-room-for-images", images.keep_room()),
        ("watch-the-disks", pressure.run()),
        ("keep-the-lease", leash.keep(node.lease)),
        ("hold-disks-back", reserves.run(site.held_back)),
    ):
        tasks.spawn(work, name)
    _log.info(
        "serving", tag=layout.tag, runtime=_runtime(site), instances=len(records), boot=node.boot
    )

    await stop.wait()
    _log.info("stopping")
    kernel.close()
    await relay.close()
    await dialler.close()
    await asyncio.gather(*(one.stop(1.0) for one in servers))
    await spares.close()
    await tasks.close()
    await facade.close()
    await site.close()


def _containers(
    settings: Settings, site: Site, records: list[InstanceRecord], hub: Hub, tasks: Tasks
) -> Containers | Admissions:
    """Take over what runs here already, or what is admitted."""
    if settings.pods:
        admissions = Admissions(site, hub, tasks)
        admissions.adopt()
        return admissions
    containers = Containers(site, hub, tasks)
    containers.adopt(records)
    return containers


async def _serve(node: Node, settings: Settings, target: Path) -> list[aio.Server]:
    """Begin to answer: on the socket, and over a network where that is wanted."""
    service = rpc.NodeService(node, settings.node or platform.node(), settings.no_containers)
    servers = [await rpc.serve(service, str(target))]
    if settings.link is not None:
        address, certs = settings.link
        servers.append(await link.serve(service.join, address, LinkCerts(certs)))
    return servers


def _check_folders(settings: Settings) -> None:
    """Begin only with the folders that there were; raises FolderLost, and tells of it."""
    layout = settings.layout
    folders = {
        "content": Path(layout.content),
        "disks": Path(layout.disks),
        "backups": Path(layout.backups),
    }
    try:
        marks.check(Path(layout.home), folders)
    except marks.FolderLost as error:
        told = NodeRoom(places=[], lost=str(error))
        files.write_whole(Path(layout.node_room), encoded(told).decode(), 0o644)
        raise


def _pressure(settings: Settings) -> Pressure:
    layout = settings.layout
    return Pressure(
        [Path(one) for one in (layout.content, layout.disks, layout.backups, layout.roots)],
        Floor(settings.disk_floor, settings.inode_floor),
        time.time,
        Path(layout.node_room),
    )


def _caches(
    settings: Settings, images: Images, mirrors: Mirrors, disks: Disks
) -> dict[Cache, Giving]:
    layout, thread = settings.layout, asyncio.to_thread
    return {
        Cache.LEFTOVERS: Giving(Path(layout.roots), partial(thread, images.sweep, 1)),
        Cache.SPARE: Giving(Path(layout.disks), partial(thread, disks.drop_spare)),
        Cache.MIRRORS: Giving(Path(layout.mirrors), partial(thread, mirrors.trim, 1)),
        Cache.IMAGES: Giving(Path(layout.roots), partial(images.make_room, 1)),
    }


def _remote(settings: Settings) -> Remote | None:
    if settings.backup_store is None:
        return None
    return Remote(
        settings.backup_store,
        settings.backup_store_credentials,
        settings.backup_store_patience,
        Path(settings.layout.installation),
        authorities=settings.backup_store_authorities,
    )


def _former(settings: Settings) -> str | None:
    """Return whose the locks of older versions are, where no other node can have that name too."""
    leased = (Path(settings.layout.home) / lease.MARK).exists()
    return None if settings.several or leased else platform.node()


def _trees(settings: Settings, tasks: Tasks) -> tuple[Trees, Reserves]:
    content = Path(settings.layout.content)
    trees = Trees(content, Disks(Path(settings.layout.disks), content))
    trees.open(limited=settings.disk_limits)
    reserves = Reserves(trees.disks, Path(settings.layout.disks), settings.disk_floor)
    tasks.spawn(asyncio.to_thread(trees.disks.stock, DISK), "spare disk")
    return trees, reserves


def _mirrors(settings: Settings) -> Mirrors:
    mirrors = Mirrors(Path(settings.layout.mirrors), settings.mirror_limit, USER)
    mirrors.open()
    return mirrors


def _runtime(site: Site) -> str:
    return site.runtime.version if site.runtime else "none"


def _limits(settings: Settings) -> Limits:
    return Limits(
        settings.image_limit,
        settings.image_entries,
        settings.images_limit,
        settings.images_unused * 86400.0,
    )


def main() -> int:
    """Read the settings and serve; exit code 2 when they cannot be understood."""
    try:
        settings = Settings.from_environ(os.environ)
        log.configure("daemon", settings.log_level)
        logging.getLogger("grpc").setLevel(logging.WARNING)  # its debug lines come per call
        _ids = settings.user_ids
    except SettingError as error:
        print(f"podium daemon: {error}", file=sys.stderr)  # noqa: T201 -- no log without settings
        return 2
    if os.geteuid() != 0:
        print("podium daemon: must run as root", file=sys.stderr)  # noqa: T201 -- no log without root
        return 2
    os.umask(0o022)
    syscalls.become_subreaper()
    # not uvloop: it forks for each helper, and gRPC's fork handlers then stall calls now and then;
    # the standard loop starts helpers by vfork, which they do not see
    try:
        asyncio.run(_run(settings))
    except marks.FolderLost as error:
        _log.error("folder_lost", detail=str(error))
        return 1
    except LinkCertsError as error:
        _log.error("link_certificates_unusable", detail=str(error))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
