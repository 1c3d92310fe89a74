"""Containers inside a workspace: podman, docker and compose, without a flag and without root.

The name server of a network learns of a container a moment after it runs: names are asked for
until they are known.
"""

import shutil
from pathlib import Path

import pytest

from tests.e2e.asking import ask
from tests.e2e.inside import PATIENCE, attach, cookie_of, read_until
from tests.e2e.installation import Installation
from tests.e2e.journey import Workspace
from tests.e2e.patience import until

USER = 33333
FILES = {
    "Dockerfile": """\
FROM scratch
COPY busybox /bin/busybox
RUN ["/bin/busybox", "--install", "-s", "/bin"]
RUN mkdir -p /etc && echo ada:x:1000:1000::/:/bin/sh > /etc/passwd && echo built > /index.html
CMD ["httpd", "-f", "-p", "80", "-h", "/"]
""",
    "compose.yaml": """\
services:
  web:
    build: .
    ports: ["8088:80"]
    depends_on: [db]
  db:
    image: localhost/demo
    command: sleep 600
    volumes: ["data:/data"]
volumes:
  data: {}
""",
    "podman.sh": """\
podman build -q -t localhost/demo .
podman run --rm localhost/demo cat /index.html
podman run --rm --user ada localhost/demo id -un
podman run --rm -v "$PWD:/here" localhost/demo touch /here/made
stat -c %U made
""",
    "docker.sh": """\
docker build -t fromdocker . | tail -1
docker run --rm fromdocker cat /index.html
sudo docker ps --format '{{.ID}}' | wc -l
docker compose up -d >&2
until docker compose exec -T web nslookup db </dev/null >&2; do sleep 0.2; done
echo found
""",
    "down.sh": """docker compose down -t 0
podman ps -aq | wc -l
""",
    "stays.sh": """\
podman run -d --name stays -v "$PWD:/here" localhost/demo sh -c '
    trap "echo ended >/here/ended; exit 0" TERM
    sleep 600 &
    wait'
podman volume create kept
""",
    "later.sh": """\
podman images -q localhost/demo | wc -l
podman volume exists kept && echo kept
podman ps -q | wc -l
podman start stays
podman rm -f -t 0 stays >&2
""",
    "rights.sh": """\
cat /proc/sys/kernel/core_pattern > /dev/null && echo seen
sudo sh -c 'echo x > /proc/sys/kernel/core_pattern' || echo no core_pattern
sudo sh -c 'echo b > /proc/sysrq-trigger' || echo no sysrq
sudo head -c1 /proc/kcore || echo no kcore
podman run --rm --privileged localhost/demo sh -c 'mknod /d b 254 0' || echo no mknod
""",
}


@pytest.fixture(scope="module")
def folder(installation: Installation, workspace: Workspace) -> Path:
    """A folder in the workspace with what a repository would bring."""
    made = installation.content(workspace.id) / "workspace" / "containers"
    made.mkdir()
    for name, text in FILES.items():
        (made / name).write_text(text)
    shutil.copy("/bin/busybox", made / "busybox")
    for path in (made, *made.iterdir()):
        shutil.chown(path, USER, USER)
    return made


@pytest.fixture
def run(installation: Installation, workspace: Workspace, folder: Path, page):
    """Run one of the scripts in the person's terminal; returns what it printed."""
    cookie = cookie_of(page, installation, workspace.id)

    def typed(name: str) -> list[str]:
        done = f"done-{name}-"
        line = (
            f"cd /workspace/containers; sh {name} >{name}.out 2>{name}.err; echo {done}$((1+1))\n"
        )
        with attach(installation, workspace, cookie) as terminal:
            terminal.recv(timeout=PATIENCE)
            terminal.send(line.encode())
            read_until(terminal, f"{done}2".encode())
        print((folder / f"{name}.err").read_text())
        return (folder / f"{name}.out").read_text().splitlines()

    return typed


def test_podman_builds_and_runs(run) -> None:
    said = run("podman.sh")
    assert len(said[0]) == 64
    assert said[1:] == ["built", "ada", "gitpod"]


def test_docker_and_compose_work_on_podmans_socket(
    run, installation: Installation, workspace: Workspace
) -> None:
    said = run("docker.sh")
    assert said == ["Successfully tagged fromdocker", "built", "0", "found"]

    def listed() -> list[int]:
        ports = installation.podium_json("workspace", "show", workspace.id)["ports"]
        return [one["port"] for one in ports]

    until(lambda: 8088 in listed(), timeout=60)
    installation.podium("workspace", "ports", workspace.id, "8088", "--public")
    host = installation.port_url(workspace.id, 8088).removeprefix("http://")
    # what listens is compose's own; the server behind it may begin later
    until(lambda: ask(installation, host, "/index.html").status == 200, timeout=60)
    assert ask(installation, host, "/index.html").body == b"built\n"
    installation.podium("workspace", "ports", workspace.id, "8088", "--private")
    assert run("down.sh") == ["0"]


def test_an_unmasked_proc_gives_no_rights(run) -> None:
    assert run("rights.sh") == ["seen", "no core_pattern", "no sysrq", "no kcore", "no mknod"]


def test_containers_end_in_order_and_images_stay_when_the_workspace_stops(
    run, installation: Installation, workspace: Workspace, folder: Path
) -> None:
    run("stays.sh")
    assert installation.podium("workspace", "stop", workspace.id, "--wait").returncode == 0
    with installation.files(workspace.id) as files:
        assert (files / "workspace" / folder.name / "ended").read_text() == "ended\n"
    assert installation.podium("workspace", "start", workspace.id, "--wait").returncode == 0
    assert run("later.sh") == ["1", "kept", "0", "stays"]
