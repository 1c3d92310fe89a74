"""Addresses, and which workspace this is."""

import json
from argparse import Namespace

import pytest

from supervisor.cli.client import Client, NotServed
from supervisor.cli.workspace import docs, info, ssh, stop, url_of, user_info
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


def test_it_is_stopped_from_inside(tmp_path, capsys):
    asked = []
    documents = {"POST /v1/stop": lambda said: asked.append(said) or {}}
    with supervisor(tmp_path, documents) as path:
        assert stop(Namespace(), Client(path), {}) == 0
    assert asked == [{}]
    assert capsys.readouterr().out == "This workspace stops; its files are kept.\n"


def test_what_signs_in_from_outside_is_printed_or_that_nothing_does(capsys):
    command = "ssh amber-otter-4k2hw9xz1q@podium.example.org"
    assert ssh(Namespace(), Client("/none"), {"PODIUM_SSH": command}) == 0
    assert capsys.readouterr().out == f"{command}\n"
    with pytest.raises(NotServed, match="no SSH gateway"):
        ssh(Namespace(), Client("/none"), {})


def test_whose_it_is_for_people_and_scripts(capsys):
    environment = {
        "GITPOD_OWNER_ID": "u_1",
        "GITPOD_GIT_USER_NAME": "Ada",
        "GITPOD_GIT_USER_EMAIL": "ada@example.org",
    }
    for wanted in ({}, {"email": True}, {"json": True}):
        found = Namespace(**{"email": False, "json": False, **wanted})
        assert user_info(found, Client("/none"), environment) == 0
    said = capsys.readouterr().out
    lines, _, document = said.partition("{")
    assert lines.splitlines() == [
        "UserId   u_1",
        "Name     Ada",
        "Email    ada@example.org",
        "ada@example.org",
    ]
    told = {"UserId": "u_1", "Name": "Ada", "Email": "ada@example.org"}
    assert json.loads(f"{{{document}") == told


def test_the_documentation_is_this_podiums(capsys):
    assert docs(Namespace(), Client("/none"), {"PODIUM_HOST": "https://p.org"}) == 0
    assert capsys.readouterr().out.splitlines() == [
        "https://p.org/docs/conditions",
        "https://p.org/schemas/gitpod.json",
    ]
    with pytest.raises(NotServed, match="no terminal of a workspace"):
        docs(Namespace(), Client("/none"), {})
