"""A real daemon that listens over a network as well."""

from pathlib import Path

import pytest

from app.nodes.client import NodeClient, NodeRefused, NodeUnreachable
from app.nodes.points import PointsClient
from kit.linkcerts import LinkCerts
from tests import nodehost
from tests.app.nodes.daemon import until_it_answers
from tests.authority import Authority
from tests.ports import free_port
from wire.peers import domain_of

pytestmark = pytest.mark.root


async def test_the_server_calls_over_a_network_and_nobody_else(tmp_path: Path) -> None:
    authority, port = Authority(), free_port()
    folders = {
        name: authority.link(tmp_path / name, f"podium://{name}", domain_of(name))
        for name in ("server", "proxy", "daemon")
    }
    host = nodehost.start_daemon(
        tmp_path,
        PODIUM_DAEMON_LISTEN=f"127.0.0.1:{port}",
        PODIUM_LINK_CERTS=str(folders["daemon"]),
        NODE_NAME="worker-1",
    )
    address = f"grpcs://127.0.0.1:{port}"
    server = NodeClient(address, LinkCerts(folders["server"]), "worker-1")
    misled = NodeClient(address, LinkCerts(folders["server"]), "worker-2")
    proxy = NodeClient(address, LinkCerts(folders["proxy"]), "worker-1")
    beside = NodeClient(str(host.layout.daemon_socket))
    try:
        assert (await server.list()).complete
        assert (await anext(server.watch())).complete
        assert await PointsClient(server).sight() == ([], [])
        assert (await beside.list()).complete
        with pytest.raises(NodeUnreachable, match="is node 'worker-1'"):
            await misled.list()
        for call in (proxy.list(), proxy.hold("", 0.0), anext(proxy.watch())):
            with pytest.raises(NodeRefused, match="permission_denied"):
                await call
        host.kill()
        with pytest.raises(NodeUnreachable):
            await server.list()
        host.start()
        await until_it_answers(server)
    finally:
        for client in (server, misled, proxy, beside):
            await client.close()
        host.stop()
