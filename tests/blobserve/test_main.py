"""The whole process: starts without images, takes up new ones, ends when told to."""

import json
import os
import subprocess
import sys
from pathlib import Path

import aiohttp

from tests.blobserve.images import make_image
from tests.blobserve.serving import serving
from tests.ports import free_port
from tests.waiting import until

FILE = "/blobserve/vscode:1/__files__/out/a.js"


async def test_an_image_that_is_built_later_is_served_without_a_restart(tmp_path: Path) -> None:
    async with serving(tmp_path) as blobserve:
        socket = Path(blobserve.layout.blobserve_socket)
        assert socket.stat().st_mode & 0o777 == 0o600
        async with blobserve.session.get(FILE) as reply:
            assert reply.status == 404
        make_image(tmp_path / "cache/assets")
        async with blobserve.session.get(FILE) as reply:
            assert reply.status == 200


async def test_when_it_is_quiet_files_are_compressed_harder_and_swapped_in(tmp_path: Path) -> None:
    make_image(tmp_path / "cache/assets")
    (tmp_path / "home").mkdir()
    (tmp_path / "home/artefacts.json").write_text(json.dumps({"assets": "b1"}))
    async with serving(tmp_path, PODIUM_ASSETS_QUIET="1") as blobserve:

        async def tag() -> str:
            headers = {"Accept-Encoding": "br"}
            async with blobserve.session.head(FILE, headers=headers) as reply:
                return reply.headers["ETag"]

        before = await tag()
        assert (await tag()) == before
        made = Path(blobserve.layout.blobserve_home) / "b1/out/a.js.br"
        assert await until(made.exists)
        assert await until(lambda: swapped(tag, before))


async def test_metrics_have_an_address_of_their_own_where_one_is_set(tmp_path: Path) -> None:
    place = f"127.0.0.1:{free_port()}"
    async with serving(tmp_path, PODIUM_LISTEN_METRICS=place), aiohttp.ClientSession() as outside:
        async with outside.get(f"http://{place}/metrics") as reply:
            assert "podium_blobserve_requests_total" in await reply.text()
        async with outside.get(f"http://{place}{FILE}") as reply:
            assert reply.status == 404


async def swapped(tag, before: str) -> bool:
    return await tag() != before


def test_a_setting_that_makes_no_sense_is_told() -> None:
    environment = {**os.environ, "PODIUM_ASSETS_QUIET": "soon"}
    command = [sys.executable, "-m", "blobserve"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "PODIUM_ASSETS_QUIET" in done.stderr
