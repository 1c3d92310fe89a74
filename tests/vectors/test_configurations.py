"""X, R and LL: what .gitpod.yml says, how its tasks run, what is inferred without it."""

import json
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

from app.images.choice import choose
from app.images.wish import wish_of
from supervisor.core.config import Config, ImageWish, Task
from supervisor.core.gitpodfile import parse
from supervisor.core.inference import infer
from supervisor.core.tasks import FRESH, body, files, outcome, places
from wire.ports import PortWish


def read(text: str) -> Config:
    return parse(".gitpod.yml", text)


def commands(text: str) -> list[str]:
    """What a task's text runs, without the lines that only tell of it, or note an end."""
    parts = text.strip().split(" && ")
    return [one for one in ("".join(_silent(part)) for part in parts) if one]


def _silent(part: str) -> list[str]:
    lines = part.split("\n")
    if part.startswith(": > "):
        return []
    return [one for one in lines if not one.startswith("printf ") and one not in {"{", "}"}]


def runs(task: Task) -> tuple[int, str]:
    """Exit code and output of a task in a run without anybody."""
    with tempfile.TemporaryDirectory() as folder:
        where = places(1, task, folder, folder)
        for path, text in files(task, where, FRESH, headless=True).items():
            Path(path).write_text(text)
        done = subprocess.run(
            ["bash", "--init-file", where.first, "-i"],
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            env={"PATH": "/usr/bin:/bin", "HOME": folder, **task.env},
            check=False,
        )
    return done.returncode, done.stdout


def environment(value: str) -> str:
    """What a shell sees of a variable that the file gives as this YAML."""
    text = f"tasks: [{{init: printenv A, env: {{A: {value}}}}}]"
    return runs(read(text).tasks[0])[1].splitlines()[-1]


ALL = Task(name="a", before="before", init="init", command="command")
SEGMENTS = "tasks: [{before: before, init: init, prebuild: prebuild, command: command}]"
WHERE = places(0, ALL, "/t", "/k")


def inferred(*names: str, **manifest: object) -> tuple[str, str]:
    found = infer(names, json.dumps(manifest) if manifest else "")
    return " && ".join(found.init), " && ".join(found.command)


SCRIPTS = {"prepare": "a", "clean": "b", "build": "c", "watch": "d"}

ROWS: dict[str, Callable[[], bool]] = {
    "X1": lambda: (
        read("ports: [{port: 5555}]").ports == [PortWish(first=5555, last=5555)]
        and choose(wish_of("ports: [{port: 5555}]"), {}).image == "default"
    ),
    "X3": lambda: (
        read("ports: [{port: 5555}, {port: 3000-3999}]").ports
        == [PortWish(first=5555, last=5555), PortWish(first=3000, last=3999)]
    ),
    "X5": lambda: (
        read("image: my-test-org/my-test-image:some-tag").image
        == ImageWish(name="my-test-org/my-test-image:some-tag")
    ),
    "X7": lambda: (
        read("image: {file: Dockerfile, context: docker}").image
        == ImageWish(dockerfile="Dockerfile", context="docker")
    ),
    "X9": lambda: (
        read("image: 42").image is None
        and [one.field for one in read("image: 42").faults] == ["image"]
    ),
    "R1": lambda: outcome([]) == (0, ""),
    "R3": lambda: (
        outcome([(str(one), runs(Task(name="a", init="exit 0"))[0]) for one in (1, 2)])[0] == 0
    ),
    "R5": lambda: environment('{"property": "some string"}') == '{"property":"some string"}',
    "R7": lambda: environment('["Hello","World"]') == '["Hello","World"]',
    "R9": lambda: (
        commands(body(read(SEGMENTS).tasks[0], WHERE, FRESH, headless=True))
        == ["before", "init", "prebuild"]
    ),
    "R11": lambda: commands(body(ALL, WHERE, FRESH)) == ["before", "init", "command"],
    "LL1": lambda: (
        inferred("yarn.lock", "package.json", scripts=SCRIPTS)
        == ("yarn install && yarn run build", "yarn run watch")
        and infer(["package.json"], "").extensions == ["dbaeumer.vscode-eslint"]
    ),
    "LL3": lambda: (
        inferred("pnpm-lock.yaml", "package.json", scripts=SCRIPTS, packageManager="pnpm@9")
        == ("pnpm install && pnpm run build", "pnpm run watch")
    ),
    "LL5": lambda: (
        inferred("build.gradle", "pom.xml")[0] == "gradle build"
        and inferred("build.gradle", "gradlew")[0] == "./gradlew build"
        and infer(["build.gradle"], "").extensions == ["redhat.java", "vscjava.vscode-java-debug"]
        and infer(["build.gradle.kts"], "").extensions == ["fwcd.kotlin"]
    ),
    "LL7": lambda: (
        inferred("go.mod") == ("go get && go build ./... && go test ./...", "go run .")
        and infer(["go.mod"], "").extensions == ["golang.go"]
    ),
    "LL9": lambda: (
        [inferred(one)[0] for one in ("Makefile", "CMakeLists.txt", "packages.config", "Gemfile")]
        == ["make", "cmake .", "nuget install", "bundle install"]
    ),
    "LL11": lambda: (
        choose(wish_of("image: gitpod/workspace-go"), {"full": "d"}).image == "full"
        and choose(wish_of("tasks: []"), {}).image == "default"
    ),
}


@pytest.mark.parametrize("row", ROWS)
def test_as_gitpod(row: str) -> None:
    assert ROWS[row]()
