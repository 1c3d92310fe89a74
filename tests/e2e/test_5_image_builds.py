"""Images that are built: a .gitpod.Dockerfile that installs something, once and not again."""

import re
import sqlite3
import subprocess
from base64 import b64encode
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

from tests.e2e.imagehost import PASSWORD, USER, ImageHost, tar_of
from tests.e2e.installation import Installation, make_repository
from tests.e2e.patience import until
from tests.e2e.variables import set_variable
from tests.supervisor.roots import KINDS, folders

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


def kept(installation: Installation, workspace: str, name: str, lines: int = 1) -> str:
    """Return what a task has written, once it has so many lines."""
    path = installation.content(workspace) / "workspace" / name

    def written() -> str:
        return path.read_text() if path.exists() else ""

    try:
        until(lambda: written().endswith("\n") and written().count("\n") >= lines, timeout=60)
    except AssertionError as error:
        instance = installation.podium_json("workspace", "show", workspace)["instance"]
        raise AssertionError(f"{written()!r}; {instance}; {builds(installation)}") from error
    return written()


def places_of(installation: Installation, workspace: str, secrets: Iterable[str]) -> str:
    """Return the files of the platform, and of a workspace, that hold a secret."""
    layout = installation.layout
    home = Path(str(layout.home))
    places = [layout.run, layout.logs, layout.server_home, *home.glob("*.token")]
    places.append(installation.content(workspace))
    words = [f"--regexp={one}" for one in secrets]
    command = ["grep", "-rlF", "--devices=skip", *words, "--", *map(str, places)]
    return subprocess.run(command, check=False, capture_output=True, text=True).stdout


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


DEVCONTAINER = """\
{{ // a stage of a Dockerfile beside it, and features above that
  "build": {{"dockerfile": "Dockerfile", "context": "..", "target": "dev",
    "args": {{"WHO": "ada"}}}},
  "features": {{
    "{hello}": {{"greeting": "it's $HOME; `id`"}},
    "{missing}": {{}},
  }},
  "postCreateCommand": "cat /etc/made /etc/hello > /workspace/made; echo $HELLO >> /workspace/made",
}}
"""
STAGES = """\
FROM gitpod/workspace-base AS dev
ARG WHO
COPY README.md /tmp/readme
RUN echo "for $WHO" | sudo tee /etc/made
FROM dev
RUN exit 1
"""
COMMON = """\
#!/bin/sh
echo "common of $SIZE" >/etc/common
"""
HELLO = """\
#!/bin/bash
set -e
echo "$(cat /etc/common), $GREETING, $_REMOTE_USER $(id -un), $POLITE" >/etc/hello
"""


def test_devcontainer_json_names_a_stage_of_a_dockerfile_and_features(
    installation: Installation, tmp_path: Path
) -> None:
    """What a feature needs comes before it, and what cannot be had is told; once, not twice."""
    host = ImageHost(tmp_path)
    try:
        common = host.push_feature("common", COMMON)
        options = {"greeting": {"default": "hi"}, "polite": {"default": True}}
        hello = host.push_feature(
            "hello",
            HELLO,
            options=options,
            dependsOn={common: {"size": 2}},
            containerEnv={"HELLO": "from a feature"},
        )
        missing = f"{host.host}/features/missing:1"
        text = DEVCONTAINER.format(hello=hello, missing=missing)
        files = {".devcontainer/devcontainer.json": text, ".devcontainer/Dockerfile": STAGES}
        url = make_repository(installation.repositories, "contained", files)
        before = len(builds(installation))
        for built in (1, 1):
            made = installation.podium_json("workspace", "create", url, "--trust", "--wait")["id"]
            try:
                told = conditions(installation, made)
                # what is installed first: the task's words alone would not say why some are missing
                why = f"The feature {missing} is not installed: "
                assert list(told) == ["image_partial"], told
                assert told["image_partial"].startswith(why), told
                assert told["image_partial"].count("is not installed") == 1, told
                assert kept(installation, made, "made", lines=3).splitlines() == [
                    "for ada",
                    "common of 2, it's $HOME; `id`, gitpod root, true",
                    "from a feature",
                ]
                assert len(builds(installation)) == before + built
            finally:
                installation.podium("workspace", "delete", made, "--yes", "--wait")
    finally:
        host.stop()


