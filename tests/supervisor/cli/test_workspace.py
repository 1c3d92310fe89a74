"""Addresses, and which workspace this is."""

import json
from argparse import Namespace

import pytest

from supervisor.cli.client import Client, NotServed
from supervisor.cli.workspace import info, url_of
from supervisor.core.info import info as told
from tests.supervisor.cli.samples import ENVIRONMENT, supervisor
from tests.supervisor.samples import WORKSPACE, wish


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


def test_which_workspace_this_is_is_asked_of_the_supervisor(tmp_path, capsys):
    said = told(wish(environment={"GITPOD_WORKSPACE_CLASS": "standard"}), "/home")
    with supervisor(tmp_path, {"/v1/info/workspace": said}) as path:
        assert info(Namespace(json=True), Client(path), {}) == 0
        assert json.loads(capsys.readouterr().out) == {
            "workspace_id": WORKSPACE,
            "instance_id": f"{WORKSPACE}.2",
            "workspace_class": "standard",
            "workspace_url": "",
            "workspace_context_url": "https://example.org/ada/demo",
            "cluster_host": "",
        }
        assert info(Namespace(json=False), Client(path), {}) == 0
        assert f"Workspace id           {WORKSPACE}" in capsys.readouterr().out
