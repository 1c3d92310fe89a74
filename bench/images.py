"""What an image costs to unpack: as the daemon does it, beside podman's store and plain tar.

The same layer for all, packed with gzip and with zstd; rounds are interleaved.
"""

import asyncio
import gzip
import io
import json
import os
import random
import resource
import shutil
import subprocess
import tarfile
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import zstandard

from bench.peers import room, version
from bench.record import store
from daemon.core.layers import Allowance
from daemon.host.unpacking import Layer, unpack_layer
from kit.oci.core import media
from kit.oci.core.digests import digest_of
from kit.oci.core.documents import Descriptor, Manifest, encode
from kit.oci.layout import Layout

ROUNDS = int(os.environ.get("PODIUM_BENCH_ROUNDS", "5"))
OURS, PODMAN, TAR = "Podium", "podman", "tar"
FILES, FOLDERS = 8000, 400
_LARGEST = 48 << 10
"""Bytes of a file; the mean is half of it."""
_PIECE = 256 << 10


@dataclass(frozen=True, slots=True)
class Packed:
    """An image of one layer in a layout, by the name of how it is packed."""

    name: str
    layout: Layout
    layer: Descriptor
    diff_id: str
    size: int
    """Bytes of the tar."""


@dataclass(frozen=True, slots=True)
class Spent:
    """What one unpacking took."""

    seconds: float
    cpu: float


def run() -> None:
    """Measure and store."""
    folder = room()
    try:
        images = _images(folder)
        found: dict[tuple[str, str], list[Spent]] = {}
        for number in range(ROUNDS + 1):
            for image in images:
                ways = [OURS, PODMAN, TAR]
                for way in ways if number % 2 else ways[::-1]:
                    spent = _spent(_WAYS[way], folder, image)
                    _removed(folder / "root")
                    if number:  # the first is to warm up
                        found.setdefault((image.name, way), []).append(spent)
                        print(f"{image.name:6} {way:8} {spent}", flush=True)
    finally:
        shutil.rmtree(folder)
    store(
        "images",
        "Unpacking an image beside podman and tar",
        _rows(images, found),
        _NOTES,
        tables=_tables(images, found),
        depends={PODMAN: _version("podman"), TAR: _version("tar")},
    )


def _images(folder: Path) -> list[Packed]:
    """Make the same image in both packings."""
    tar = _tar()
    packed = {
        "gzip": (media.OCI_LAYER_GZIP, gzip.compress(tar, 6, mtime=0)),
        "zstd": (media.OCI_LAYER_ZSTD, zstandard.compress(tar, 3)),
    }
    made = []
    for name, (kind, content) in packed.items():
        layout = Layout(folder / f"images-{name}")
        layer = layout.put_bytes(content, kind)
        rootfs = {"type": "layers", "diff_ids": [digest_of(tar)]}
        config = json.dumps({"architecture": "amd64", "os": "linux", "rootfs": rootfs})
        manifest = Manifest(
            2,
            layout.put_bytes(config.encode(), media.OCI_CONFIG),
            [layer],
            media.OCI_MANIFEST,
        )
        layout.tag("one", layout.put_bytes(encode(manifest), media.OCI_MANIFEST))
        made.append(Packed(name, layout, layer, digest_of(tar), len(tar)))
    return made


def _tar() -> bytes:
    """Return files of sizes as in an image: three quarters text, one quarter nothing smaller."""
    chance, out = random.Random(7), io.BytesIO()  # noqa: S311 - the same files each time
    words = [chance.randbytes(chance.randrange(1, 6)).hex() for _ in range(5000)]
    text = " ".join(chance.choices(words, k=800_000)).encode()
    noise = chance.randbytes(4 << 20)
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for number in range(FILES):
            size = chance.randrange(_LARGEST)
            source = noise if number % 4 == 0 else text
            start = chance.randrange(len(source) - size)
            member = tarfile.TarInfo(f"usr/lib/d{number % FOLDERS}/f{number}")
            member.size, member.mode = size, 0o644
            tar.addfile(member, io.BytesIO(source[start : start + size]))
    return out.getvalue()


