"""Reading .gitpod.yml: everything wrong in one answer, what is right is kept. Pure.

A task with a fault is left out as a whole: half a task does what nobody meant.
"""

import json
import posixpath
from typing import Any

import yaml
from jsonschema.exceptions import ValidationError

from supervisor.core.config import Config, Fault, ImageWish, Repository, Task
from supervisor.core.findings import Document, Findings, examine
from wire.configschema import SCHEMA
from wire.excludes import is_exclude
from wire.ports import PortWish

MOST_TASKS = 50
MOST_PORTS = 100
MOST_VALUES = 200
"""Variables, extensions and the like that are taken of each."""
LONGEST_NAME = 200
"""Characters of what a task or a port is called."""
_HIGHEST_PORT = 65535

_UNFOLLOWED = {
    "checkoutLocation": "it counts for new workspaces, as the clone had it, once they are trusted,"
    " and only of letters, digits and . _ ~ + @ -",
    "workspaceLocation": "the repository's folder is opened for now",
    "mainConfiguration": "this repository's own file counts for now",
    "jetbrains": "there are no JetBrains editors",
    "coreDump": "core dumps are off",
    "github": "prebuilds are no matter of GitHub's app here",
    "experimentalNetwork": "it has no meaning here",
}
"""Field → what is so instead."""


def parse(name: str, text: str) -> Config:
    """Return what the file asks for; a file that is no YAML asks for nothing."""
    try:
        document = _read(name, text)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark is not None else 1
        return _no_yaml(name, line, f"{error.problem or error.context}")
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        return _no_yaml(name, 1, str(error).splitlines()[0])
    findings = examine(document, SCHEMA, _cause)
    said = _Said(document, findings)
    ports, misplaced = _ports(document, findings)
    return Config(
        name=name,
        image=_image(said.take("image")),
        tasks=_tasks(said.entries("tasks", dict, MOST_TASKS)),
        ports=ports,
        env=said.names("env"),
        extensions=[one for _, one in said.entries("vscode", str, MOST_VALUES, "extensions")],
        git_config=said.names("gitConfig"),
        checkout_location=said.text("checkoutLocation"),
        workspace_location=said.text("workspaceLocation"),
        repositories=[
            Repository(url=one["url"], location=one.get("checkoutLocation", ""))
            for _, one in said.entries("additionalRepositories", dict, MOST_VALUES)
        ],
        main_configuration=said.text("mainConfiguration"),
        keep_awake=[one for _, one in said.entries("podium", str, MOST_VALUES, "keepAwake")],
        backup_excludes=[
            one
            for _, one in said.entries("podium", str, MOST_VALUES, "backupExcludes")
            if is_exclude(one)
        ],
        faults=findings.faults + misplaced,
        unfollowed=[
            document.fault((field,), f"is not followed: {why}", warning=True)
            for field, why in _UNFOLLOWED.items()
            if isinstance(document.value, dict) and field in document.value
        ],
    )


def _read(name: str, text: str) -> Document:
    loader = yaml.SafeLoader(text)
    node = loader.get_single_node()
    value = loader.construct_document(node) if node is not None else {}
    return Document(name, {} if value is None else value, node)


def _no_yaml(name: str, line: int, why: str) -> Config:
    cause = f"this is no YAML: {why}"
    return Config(name=name, faults=[Fault(line=line, field="", cause=cause, file=name)])


def _cause(error: ValidationError) -> str:
    """Say what is wrong where the schema's own words would not help."""
    path = [str(one) for one in error.absolute_path]
    match error.validator:
        case "anyOf" if path[-1:] == ["port"]:
            return "must be a port from 1 to 65535, or a range such as 3000-3010"
        case "anyOf" if path == ["image"]:
            return "must be the name of an image, or file: with a Dockerfile"
        case "pattern":
            return _CAUSES.get(path[-1] if path and not path[-1].isdecimal() else path[-2], "") or (
                _CAUSES.get(path[0], "") if path else ""
            )
        case _:
            return ""


