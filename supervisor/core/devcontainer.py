"""Reading devcontainer.json into the plan that .gitpod.yml is read into. Pure.

Its commands become one task: initializeCommand at every start, onCreateCommand and
updateContentCommand once (also in a prebuild), postCreateCommand once, postStartCommand and
postAttachCommand at every start. Whatever is not followed is listed, with what is so instead.
"""

import posixpath
import re
from collections.abc import Mapping
from typing import Any

from jsonschema.exceptions import ValidationError

from supervisor.core.config import Config, Fault, ImageWish, Task
from supervisor.core.devcontainerschema import LIFE_CYCLE, ON_FORWARD, SCHEMA, UNFOLLOWED
from supervisor.core.findings import MOST_FAULTS, Document, examine
from supervisor.core.gitpodfile import LONGEST_NAME, MOST_PORTS
from supervisor.core.jsonc import NoJsonError, read
from supervisor.core.lifecycle import shell_all
from wire.ports import PortWish

FOLDER = ".devcontainer"
PLACES = (f"{FOLDER}/devcontainer.json", ".devcontainer.json")
"""Where it is looked for first; then in the folders of `.devcontainer`."""
USERS = frozenset({"", "gitpod"})
"""Names of the person's own account."""
TASK = "devcontainer"
_HIGHEST = 65535
_VARIABLE = re.compile(r"\$\{(\w+)(?::([^:}]*))?(?::([^}]*))?\}")
_RANGE = re.compile(r"(\d{1,5})(?:-(\d{1,5}))?")


def parse(file: str, text: str, folder: str, environment: Mapping[str, str]) -> Config:
    """Return what the file asks for; `folder` is the repository's, `environment` the person's."""
    try:
        document = read(file, text)
    except NoJsonError as error:
        cause = f"this is no JSON: {error}"
        fault = Fault(line=error.line, field="", cause=cause, file=file)
        return Config(name=file, faults=[fault])
    findings = examine(document, SCHEMA, _cause)
    found = document.value if isinstance(document.value, dict) else {}
    right = {name: value for name, value in found.items() if not findings.inside(name)}
    variables = _Variables(folder, environment)
    vscode = right.get("customizations", {}).get("vscode", {})
    ports, untaken = _ports(document, right)
    return Config(
        name=file,
        image=_image(file, right),
        tasks=_tasks(right, variables),
        ports=ports,
        env={
            name: variables.fill(value or "")
            for part in ("containerEnv", "remoteEnv")
            for name, value in right.get(part, {}).items()
        },
        extensions=[one for one in vscode.get("extensions", []) if not one.startswith("-")],
        settings=vscode.get("settings", {}),
        user=right.get("remoteUser") or right.get("containerUser") or "",
        faults=findings.faults,
        unfollowed=[
            *_unfollowed(document, found),
            *_unbuilt(document, right),
            *untaken,
        ],
    )


def _cause(error: ValidationError) -> str:
    path = [str(one) for one in error.absolute_path]
    match error.validator:
        case "anyOf" if path[:1] == ["forwardPorts"]:
            return "must be a port from 1 to 65535, or host:port"
        case "anyOf" if path and path[0] in LIFE_CYCLE:
            return "must be a text, a list of texts, or a set of them with names"
        case "pattern" if path[:1] in (["containerEnv"], ["remoteEnv"]):
            return "is no name of a variable: letters, digits and _, no digit first"
        case _:
            return ""


def _image(file: str, found: Mapping[str, Any]) -> ImageWish | None:
    """Return the image; paths in the file are from its own folder."""
    own = posixpath.dirname(file)
    build = found.get("build", {})
    dockerfile = build.get("dockerfile") or found.get("dockerFile", "")
    if dockerfile:
        context = build.get("context") or found.get("context") or "."
        return ImageWish(
            dockerfile=posixpath.normpath(posixpath.join(own, dockerfile)),
            context=posixpath.normpath(posixpath.join(own, context)),
        )
    return ImageWish(name=found["image"]) if found.get("image") else None


def _tasks(found: Mapping[str, Any], variables: "_Variables") -> list[Task]:
    initialize, create, update, created, started, attached = (
        (name, variables.fill_all(found.get(name))) for name in LIFE_CYCLE
    )
    task = Task(
        name=TASK,
        before=shell_all([initialize]),
        init=shell_all([create, update]),
        create=shell_all([created]),
        command=shell_all([started, attached]),
        announced=True,
    )
    return [task] if task != Task(name=TASK, announced=True) else []