def _spent(way: Callable[[Path, Packed], None], folder: Path, image: Packed) -> Spent:
    before, began = _processor(), time.monotonic()
    way(folder, image)
    return Spent(time.monotonic() - began, _processor() - before)


def _processor() -> float:
    """Return seconds of processor time of this process and of those that it has waited for."""
    both = [resource.getrusage(one) for one in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in both)


def _ours(folder: Path, image: Packed) -> None:
    root = folder / "root"
    root.mkdir()
    layer = Layer(image.layer.digest, image.layer.size, image.diff_id)

    async def chunks() -> AsyncIterator[bytes]:
        with image.layout.open(image.layer.digest) as file:
            while piece := file.read(_PIECE):
                yield piece

    asyncio.run(unpack_layer(root, layer, chunks(), Allowance(1 << 40, 1 << 30)))


def _podman(folder: Path, image: Packed) -> None:
    place = ["--root", str(folder / "root"), "--runroot", str(folder / "run")]
    name = f"oci:{image.layout.folder}:one"
    _run("podman", *place, "--storage-driver", "overlay", "pull", "--quiet", name)


def _with_tar(folder: Path, image: Packed) -> None:
    root = folder / "root"
    root.mkdir()
    _run("tar", f"--{image.name}", "-xf", str(image.layout.path(image.layer.digest)), "-C", root)


_WAYS = {OURS: _ours, PODMAN: _podman, TAR: _with_tar}


def _removed(root: Path) -> None:
    """Remove what was made; podman has its store mounted."""
    for mounted in [*root.glob("overlay"), root]:
        subprocess.run(["umount", "-l", str(mounted)], check=False, capture_output=True)
    _run("rm", "-rf", "--one-file-system", str(root))


def _version(program: str) -> str:
    return version([program, "--version"]).partition("\n")[0]


def _run(*command: str | Path) -> None:
    subprocess.run([str(one) for one in command], check=True, stdout=subprocess.DEVNULL)


def _rows(images: list[Packed], found: dict[tuple[str, str], list[Spent]]) -> list[dict[str, Any]]:
    return [
        {
            "what": f"layer in {image.name}: CPU ÷ {other}'s",
            "unit": "",
            "goal": 1.0 if other == PODMAN else None,
            "rounds": [
                round(one.cpu / theirs.cpu, 3)
                for one, theirs in zip(
                    found[image.name, OURS], found[image.name, other], strict=True
                )
            ],
            "cause": "",
        }
        for image in images
        for other in (PODMAN, TAR)
    ]


def _speed(one: Spent, size: int) -> float:
    return size / one.seconds / 1e6


def _price(one: Spent, size: int) -> float:
    return one.cpu / size * 1e9


def _tables(
    images: list[Packed], found: dict[tuple[str, str], list[Spent]]
) -> list[dict[str, Any]]:
    tables = []
    for heading, value in (
        ("MB of files in a second", _speed),
        ("CPU in seconds for each GB of files", _price),
    ):
        lines = [
            [image.name]
            + [
                f"{median(value(one, image.size) for one in found[image.name, way]):.3g}"
                for way in _WAYS
            ]
            for image in images
        ]
        tables.append({"columns": [heading, *_WAYS], "lines": lines})
    return tables


_NOTES = [
    (
        f"One layer of {FILES} files in {FOLDERS} folders, three quarters of them text. Ours is "
        "the daemon's locked-up child, which checks the digests of what it reads and of what it "
        "unpacks to; podman, out of an OCI layout into an overlay store of its own, checks both as "
        "well. tar checks nothing, and stands for what cannot be undercut."
    ),
    "CPU of all processes that take part.",
    f"{ROUNDS} rounds, interleaved, after one to warm up.",
]
