"""One daemon for each module of tests, and workspaces that nobody else uses."""

from collections.abc import Callable, Iterator
from secrets import token_bytes

import pytest

from tests import nodehost, objectstore
from tests.daemon.caller import Caller
from tests.nodehost import NodeHost
from wire.ids import workspace_id_from


@pytest.fixture(scope="session")
def object_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[objectstore.ObjectStore]:
    """A real S3-compatible store, which tests share: each has a prefix of its own there."""
    with objectstore.running(tmp_path_factory.mktemp("objectstore")) as store:
        yield store


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NodeHost]:
    started = nodehost.start_daemon(tmp_path_factory.mktemp("node"))
    nodehost.make_repository(started)
    yield started
    started.stop()


@pytest.fixture
def url(host: NodeHost) -> str:
    return host.file_url("demo")


@pytest.fixture
def caller(host: NodeHost) -> Iterator[Caller]:
    made = Caller(host)
    yield made
    made.close()


@pytest.fixture
def workspace() -> str:
    return workspace_id_from(token_bytes(16))


@pytest.fixture
def running(caller: Caller, url: str, workspace: str) -> Iterator[Callable[[], int]]:
    """Start instance 1 of the test's workspace; returns its pid. Ended after the test."""
    yield lambda: caller.running(f"{workspace}.1", url).pid
    caller.deleted(f"{workspace}.1", grace=0)
