"""The real thing: Debian's docker-registry, open and behind a password."""

import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest

from kit.oci.core.failures import NotFound, Unauthorized
from kit.oci.core.references import Reference, parse
from kit.oci.core.secrets import Credentials
from kit.oci.layout import Layout
from kit.oci.pull import Pulls
from kit.oci.push import Pushes
from kit.oci.registry import Registries
from tests.kit.oci.images import HELLO, add_image
from tests.ports import free_port
from tests.waiting import until

USER, PASSWORD = "ada", "of-lovelace"
HASHED = "$2y$04$mQjxGXaHdafqZmCAEvq1g.YjL0IGPgg0em7UMhnEn1fy4cGRo.Idy"
_CONFIG = """
version: 0.1
log: {{level: error, accesslog: {{disabled: true}}}}
storage: {{filesystem: {{rootdirectory: {folder}/data}}}}
http: {{addr: "127.0.0.1:{port}", secret: tests}}
"""
PASSWORDS = "auth: {{htpasswd: {{realm: tests, path: {folder}/passwords}}}}\n"


@asynccontextmanager
async def docker_registry(folder: Path, *, closed: bool) -> AsyncIterator[str]:
    """Run one; gives its host."""
    port = free_port()
    (folder / "passwords").write_text(f"{USER}:{HASHED}\n")
    config = folder / "config.yml"
    text = _CONFIG + (PASSWORDS if closed else "")
    config.write_text(text.format(folder=folder, port=port))
    process = subprocess.Popen(  # noqa: ASYNC220 - nothing else runs in this loop
        ["docker-registry", "serve", str(config)], stdout=subprocess.DEVNULL
    )
    async with aiohttp.ClientSession() as session:

        async def answers() -> bool:
            try:
                async with session.get(f"http://127.0.0.1:{port}/v2/") as response:
                    return response.status in {200, 401}
            except aiohttp.ClientError:
                return False

        try:
            await until(answers)
            yield f"127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(60)


def named(host: str) -> Reference:
    return parse(f"{host}/some/image:1")


@pytest.mark.parametrize("closed", [False, True])
@pytest.mark.parametrize("piece", [None, 100_000])
async def test_there_and_back(
    tmp_path: Path, source: Layout, registries: Registries, piece: int | None, *, closed: bool
) -> None:
    async with docker_registry(tmp_path, closed=closed) as host:
        secrets = {host: Credentials(USER, PASSWORD)} if closed else {}
        image = add_image(source, HELLO, {"large": bytes(range(256)) * 2000})
        to = named(host)
        await Pushes(source, registries, piece).push(image, to, secrets)
        layout = Layout(tmp_path / "images")
        pulls = Pulls(layout, registries)
        found = await pulls.pull(to, secrets)
        assert found.image.digest == image.digest
        assert layout.blobs_of(image.digest) == source.blobs_of(image.digest)
        assert (await registries.head(to, secrets)).digest == image.digest
        layer = source.image(image.digest).layers[0]
        async with registries.blob(to, layer, 10, secrets) as body:
            rest = b"".join([one async for one in body.chunks])
        assert (body.offset, rest) == (10, source.read(layer.digest)[10:])
        if closed:
            with pytest.raises(Unauthorized):
                await pulls.pull(to)
        with pytest.raises(NotFound):
            await pulls.pull(parse(f"{host}/some/other:1"), secrets)