FOREIGN = """\
ARG HOST={host}
FROM ${{HOST}}/small/musl:1 AS tools
FROM {host}/small/busybox:1
USER 0
COPY --from=tools /opt/tools /opt/tools
COPY --from={host}/small/extra:1 /etc/extra /etc/extra
RUN echo "$(cat /etc/extra) $(cat /opt/tools/kind)" >/etc/made
"""
"""Nothing of the registry can be reached from an instance: its 127.0.0.1 is its own."""


def test_images_of_a_closed_registry_come_through_the_facade_with_the_persons_password(
    installation: Installation, tmp_path: Path
) -> None:
    """Which is in no log, no image, no answer and no command, and shown to nobody else."""
    host = ImageHost(tmp_path, closed=True)
    try:
        for kind in ("busybox", "musl", "extra"):
            root = tmp_path / kind / "root"
            root.mkdir(parents=True)
            KINDS.get(kind, folders)(root)
            (root / "opt/tools").mkdir(parents=True)
            (root / "opt/tools/kind").write_text(f"{kind}\n")
            (root / "etc/extra").write_text(f"of {kind}\n")
            host.push(kind, tar_of(root), env=("PATH=/bin",))
        config = CONFIG.partition("tasks:")[0] + "tasks: [command: cat /etc/made >/workspace/made]"
        files = {".gitpod.yml": config, ".gitpod.Dockerfile": FOREIGN.format(host=host.host)}
        url = make_repository(installation.repositories, "foreign", files)
        shown = b64encode(f"{USER}:{PASSWORD}".encode()).decode()
        set_variable(installation, url, "GITPOD_IMAGE_AUTH", f"{host.host}:{shown}")
        made = installation.podium_json("workspace", "create", url, "--trust", "--wait")["id"]
        try:
            assert conditions(installation, made) == {}
            assert kept(installation, made, "made") == "of extra musl\n"
            assert not places_of(installation, made, (shown, PASSWORD))
        finally:
            installation.podium("workspace", "delete", made, "--yes", "--wait")
    finally:
        host.stop()


PRYING = """\
FROM gitpod/workspace-base
USER root
RUN ls -la /run /run/podium; cat /run/podium/*.json; env; \\
    cat /proc/[0-9]*/environ /proc/[0-9]*/cmdline; \\
    find / -xdev -name '*.json' -newer /etc/passwd -exec cat {} + ; true
RUN echo "it ends $((40 + 2))" >&2 && exit 7
"""


def test_a_failed_build_opens_on_the_default_image_and_shows_no_secret(
    installation: Installation,
) -> None:
    files = {".gitpod.yml": CONFIG, ".gitpod.Dockerfile": PRYING}
    url = make_repository(installation.repositories, "prying", files)
    made = installation.podium_json("workspace", "create", url, "--trust", "--wait")["id"]
    try:
        told = conditions(installation, made)["image_build_failed"]
        assert "A step of the Dockerfile failed" in told
        newest = max(Path(str(installation.layout.build_logs)).glob("*.log"), key=_written)
        log = newest.read_text(errors="replace")
        assert "it ends 42" in log
        assert re.search(r"built\.[0-9a-f]{64}\.[A-Za-z0-9_-]{20}", log) is None
        assert not list(Path(str(installation.layout.registry_run)).glob("built/*.json"))
    finally:
        installation.podium("workspace", "delete", made, "--yes", "--wait")


def _written(path: Path) -> float:
    return path.stat().st_mtime
