"""What the environment says."""

import pytest

from supervisor.cli.client import NotServed
from supervisor.cli.workspace import url_of
from tests.supervisor.cli.samples import ENVIRONMENT


def test_addresses_of_workspace_and_port():
    base = "amber-otter-4k2hw9xz1q.ws.localhost:8080"
    assert url_of(ENVIRONMENT, None) == f"http://{base}"
    assert url_of(ENVIRONMENT, 3000) == f"http://3000-{base}"


@pytest.mark.parametrize("port", [0, -1, 65536])
def test_a_port_that_is_none_is_refused(port):
    with pytest.raises(NotServed, match="is no port"):
        url_of(ENVIRONMENT, port)


def test_outside_a_workspace_there_is_no_address():
    with pytest.raises(NotServed, match="no terminal of a workspace"):
        url_of({}, None)
