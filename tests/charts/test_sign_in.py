"""The way in that the chart's notes tell: a script in the server's pod asks for a link."""

import asyncio
import sys
from asyncio.subprocess import PIPE
from fnmatch import fnmatch
from pathlib import Path, PurePosixPath

from app.accounts.access import Listener
from tests.app.listening import listening
from tests.app.server import open_server
from tests.charts.helm import Rendered
from wire.layout import Layout

PLACE = "/run/podium/*/server/"


async def test_the_script_prints_a_link_of_the_server_beside_it(
    trying_out: Rendered, tmp_path: Path
):
    script = trying_out.one("ConfigMap", "podium-classes")["data"]["login-link.py"]
    assert PLACE in script
    (tmp_path / "data").mkdir()
    async with (
        open_server(tmp_path / "data") as server,
        listening(server.app, Listener.INTERNAL, tmp_path),
    ):
        words = (sys.executable, "-c", script.replace(PLACE, f"{tmp_path}/"))
        process = await asyncio.create_subprocess_exec(*words, stdout=PIPE)
        told, _ = await process.communicate()
    assert "/auth/link#" in told.decode()


def test_the_socket_is_where_the_script_looks():
    layout = Layout(PurePosixPath("/var/lib/podium"), PurePosixPath("/var/cache/podium"))
    assert fnmatch(str(layout.internal_socket), f"{PLACE}internal.sock")
