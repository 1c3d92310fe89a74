"""The gateway serves sockets that it was given, and rests when nobody comes."""

import socket
from pathlib import Path

from proxy.settings import Settings
from proxy.ssh.serving import serve
from wire.layout import tag_of


async def test_it_rests_when_nobody_is_there_and_leaves_the_sockets_open(tmp_path: Path) -> None:
    environment = {"PODIUM_HOME": str(tmp_path), "PODIUM_RUN_ROOT": str(tmp_path / "run")}
    settings = Settings.from_environ(environment)
    assert tag_of(str(settings.layout.home)) == settings.layout.tag
    Path(settings.layout.ssh_home).mkdir()
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.setblocking(False)
        assert await serve(settings, [listening], idle=0.01) is True
        with socket.create_connection(listening.getsockname()):
            pass