_CAUSES = {
    "env": "is no name of a variable: letters, digits and _, no digit first",
    "gitConfig": "is no setting of git, such as core.autocrlf",
    "extensions": "must be publisher.name, publisher.name@version, or an address",
    "url": "must be an address that begins with https://, ssh:// or git@",
    "checkoutLocation": "must be a path below /workspace, without .. in it",
    "workspaceLocation": "must be a path below /workspace, without .. in it",
    "file": "must be a path below the repository, without .. in it",
    "keepAwake": "must be a command",
    "backupExcludes": "must be a pattern that names something, without !, [], a backslash and ..",
}


class _Said:
    """What a document says of a field, as far as nothing is wrong with it."""

    def __init__(self, document: Document, findings: Findings) -> None:
        self._value = document.value if isinstance(document.value, dict) else {}
        self._findings = findings

    def take(self, *path: str) -> Any:
        """Return the value at a path, None where there is none or anything in it is wrong."""
        if self._findings.inside(*path):
            return None
        value: Any = self._value
        for one in path:
            value = value.get(one) if isinstance(value, dict) else None
        return value

    def text(self, field: str) -> str:
        """Return a text."""
        return self.take(field) or ""

    def names(self, field: str) -> dict[str, str]:
        """Return names and values that nothing is wrong with."""
        value = self._value.get(field)
        if not isinstance(value, dict):
            return {}
        wrong = self._findings.entries(field)
        right = [(name, one) for name, one in value.items() if name not in wrong]
        return {str(name): text_of(one) for name, one in right[:MOST_VALUES]}

    def entries(self, field: str, kind: type, most: int, *below: str) -> list[tuple[int, Any]]:
        """Return number and entry of those in a list that nothing is wrong with."""
        value = self._value.get(field)
        for one in below:
            value = value.get(one) if isinstance(value, dict) else None
        if not isinstance(value, list):
            return []
        return [
            (number, one)
            for number, one in enumerate(value[:most])
            if isinstance(one, kind) and not self._findings.inside(field, *below, number)
        ]


def _image(value: Any) -> ImageWish | None:
    match value:
        case str(name) if name:
            return ImageWish(name=name)
        case {"file": str(file)}:
            context = value.get("context") or posixpath.dirname(file) or "."
            return ImageWish(dockerfile=file, context=context)
        case _:
            return None


def _tasks(entries: list[tuple[int, Any]]) -> list[Task]:
    return [
        Task(
            name=(one.get("name") or f"Task {number + 1}")[:LONGEST_NAME],
            before=one.get("before") or "",
            init=_init(one.get("init") or "", one.get("prebuild") or ""),
            command=one.get("command") or "",
            env={str(name): text_of(value) for name, value in (one.get("env") or {}).items()},
            open_in=one.get("openIn") or "",
            open_mode=one.get("openMode") or "",
        )
        for number, one in entries
    ]


def _init(init: str, prebuild: str) -> str:
    """Return both as one, the second only after the first has succeeded."""
    if init.strip() and prebuild.strip():
        return f"{{\n{init.rstrip()}\n}} && {{\n{prebuild.rstrip()}\n}}"
    return init or prebuild


def _ports(document: Document, findings: Findings) -> tuple[list[PortWish], list[Fault]]:
    """Return the wishes, and a fault for each range that is none."""
    wishes, faults = [], []
    for number, one in _Said(document, findings).entries("ports", dict, MOST_PORTS):
        wish = _port(one)
        if 1 <= wish.first <= wish.last <= _HIGHEST_PORT:
            wishes.append(wish)
        else:
            cause = "is no range: from a port to a higher one, both from 1 to 65535"
            faults.append(document.fault(("ports", number, "port"), cause))
    return wishes, faults


def _port(found: dict[str, Any]) -> PortWish:
    first, _dash, last = str(found["port"]).replace(":", "-").partition("-")
    return PortWish(
        first=int(first),
        last=int(last or first),
        public=found.get("visibility") == "public",
        protocol=found.get("protocol") or "",
        name=(found.get("name") or "")[:LONGEST_NAME],
        description=(found.get("description") or "")[:LONGEST_NAME],
        on_open=found.get("onOpen") or "",
    )


def text_of(value: Any) -> str:
    """Return a variable's text: texts as they are, all else as JSON; no text ends in the middle."""
    text = (
        value if isinstance(value, str) else json.dumps(value, default=str, separators=(",", ":"))
    )
    return text.replace("\0", "")