def _ports(document: Document, found: Mapping[str, Any]) -> tuple[list[PortWish], list[Fault]]:
    """Return the ports, those with attributes first, and what of them is not followed."""
    wishes: dict[tuple[int, int], PortWish] = {}
    untaken: list[Fault] = []
    for number, wished in enumerate(found.get("forwardPorts", [])):
        host, _, port = str(wished).rpartition(":")
        if host in {"", "localhost", "127.0.0.1"} and 1 <= int(port) <= _HIGHEST:
            wishes[int(port), int(port)] = PortWish(first=int(port), last=int(port))
        else:
            why = "is not followed: there is no other container"
            untaken.append(document.fault(("forwardPorts", number), why, warning=True))
    for name, said in found.get("portsAttributes", {}).items():
        match = _RANGE.fullmatch(name)
        first, last = (int(match[1]), int(match[2] or match[1])) if match else (0, 0)
        if not 1 <= first <= last <= _HIGHEST:
            why = "is not followed: ports are named by number, or by a range of them"
            untaken.append(document.fault(("portsAttributes", name), why, warning=True))
            continue
        protocol = said.get("protocol", "")
        wishes[first, last] = PortWish(
            first=first,
            last=last,
            protocol=protocol if protocol in {"http", "https"} else "",
            name=said.get("label", "")[:LONGEST_NAME],
            on_open=ON_FORWARD.get(said.get("onAutoForward", ""), ""),
        )
        untaken += [
            document.fault(("portsAttributes", name, one), f"is not followed: {why}", warning=True)
            for one, why in _NO_LOCAL.items()
            if said.get(one)
        ]
    return list(wishes.values())[:MOST_PORTS], untaken[:MOST_FAULTS]


_NO_LOCAL = {
    "requireLocalPort": "every port has an address of its own, none is one of your machine",
    "elevateIfNeeded": "every port has an address of its own, none is one of your machine",
}


def _unfollowed(document: Document, found: Mapping[str, Any]) -> list[Fault]:
    told = [
        ((name,), f"is not followed: {why}") for name, why in UNFOLLOWED.items() if name in found
    ]
    told += [
        ((name,), f"is not followed: commands run as gitpod, not as {found[name]}")
        for name in ("remoteUser", "containerUser")
        if isinstance(found.get(name), str) and found[name] not in USERS
    ]
    if "initializeCommand" in found:
        why = "runs inside the workspace: there is no machine of yours around it"
        told.append((("initializeCommand",), why))
    if "appPort" in found:
        told.append((("appPort",), "is not followed: every port that listens has an address"))
    return [document.fault(path, why, warning=True) for path, why in told]


def _unbuilt(document: Document, found: Mapping[str, Any]) -> list[Fault]:
    """Return what of the image is not followed; app/images reads it before there is a clone."""
    if document.file not in PLACES:
        why = f"is not followed: an image is that of {PLACES[0]} or {PLACES[1]}"
        named = [one for one in ("image", "build", "dockerFile") if one in found]
        return [document.fault((one,), why, warning=True) for one in named]
    build = found.get("build", {})
    told: list[tuple[tuple[str, ...], str]] = [
        (("build", one), "is not followed: a build has no other options than its own")
        for one in ("options", "cacheFrom")
        if one in build
    ]
    told += [
        (("build", "args", name), "is not followed: there is no machine of yours around it")
        for name, value in build.get("args", {}).items()
        if "${" in str(value)
    ]
    return [document.fault(path, why, warning=True) for path, why in told[:MOST_FAULTS]]


class _Variables:
    """`${localEnv:NAME:default}` and its like; what is not known stays as it is written."""

    def __init__(self, folder: str, environment: Mapping[str, str]) -> None:
        self._environment = environment
        name = posixpath.basename(folder)
        self._known = {
            "localWorkspaceFolder": folder,
            "containerWorkspaceFolder": folder,
            "localWorkspaceFolderBasename": name,
            "containerWorkspaceFolderBasename": name,
            "devcontainerId": environment.get("GITPOD_WORKSPACE_ID", ""),
        }

    def fill(self, text: str) -> str:
        """Return the text with what its variables stand for."""
        return _VARIABLE.sub(self._one, text).replace("\0", "")

    def fill_all(self, command: Any) -> Any:
        """Return a command of the life cycle with what its variables stand for."""
        match command:
            case str():
                return self.fill(command)
            case list():
                return [self.fill(one) for one in command]
            case dict():
                return {name: self.fill_all(one) for name, one in command.items()}
            case _:
                return command

    def _one(self, found: re.Match[str]) -> str:
        kind, name, default = found[1], found[2], found[3]
        if kind in self._known and name is None:
            return self._known[kind]
        if kind in {"localEnv", "containerEnv"} and name:
            return self._environment.get(name) or default or ""
        return found[0]
