"""Reading .gitpod.yml: everything wrong in one answer, what is right is kept. Pure.

A task with a fault is left out as a whole: half a task does what nobody meant.
Only the reader's own process imports this: YAML and the schema take 0.1 s to load.
"""

import json
from collections.abc import Iterable
from typing import Any

import yaml
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from supervisor.core.config import Config, Fault, Task
from supervisor.core.schema import SCHEMA
from wire.ports import PortWish

_TYPES = {
    "string": "a text",
    "array": "a list",
    "object": "a set of names and values",
    "boolean": "true or false",
    "integer": "a whole number",
    "number": "a number",
    "null": "nothing",
}
MOST_FAULTS = 20
"""Faults that are told; a file that is something else altogether has many."""
MOST_TASKS = 50
MOST_PORTS = 100
_HIGHEST_PORT = 65535

Path = tuple[Any, ...]


def parse(name: str, text: str) -> Config:
    """Return what the file asks for; a file that is no YAML asks for nothing."""
    try:
        loader = yaml.SafeLoader(text)
        node = loader.get_single_node()
        document = loader.construct_document(node) if node is not None else {}
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark is not None else 1
        cause = f"this is no YAML: {error.problem or error.context}"
        return Config(name=name, faults=[Fault(line=line, field="", cause=cause)])
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        cause = f"this is no YAML: {str(error).splitlines()[0]}"
        return Config(name=name, faults=[Fault(line=1, field="", cause=cause)])
    document = {} if document is None else document
    found = [
        (tuple(error.absolute_path), error)
        for error in Draft202012Validator(dict(SCHEMA)).iter_errors(document)
    ]
    faults = [one for path, error in found for one in _faults(node, path, error)]
    return Config(
        name=name,
        tasks=_tasks(document, _faulty(found, "tasks")),
        ports=_ports(document, _faulty(found, "ports")),
        faults=faults[:MOST_FAULTS],
    )


def _faulty(found: Iterable[tuple[Path, ValidationError]], listed: str) -> set[Any]:
    """Return the numbers of entries in which more is wrong than a name that is not known."""
    return {
        path[1]
        for path, error in found
        if path[:1] == (listed,) and len(path) > 1 and error.validator != "additionalProperties"
    }


def _faults(node: Any, path: Path, error: ValidationError) -> list[Fault]:
    if error.validator == "additionalProperties":
        schema: Any = error.schema
        return [
            Fault(
                line=_line(node, (*path, name)),
                field=_spell((*path, name)),
                cause="is not known",
                warning=True,
            )
            for name in _of(error)
            if name not in schema["properties"]
        ]
    return [Fault(line=_line(node, path), field=_spell(path), cause=_cause(error))]


def _cause(error: ValidationError) -> str:
    wanted: Any = error.validator_value
    match error.validator:
        case "type":
            names = [wanted] if isinstance(wanted, str) else wanted
            return f"is {_kind(error.instance)} and must be {' or '.join(map(_type, names))}"
        case "enum":
            return f"must be one of {', '.join(wanted)}"
        case "required":
            missing = [one for one in wanted if one not in _of(error)]
            return f"{', '.join(missing)} is missing"
        case "anyOf" if "port" in map(str, error.absolute_path):
            return "must be a port from 1 to 65535, or a range such as 3000-3010"
        case "anyOf":
            return "must be the name of an image, or file: with a Dockerfile"
        case _:
            return str(error.message).splitlines()[0][:200]


def _of(error: ValidationError) -> Any:
    return error.instance


def _type(name: str) -> str:
    return _TYPES.get(name, name)


def _kind(value: Any) -> str:
    for kind, name in (
        (bool, "boolean"),
        (str, "string"),
        (dict, "object"),
        (list, "array"),
        ((int, float), "number"),
    ):
        if isinstance(value, kind):
            return _TYPES[name]
    return "nothing" if value is None else "something else"


def _spell(path: Path) -> str:
    text = ""
    for one in path:
        text += f"[{one}]" if isinstance(one, int) else f".{one}" if text else str(one)
    return text


def _line(node: Any, path: Path) -> int:
    """Return the line on which the thing at a path stands, or the nearest above it."""
    line = node.start_mark.line + 1 if node is not None else 1
    for one in path:
        if isinstance(node, yaml.MappingNode):
            found = next(((key, value) for key, value in node.value if key.value == str(one)), None)
            if found is None:
                break
            line, node = found[0].start_mark.line + 1, found[1]
        elif isinstance(node, yaml.SequenceNode) and isinstance(one, int) and one < len(node.value):
            node = node.value[one]
            line = node.start_mark.line + 1
        else:
            break
    return line


def _tasks(document: Any, faulty: set[Any]) -> list[Task]:
    listed = document.get("tasks") if isinstance(document, dict) else None
    if not isinstance(listed, list):
        return []
    return [
        Task(
            name=one.get("name") or f"Task {number + 1}",
            before=one.get("before") or "",
            init="\n".join(text for text in (one.get("init"), one.get("prebuild")) if text),
            command=one.get("command") or "",
            env={str(name): _value(value) for name, value in (one.get("env") or {}).items()},
            open_in=one.get("openIn") or "",
            open_mode=one.get("openMode") or "",
        )
        for number, one in enumerate(listed[:MOST_TASKS])
        if number not in faulty and isinstance(one, dict)
    ]


def _ports(document: Any, faulty: set[Any]) -> list[PortWish]:
    listed = document.get("ports") if isinstance(document, dict) else None
    if not isinstance(listed, list):
        return []
    made = [
        _port(one)
        for number, one in enumerate(listed[:MOST_PORTS])
        if number not in faulty and isinstance(one, dict)
    ]
    return [one for one in made if 1 <= one.first <= one.last <= _HIGHEST_PORT]


def _port(found: dict[str, Any]) -> PortWish:
    first, _dash, last = str(found["port"]).replace(":", "-").partition("-")
    return PortWish(
        first=int(first),
        last=int(last or first),
        public=found.get("visibility") == "public",
        protocol=found.get("protocol") or "",
        name=found.get("name") or "",
        description=found.get("description") or "",
    )


def _value(value: Any) -> str:
    """Return a variable's text: texts as they are, all else as JSON."""
    return value if isinstance(value, str) else json.dumps(value, default=str)
