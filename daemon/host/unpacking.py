"""Runs the child that unpacks a layer, and carries the layer to it."""

import asyncio
import json
import sysconfig
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from daemon.core.layers import Allowance
from daemon.host.helper import last_words, start_helper
from daemon.host.unpack_child import FULL

_MOST_SAID = 65536
"""Bytes of its last words."""


class LayerRefused(Exception):
    """A layer that is not unpacked; the text says which entry, and why."""


class NoSpace(Exception):
    """The disk is full."""


@dataclass(frozen=True, slots=True)
class Layer:
    """What a manifest and its configuration say of a layer."""

    digest: str
    size: int
    diff_id: str
    """Digest of what it unpacks to."""


async def unpack_layer(
    root: Path, layer: Layer, chunks: AsyncIterator[bytes], allowance: Allowance
) -> Allowance:
    """Unpack a layer over what is in the root; returns what is left of the allowance.

    Nothing outside of the root is written, whatever the layer says. Raises LayerRefused,
    NoSpace, and what `chunks` raises; in all cases the root may hold parts of the layer.
    """
    plan = {
        "root": str(root),
        "digest": layer.digest,
        "size": layer.size,
        "diff_id": layer.diff_id,
        "bytes": allowance.bytes,
        "entries": allowance.entries,
        "libraries": sysconfig.get_path("platlib"),
    }
    process = await start_helper("unpack_child")
    stdin, stdout, stderr = process.stdin, process.stdout, process.stderr
    assert stdin is not None
    assert stdout is not None
    assert stderr is not None
    reading = asyncio.gather(stdout.read(_MOST_SAID), stderr.read(_MOST_SAID))
    try:
        await _give(stdin, json.dumps(plan).encode() + b"\n", chunks)
        out, said = await reading
        code = await process.wait()
    finally:
        reading.cancel()
        if process.returncode is None:
            process.kill()
            await asyncio.shield(process.wait())
    if code == FULL:
        raise NoSpace(last_words(said))
    if code != 0:
        words = last_words(said)
        raise LayerRefused(words if code > 0 else f"the unpacking was ended by signal {-code}")
    left = json.loads(out)
    return Allowance(left["bytes"], left["entries"])


async def _give(stdin: asyncio.StreamWriter, plan: bytes, chunks: AsyncIterator[bytes]) -> None:
    try:
        stdin.write(plan)
        async for chunk in chunks:
            stdin.write(chunk)
            await stdin.drain()
        await stdin.drain()
    except (BrokenPipeError, ConnectionResetError):
        return  # it has ended first; its code and last words tell why
    finally:
        stdin.close()
        with suppress(BrokenPipeError, ConnectionResetError):
            await stdin.wait_closed()
