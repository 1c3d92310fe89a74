"""What a repository without .gitpod.yml seems to need, for `gp init`. Pure.

The rules are those of Gitpod's config inferrer: lock files tell the package manager, build
files the commands. Nothing of it runs unless a person has written it into the file.
"""

import json
from collections.abc import Callable, Collection
from dataclasses import dataclass, field

MANIFEST = "package.json"
_JAVA = ["redhat.java", "vscjava.vscode-java-debug"]


@dataclass(slots=True)
class Found:
    """Commands of one task, and extensions that go with them."""

    init: list[str] = field(default_factory=list)
    command: list[str] = field(default_factory=list)
    extensions: list[str] = field(default_factory=list)


Rule = Callable[[Collection[str], str, Found], None]


def infer(names: Collection[str], manifest: str) -> Found:
    """Return what seems to be needed; `names` are those in the repository's folder.

    `manifest` is the text of package.json, empty when there is none.
    """
    found = Found()
    for rule in _RULES:
        rule(names, manifest, found)
    return found


def _node(names: Collection[str], manifest: str, found: Found) -> None:
    if MANIFEST not in names:
        return
    try:
        said = json.loads(manifest)
    except (ValueError, RecursionError):
        said = {}
    said = said if isinstance(said, dict) else {}
    scripts = said.get("scripts")
    scripts = scripts if isinstance(scripts, dict) else {}
    manager = _manager(names, str(said.get("packageManager", "")))
    found.init.append(f"{manager} install")
    found.init += [f"{manager} run {one}" for one in _first(scripts, "build", "compile", "rebuild")]
    found.command += [f"{manager} run {one}" for one in _first(scripts, "start", "dev", "watch")]
    found.extensions.append("dbaeumer.vscode-eslint")


def _manager(names: Collection[str], said: str) -> str:
    named = said.partition("@")[0]
    if named in {"pnpm", "yarn", "npm"}:
        return named
    if "pnpm-lock.yaml" in names:
        return "pnpm"
    return "yarn" if "yarn.lock" in names else "npm"


def _first(scripts: Collection[str], *wanted: str) -> list[str]:
    return [one for one in wanted if one in scripts][:1]


def _java(names: Collection[str], _manifest: str, found: Found) -> None:
    kotlin = "build.gradle.kts" in names
    if kotlin or "build.gradle" in names:
        found.init.append("./gradlew build" if "gradlew" in names else "gradle build")
        found.extensions += ["fwcd.kotlin"] if kotlin else _JAVA
    elif "pom.xml" in names:
        found.init.append(
            "./mvnw install -DskipTests" if "mvnw" in names else "mvn install -DskipTests"
        )
        found.extensions += _JAVA


def _python(names: Collection[str], _manifest: str, found: Found) -> None:
    before = len(found.init)
    if "requirements.txt" in names:
        found.init.append("pip install -r requirements.txt")
    elif "setup.py" in names or "pyproject.toml" in names:
        found.init.append("pip install .")
    mains = [one for one in ("main.py", "app.py", "runserver.py") if one in names][:1]
    if len(found.init) > before or mains:
        found.extensions.append("ms-python.python")
    found.command += [f"python {one}" for one in mains if not found.command]


def _go(names: Collection[str], _manifest: str, found: Found) -> None:
    if "go.mod" in names:
        found.init += ["go get", "go build ./...", "go test ./..."]
        found.command.append("go run .")
        found.extensions.append("golang.go")


def _rust(names: Collection[str], _manifest: str, found: Found) -> None:
    if "Cargo.toml" in names:
        found.init.append("cargo build")
        found.command.append("cargo run")
        found.extensions.append("rust-lang.rust-analyzer")


def _others(names: Collection[str], _manifest: str, found: Found) -> None:
    """Take the files that tell least, where nothing else has told anything."""
    if found.init:
        return
    for name, command in (
        ("Makefile", "make"),
        ("CMakeLists.txt", "cmake ."),
        ("packages.config", "nuget install"),
        ("Gemfile", "bundle install"),
    ):
        if name in names:
            found.init.append(command)
            return


_RULES: tuple[Rule, ...] = (_node, _java, _python, _go, _rust, _others)
