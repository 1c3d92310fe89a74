"""The registry's address: strangers need a token; with a build's, podman pushes from inside."""

import json
import shutil
import time
from base64 import b64encode
from pathlib import Path

import pytest

from app.images.tickets import Tickets
from kit.oci.layout import Layout as Store
from tests.e2e.asking import ask
from tests.e2e.inside import PATIENCE, attach, cookie_of
from tests.e2e.installation import Installation
from tests.e2e.journey import Workspace
from tests.e2e.patience import until

KEY, OTHER = "ab" * 32, "cd" * 32
USER = 33333
SCRIPT = """\
set -x
head -c 30000000 /dev/urandom >large
tar c large | podman import -q - localhost/pushed:1
podman push -q --tls-verify=false --authfile auth.json localhost/pushed:1 docker://$1/built/$2:latest
echo pushed $?
podman push -q --tls-verify=false --authfile auth.json localhost/pushed:1 docker://$1/built/$3:latest
echo other $?
podman pull -q --tls-verify=false --authfile auth.json docker://$1/built/$2:latest >pulled
echo pulled $?
curl -s --unix-socket /run/podium/server/registry.sock -o socket.json -w 'socket %{http_code}\\n' http://x/v2/
podman rmi -fa >/dev/null
rm large
touch done
"""


@pytest.fixture
def tickets(installation: Installation) -> Tickets:
    return Tickets(Path(installation.layout.registry_run))


def opened(installation: Installation, tickets: Tickets, key: str) -> str:
    """Return the token of a build, written as the server writes it."""
    token = tickets.open_build(key, until=time.time() + 600)
    folder = Path(installation.layout.registry_run)
    for path in (folder / "built", folder / f"built/{key}.json"):
        shutil.chown(path, "podium", "podium")
    return token


def test_a_stranger_is_asked_for_a_token(installation: Installation, tickets: Tickets) -> None:
    host = f"reg.localhost:{installation.port}"
    token = opened(installation, tickets, OTHER)
    for path in ("/v2/", f"/v2/built/{KEY}/manifests/latest"):
        answer = ask(installation, host, path)
        assert answer.status == 401
        assert answer.headers["www-authenticate"] == 'Basic realm="podium"'
        assert json.loads(answer.body)["errors"][0]["code"] == "UNAUTHORIZED"
    known = {"Authorization": f"Bearer {token}"}
    assert ask(installation, host, "/v2/", known).status == 200
    assert ask(installation, host, f"/v2/built/{KEY}/manifests/latest", known).status == 403
    assert ask(installation, host, "/").status == 404
    tickets.close_build(OTHER)
    assert ask(installation, host, "/v2/", known).status == 401


def test_podman_pushes_from_inside_a_workspace(
    installation: Installation, workspace: Workspace, tickets: Tickets, page
) -> None:
    host = f"reg.localhost:{installation.port}"
    token = opened(installation, tickets, KEY)
    folder = installation.content(workspace.id) / "workspace" / "registry"
    folder.mkdir()
    auth = b64encode(f"podium:{token}".encode()).decode()
    (folder / "auth.json").write_text(json.dumps({"auths": {host: {"auth": auth}}}))
    (folder / "push.sh").write_text(SCRIPT)
    for path in (folder, *folder.iterdir()):
        shutil.chown(path, USER, USER)
    cookie = cookie_of(page, installation, workspace.id)
    line = f"cd /workspace/registry; sh push.sh {host} {KEY} {OTHER} >out 2>err\n"
    with attach(installation, workspace, cookie) as terminal:
        terminal.recv(timeout=PATIENCE)
        terminal.send(line.encode())
        until((folder / "done").exists, timeout=240)
    said = (folder / "out").read_text().splitlines()
    print((folder / "err").read_text())
    assert [one for one in said if " " in one] == [
        "pushed 0",
        "other 125",
        "pulled 0",
        "socket 401",
    ]
    store = Store(Path(installation.layout.image_store))
    image = store.resolve(f"built/{KEY}")
    assert image is not None
    assert store.image(image.digest).size > 30_000_000
    shutil.rmtree(folder)
    tickets.close_build(KEY)
