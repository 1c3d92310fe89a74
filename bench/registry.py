"""What the registry costs: processor time of blobserve per gigabyte that goes through it."""

import asyncio
import os
import shutil
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp

from app.images.tickets import Tickets
from bench.record import store
from kit.oci.core.digests import digest_of
from kit.oci.core.reach import networks
from kit.oci.core.references import parse
from kit.oci.layout import Layout as Store
from kit.oci.push import Pushes
from kit.oci.registry import Registries, Rules
from tests.blobserve.serving import Serving, serving
from tests.kit.oci.images import add_image
from tests.kit.oci.test_debian_registry import docker_registry
from wire.registry import facade_name

ROUNDS = 5
SIZE = 256 << 20
KEY = "a" * 64
INSTANCE = "amber-otter-4k2hw9xz1q.1"
TREE = "ide/0123456789ab"
LOOPBACK = "127.0.0.0/8"
FILES = 400
"""Of the folder that is read as a layer; an editor has 10,000, most of them small."""


def run() -> None:
    """Measure and store."""
    folder = Path(tempfile.mkdtemp(prefix="podium-bench-"))
    try:
        rounds = asyncio.run(_measured(folder))
    finally:
        shutil.rmtree(folder)
    whats = {
        "passed": "passed through from docker-registry, every byte hashed",
        "disk": "a layer of an image that was built here",
        "tree": "a layer made of a folder of set-up",
        "push": "pushed in one stream, hashed and written",
    }
    rows = [
        {"what": what, "unit": "s/GB", "goal": None, "rounds": rounds[name], "cause": ""}
        for name, what in whats.items()
    ]
    notes = ["Of the blobserve process, user and system, for 256 MB that do not compress."]
    store("registry", "Images through the registry facade: processor time", rows, notes, depends={})


async def _measured(folder: Path) -> dict[str, list[float]]:
    rounds: dict[str, list[float]] = {name: [] for name in ("passed", "disk", "tree", "push")}
    source = Store(folder / "source")
    image = add_image(source, {"large": os.urandom(SIZE)})
    layer = source.image(image.digest).layers[0]
    _tree(folder / "cache" / TREE)
    async with docker_registry(folder, closed=False) as host:
        registries = Registries(Rules(networks([LOOPBACK])))
        await Pushes(source, registries).push(image, parse(f"{host}/base:1"))
        await registries.close()
        async with (
            serving(folder, PODIUM_REGISTRY_NETWORKS=LOOPBACK) as blobserve,
            _own(blobserve) as own,
        ):
            tickets = Tickets(Path(blobserve.layout.registry_run))
            built = Store(Path(blobserve.layout.image_store))
            for one in source.image(image.digest).blobs:
                built.put([source.path(one.digest).read_bytes()], one)
            built.put([source.read(image.digest)], image)
            built.tag(f"built/{KEY}", image)
            tickets.open_instance(INSTANCE, f"built/{KEY}", [TREE])
            name = f"http://x/v2/instance/{INSTANCE}"
            async with own.get(f"{name}/manifests/latest") as reply:
                tree = (await reply.json(content_type=None))["layers"][-1]
            token = tickets.open_build(KEY, until=time.time() + 3600, most=1 << 40)
            passed = f"http://x/v2/{facade_name(host, 'base')}/blobs/{layer.digest}"
            kept = f"http://x/v2/built/{KEY}/blobs/{layer.digest}"
            pid = blobserve.process.pid
            for _round in range(ROUNDS):
                for what, work, size in (
                    ("passed", lambda: _read(own, passed), layer.size),
                    ("disk", lambda: _read(own, kept), layer.size),
                    ("tree", lambda: _read(own, f"{name}/blobs/{tree['digest']}"), tree["size"]),
                    ("push", lambda: _push(blobserve, token), SIZE),
                ):
                    rounds[what].append(await _processor(pid, work, size))
    return rounds


def _tree(folder: Path) -> None:
    folder.mkdir(parents=True)
    for number in range(FILES):
        (folder / f"f{number}").write_bytes(os.urandom(SIZE // FILES))


@asynccontextmanager
async def _own(blobserve: Serving) -> AsyncIterator[aiohttp.ClientSession]:
    connector = aiohttp.UnixConnector(str(blobserve.layout.registry_socket))
    async with aiohttp.ClientSession(connector=connector) as session:
        yield session


async def _read(session: aiohttp.ClientSession, url: str) -> None:
    async with session.get(url) as reply:
        if reply.status != 200:
            raise RuntimeError(await reply.text())
        async for _chunk in reply.content.iter_any():
            pass


async def _push(blobserve: Serving, token: str) -> None:
    """Push what nobody has: each round's bytes are its own."""
    body = os.urandom(1 << 20)

    async def stream() -> AsyncIterator[bytes]:
        for _part in range(SIZE >> 20):
            yield body

    headers = {"Authorization": f"Bearer {token}"}
    url = f"/v2/built/{KEY}/blobs/uploads/"
    async with blobserve.session.post(url, headers=headers) as reply:
        where = reply.headers["Location"]
    async with blobserve.session.patch(where, headers=headers, data=stream()) as reply:
        reply.raise_for_status()
    digest = digest_of(body * (SIZE >> 20))
    async with blobserve.session.put(f"{where}?digest={digest}", headers=headers) as reply:
        reply.raise_for_status()


async def _processor(pid: int, work: Callable[[], Awaitable[None]], size: int) -> float:
    began = _spent(pid)
    await work()
    return round((_spent(pid) - began) / size * 1e9, 3)


def _spent(pid: int) -> float:
    """Return seconds of processor time of a process, with all its threads."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
