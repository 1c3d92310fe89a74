"""What the daemon tells, and both services together."""

import asyncio
import socket

import msgspec
import pytest

from supervisor.host.names import read_names, serve_names
from tests.ports import free_port
from tests.supervisor.host.test_lookups import ask
from tests.supervisor.samples import NAMES, query
from tests.waiting import until


def test_what_the_daemon_tells(tmp_path):
    path = tmp_path / "names"
    assert read_names(str(path)) is None
    path.write_bytes(msgspec.json.encode(NAMES))
    assert read_names(str(path)) == NAMES


async def test_both_are_served(tmp_path):
    lookup, entry = free_port(), free_port()
    path = tmp_path / "names"
    path.write_bytes(msgspec.json.encode(NAMES))
    serving = asyncio.get_running_loop().create_task(
        serve_names(
            str(path), str(tmp_path / "none"), lambda: None, lookup_port=lookup, entry_port=entry
        )
    )

    def listens() -> bool:
        with socket.socket() as one:
            return one.connect_ex(("127.0.0.1", entry)) == 0

    await until(listens)
    assert await ask(lookup, query("podium.localhost"))
    serving.cancel()
    await asyncio.wait([serving])


async def test_without_its_ports_it_gives_up_and_says_so(tmp_path, capsys):
    path = tmp_path / "names"
    await serve_names(str(path), "", lambda: None)
    path.write_bytes(msgspec.json.encode(NAMES))
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        await serve_names(str(path), "", lambda: None, lookup_port=free_port(), entry_port=port)
    assert "names_not_served" in capsys.readouterr().err


@pytest.mark.parametrize("text", ["{}", "nonsense"])
def test_what_cannot_be_read_is_an_error(tmp_path, text):
    path = tmp_path / "names"
    path.write_text(text)
    with pytest.raises(msgspec.DecodeError):
        read_names(str(path))
