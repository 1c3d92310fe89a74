"""`python -m blobserve --store DIR`: files of a store's images on a port, without an installation.

python -m blobserve --store images --listen 127.0.0.1:4000 --pull --catalogue served.toml
curl http://127.0.0.1:4000/blobserve/docker.io/library/nginx:1.27/__files__/etc/nginx/nginx.conf
"""

import argparse
import asyncio
import signal
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import structlog
from aiohttp import web

from blobserve.core.catalogue import EVERYTHING, Catalogue, read
from blobserve.lane import Lanes
from blobserve.lines import log_of
from blobserve.measuring import Measuring
from blobserve.registry.passwords import Passwords
from blobserve.store.images import Images
from blobserve.storefiles import Rooms, StoreFiles
from blobserve.web import Site
from kit import log
from kit.listening import listen_on
from kit.oci.core.collecting import Keeping
from kit.oci.core.reach import Network, networks
from kit.oci.core.refusals import Refused
from kit.oci.registry import Registries, Rules

_log = structlog.get_logger("blobserve")
_GRACE = 2.0
_MIB = 1 << 20


@dataclass(frozen=True, slots=True)
class Wish:
    """What the command line asks for."""

    store: Path
    address: str
    port: int
    cache: Path | None
    """None is a folder of its own that goes with the process."""
    most_cached: int
    """Bytes."""
    catalogue: Catalogue
    pull: bool
    reach: tuple[Network, ...]
    passwords: str
    metrics: tuple[str, int] | None
    """Address and port at which scrapes are answered."""
    level: str


def understood(words: Sequence[str]) -> Wish:
    """Return what the words ask for; exits with 2 and a sentence where they ask for nothing."""
    parser = argparse.ArgumentParser("python -m blobserve", description=__doc__.partition("\n")[0])
    add = parser.add_argument
    add(
        "--store", required=True, type=Path, help="folder of an OCI image layout; made when missing"
    )
    add("--listen", default="127.0.0.1:4000", help="address and port (127.0.0.1:4000)")
    add("--cache", type=Path, help="folder for expanded layers (a temporary one)")
    add("--cache-mib", type=int, default=4096, help="MiB of it (4096)")
    add("--catalogue", type=Path, help="TOML file: whose files are served, and how (all)")
    add("--pull", action="store_true", help="pull images that are not in the store")
    add("--networks", default="", help="private networks of registries, with commas between (none)")
    add("--passwords", default="", help="config.json of Docker (none)")
    add("--metrics", help="address and port at which /metrics is (nowhere)")
    add("--log-level", default="info", help="debug, info, warning or error (info)")
    found = parser.parse_args(words)
    try:
        address, port = _place("--listen", found.listen)
        metrics = _place("--metrics", found.metrics) if found.metrics else None
        catalogue = read(found.catalogue.read_text()) if found.catalogue else EVERYTHING
        reach = networks(one.strip() for one in found.networks.split(",") if one.strip())
    except (OSError, ValueError) as error:
        parser.error(str(error))
    return Wish(
        found.store,
        address,
        port,
        found.cache,
        found.cache_mib * _MIB,
        catalogue,
        found.pull,
        reach,
        found.passwords,
        metrics,
        found.log_level,
    )


def _place(name: str, text: str) -> tuple[str, int]:
    address, colon, port = text.rpartition(":")
    if not colon or not port.isdigit() or int(port) >= 1 << 16:
        raise ValueError(f"{name} {text!r} is no address with a port")
    return address.strip("[]"), int(port)


async def serve(wish: Wish) -> None:
    """Serve until SIGTERM or SIGINT."""
    ended = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    registries = Registries(Rules(wish.reach)) if wish.pull else None
    with tempfile.TemporaryDirectory(prefix="blobserve-") as own:
        rooms = Rooms(wish.store, wish.cache or Path(own), wish.most_cached, Keeping())
        files = StoreFiles(rooms, wish.catalogue, registries, Passwords(wish.passwords).read)
        site = Site(Images(rooms.cache / "none"), frozenset(), files=files.files)
        library = web.Server(site.handle, access_log=None)
        scraped = web.Server(Measuring(files.counts, files).scrape, access_log=None)
        lanes = Lanes(site, library, log_of(wish.level))
        loop, servers = asyncio.get_running_loop(), []
        try:
            files.begin()
            for listener in listen_on(wish.address, wish.port):
                servers.append(await loop.create_server(lanes.make, sock=listener))
                host, port = listener.getsockname()[:2]
                _log.info("serving", address=host, port=port)
            for listener in listen_on(*wish.metrics) if wish.metrics else ():
                servers.append(await loop.create_server(scraped, sock=listener))
                _log.info("metrics", port=listener.getsockname()[1])
            await ended.wait()
        finally:
            for one in servers:
                one.close()
            await lanes.close()
            await library.shutdown(_GRACE)
            await scraped.shutdown(_GRACE)
            await files.close()
            if registries is not None:
                await registries.close()
    _log.info("ended")


def main(words: Sequence[str]) -> int:
    """Serve what the words ask for; 2 is what cannot be understood."""
    wish = understood(words)
    log.configure("blobserve", wish.level)
    try:
        asyncio.run(serve(wish))
    except (OSError, Refused) as error:
        sys.stderr.write(f"blobserve: {error}\n")
        return 1
    return 0
