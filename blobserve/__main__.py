"""`python -m blobserve`: serves static files out of images on its socket, until SIGTERM.

With words, `--store DIR` among them, it runs alone: see `blobserve.alone`.
"""

import kit.lean  # noqa: F401 - before anything loads structlog

# isort: split

import asyncio
import os
import signal
import sys
from pathlib import Path

import structlog
from aiohttp import web

from blobserve import alone, idle
from blobserve.core import catalogue
from blobserve.facade import Facade
from blobserve.lane import Lanes
from blobserve.lines import log_of
from blobserve.measuring import Measuring
from blobserve.registry.backing import Backing
from blobserve.registry.door import Entry
from blobserve.registry.finding import store_of
from blobserve.registry.passing import Passing
from blobserve.registry.passwords import Passwords
from blobserve.settings import REPOSITORIES, Settings
from blobserve.store.better import Better
from blobserve.store.images import Images
from blobserve.storefiles import Rooms, StoreFiles
from blobserve.web import Site
from kit import log
from kit.env import SettingError
from kit.listening import listen_on
from kit.oci.core.collecting import Keeping
from kit.oci.core.refusals import Refused
from kit.oci.registry import Registries, Rules
from kit.tasks import Tasks
from kit.unixsocket import bind_unix

_log = structlog.get_logger("blobserve")
_EXPANDED = ".expanded"
"""Folder of expanded layers, beside those of builds' variants."""
_GRACE = 2.0
"""Seconds for answers in flight at the end."""


async def serve(settings: Settings) -> None:
    """Serve until SIGTERM or SIGINT."""
    layout, ended = settings.layout, asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    images, better = Images(Path(layout.assets)), Better(Path(layout.blobserve_home))
    idle.load(images, better, idle.newest(layout))
    registries = Registries(
        Rules(settings.registry_networks, settings.registry_mirrors, proxy=settings.registry_proxy)
    )
    passwords = Passwords(settings.registry_auth)
    backing = _backing(settings, registries, passwords)
    facade = Facade(layout, Passing(registries, passwords.read), backing)
    served = catalogue.NOTHING
    if settings.catalogue:
        served = catalogue.read(Path(settings.catalogue).read_text(encoding="utf-8"))
    rooms = Rooms(
        Path(layout.image_store),
        Path(layout.blobserve_home) / _EXPANDED,
        settings.cache_limit,
        Keeping(settings.store_limit or None, settings.store_unused * 86400.0 or None),
    )
    files = StoreFiles(rooms, served, registries, passwords.read)
    site = Site(images, REPOSITORIES, facade.registry, files.files)
    library = web.Server(site.handle, access_log=None)
    lanes = Lanes(site, library, log_of(settings.log_level))
    tasks, loop = Tasks(), asyncio.get_running_loop()
    runners, servers = [], []
    try:
        measuring = Measuring(files.counts, files)
        own = web.Server(measuring.beside(facade.registry.of_own, "own"), access_log=None)
        strangers = Entry(measuring.counted(facade.registry.of_strangers, "registry"))
        scraped = web.Server(measuring.scrape, access_log=None)
        answered = [
            (own, bind_unix(str(layout.registry_socket), 0o600)),
            (strangers, bind_unix(str(layout.registry_entry), 0o666)),
            *((scraped, one) for one in (listen_on(*settings.metrics) if settings.metrics else ())),
        ]
        for server, bound in answered:
            runners.append(web.ServerRunner(server, shutdown_timeout=_GRACE))
            await runners[-1].setup()
            await web.SockSite(runners[-1], bound).start()
        listener = bind_unix(str(layout.blobserve_socket), 0o600)
        servers.append(await loop.create_unix_server(lanes.make, sock=listener))
        _log.info("serving", socket=str(layout.blobserve_socket))
        tasks.spawn(facade.sweep(), "sweep-pushes")
        if backing is not None:
            tasks.spawn(backing.keep(), "keep-in-registry")
        files.begin()
        if settings.quiet:
            work = idle.recompress_when_quiet(layout, site, images, better, settings.quiet)
            tasks.spawn(work, "recompress-when-quiet")
        await ended.wait()
    finally:
        await tasks.close()
        for one in servers:
            one.close()
        await lanes.close()
        await library.shutdown(_GRACE)
        await asyncio.gather(*(one.cleanup() for one in runners))
        await files.close()
        await registries.close()
    _log.info("ended")


def _backing(settings: Settings, registries: Registries, passwords: Passwords) -> Backing | None:
    below = settings.image_registry
    if below is None:
        return None
    return Backing(store_of(settings.layout), below, registries, passwords.read)


def main() -> int:
    """Read the settings and serve; 2 is a setting that cannot be understood."""
    if sys.argv[1:]:
        return alone.main(sys.argv[1:])
    try:
        settings = Settings.from_environ(os.environ)
    except SettingError as error:
        sys.stderr.write(f"podium blobserve: {error}\n")
        return 2
    log.configure("blobserve", settings.log_level)
    try:
        asyncio.run(serve(settings))
    except Refused as error:
        sys.stderr.write(f"podium blobserve: {error}\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
