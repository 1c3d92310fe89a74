"""Images that are built: a .gitpod.Dockerfile that installs something, once and not again."""

import sqlite3
from contextlib import closing

from tests.e2e.installation import Installation, make_repository
from tests.e2e.patience import until

DOCKERFILE = """\
FROM gitpod/workspace-base
RUN sudo apt-get update -q && sudo apt-get install -qy --no-install-recommends sl
COPY dev/greeting /etc/greeting
"""
CONFIG = """\
image:
  file: .gitpod.Dockerfile
tasks:
  - command: |
      echo "$(dpkg-query -W -f '${Package}' sl) $(cat /etc/greeting) $(id -un)" >/workspace/image
"""
FILES = {".gitpod.yml": CONFIG, ".gitpod.Dockerfile": DOCKERFILE, "dev/greeting": "hello\n"}


def builds(installation: Installation) -> list[tuple[str, str, str]]:
    """Return key, state and problem of every build."""
    with closing(sqlite3.connect(str(installation.layout.database))) as database:
        return database.execute("SELECT key, state, problem FROM image_builds").fetchall()


def kept(installation: Installation, workspace: str, name: str) -> str:
    path = installation.content(workspace) / "workspace" / name
    until(lambda: path.exists() and path.read_text().endswith("\n"), timeout=60)
    return path.read_text()


def conditions(installation: Installation, workspace: str) -> dict[str, str]:
    return installation.podium_json("workspace", "show", workspace)["instance"]["conditions"]


def test_a_dockerfile_is_built_once(installation: Installation) -> None:
    url = make_repository(installation.repositories, "dockered", FILES)
    made = [installation.podium_json("workspace", "create", url, "--trust", "--wait")["id"]]
    try:
        assert kept(installation, made[0], "image") == "sl hello gitpod\n"
        (first,) = builds(installation)
        assert first[1] == "done"
        made.append(installation.podium_json("workspace", "create", url, "--trust", "--wait")["id"])
        assert kept(installation, made[1], "image") == "sl hello gitpod\n"
        assert builds(installation) == [first]
    finally:
        for one in made:
            installation.podium("workspace", "delete", one, "--yes", "--wait")
