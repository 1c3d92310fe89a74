"""The downloading helper in its box: an ordinary user, who reaches what its network lets it."""

from hashlib import sha256

import pytest

from daemon.core.downloads import Download
from daemon.host.git import USER
from tests.daemon.filehost import CONTENT, files_host
from tests.daemon.nodes import OWN_NETWORK, Node

pytestmark = pytest.mark.root
DIGEST = f"sha256:{sha256(CONTENT).hexdigest()}"


@pytest.fixture
def host():
    with files_host() as server:
        yield server


async def test_a_file_is_the_workspaces_users_own(host, tmp_path):
    node, tree = Node(tmp_path / "node"), tmp_path / "tree"
    tree.mkdir()
    tree.chmod(0o777)
    url = f"http://127.0.0.1:{host.server_port}"
    wanted = [Download(f"{url}/a", "data/a", DIGEST)]
    told = []
    assert await node.cloner.download(wanted, str(tree), OWN_NETWORK, [], told.append) is None
    assert told[0].text.startswith("downloading file 1 of 1 (")
    placed = tree / "data" / "a"
    assert placed.read_bytes() == CONTENT
    assert (placed.stat().st_uid, placed.parent.stat().st_uid) == (USER, USER)
    missing = [Download(f"{url}/missing", "b", DIGEST)]
    failed = await node.cloner.download(missing, str(tree), OWN_NETWORK, [])
    assert failed is not None
    assert failed.code == "download_failed"
    assert "non-OK download response: Not Found" in failed.detail


async def test_a_kind_of_address_that_is_switched_off_is_told(tmp_path):
    node = Node(tmp_path / "node")
    node.cloner._protocols = ("https",)
    wanted = [Download("http://127.0.0.1:1/a", "a", DIGEST)]
    failed = await node.cloner.download(wanted, str(tmp_path), OWN_NETWORK, [])
    assert failed is not None
    assert failed.code == "protocol_refused"


async def test_files_have_an_end_however_slowly_they_come(host, tmp_path):
    node, tree = Node(tmp_path / "node"), tmp_path / "tree"
    tree.mkdir()
    tree.chmod(0o777)
    url = f"http://127.0.0.1:{host.server_port}/slow"
    wanted = [Download(url, "a", DIGEST)]
    failed = await node.cloner.download(wanted, str(tree), OWN_NETWORK, [], within=3.0)
    assert failed is not None
    assert (failed.code, failed.detail) == (
        "download_slow",
        "They have 0.05 minutes; of the last one 1 bytes had come.",
    )
    assert not (tree / "a").exists()
