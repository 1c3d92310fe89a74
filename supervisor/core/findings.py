"""What a schema says against a document, in words for people, with line and field. Pure.

Only the reader's own process imports this: YAML and the schema take 0.1 s to load.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

import yaml
from jsonschema import Draft7Validator
from jsonschema.exceptions import ValidationError

from supervisor.core.config import Fault

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
_LONGEST = 300
"""Characters of a field, and of a cause: names in a file may be of any length."""
_ALIKE = 0.6
"""How alike two names are that may be the same one, misspelled."""

Path = tuple[Any, ...]
Cause = Callable[[ValidationError], str]
"""Says what is wrong in a field's own words; an empty text leaves it to the schema's."""


@dataclass(frozen=True, slots=True)
class Document:
    """A document with its places: `value` is what it says, `node` where that stands."""

    file: str
    value: Any
    node: Any

    def fault(self, path: Path, cause: str, *, warning: bool = False) -> Fault:
        """Return a fault of what stands at a path."""
        return Fault(
            line=line_of(self.node, path),
            field=field_of(path)[:_LONGEST],
            cause=cause[:_LONGEST],
            warning=warning,
            file=self.file,
        )


@dataclass(frozen=True, slots=True)
class Findings:
    """Everything that a schema says against a document."""

    faults: list[Fault]
    wrong: list[Path]
    """Paths at which more is wrong than a name that is not known."""

    def entries(self, field: str) -> set[Any]:
        """Return names below a field with which something is wrong."""
        return {path[1] for path in self.wrong if path[:1] == (field,) and len(path) > 1}

    def inside(self, *path: Any) -> bool:
        """Tell whether anything is wrong with what stands at a path, or in it."""
        return any(one[: len(path)] == path for one in self.wrong)


def examine(document: Document, schema: Mapping[str, Any], cause: Cause) -> Findings:
    """Return every finding in the order of the file, so many as are told."""
    errors = [
        (tuple(error.absolute_path), error)
        for error in Draft7Validator(dict(schema)).iter_errors(document.value)
    ]
    faults = [one for path, error in errors for one in _faults(document, path, error, cause)]
    faults += [
        document.fault(path, "is written twice; the later one counts", warning=True)
        for path in _twice(document.node)
    ]
    wrong = [
        (*path, error.instance) if _of_a_name(error) else path
        for path, error in errors
        if error.validator != "additionalProperties"
    ]
    return Findings(sorted(faults, key=lambda one: one.line)[:MOST_FAULTS], wrong)


def _faults(document: Document, path: Path, error: ValidationError, cause: Cause) -> list[Fault]:
    schema: Any = error.schema
    instance: Any = error.instance
    if error.validator == "additionalProperties" and schema["additionalProperties"] is False:
        return [
            document.fault((*path, name), f"is not known{_meant(name, schema)}", warning=True)
            for name in instance
            if name not in schema["properties"]
        ]
    if _of_a_name(error):
        return [document.fault((*path, instance), cause(error) or "is no name that fits here")]
    return [document.fault(path, cause(error) or _cause(error))]


def _of_a_name(error: ValidationError) -> bool:
    return "propertyNames" in error.schema_path


def _meant(name: Any, schema: Mapping[str, Any]) -> str:
    """Return the question for the name that was meant, if one is alike."""
    known = {one.lower(): one for one in schema["properties"]}
    found = get_close_matches(str(name).lower().replace("_", ""), known, 1, _ALIKE)
    return f": did you mean {known[found[0]]}?" if found else ""


def _cause(error: ValidationError) -> str:
    wanted: Any = error.validator_value
    match error.validator:
        case "type":
            names = [wanted] if isinstance(wanted, str) else wanted
            return f"is {kind_of(error.instance)} and must be {' or '.join(map(_type, names))}"
        case "enum":
            return f"must be one of {', '.join(wanted)}"
        case "required":
            instance: Any = error.instance
            missing = [one for one in wanted if one not in instance]
            return f"{', '.join(missing)} is missing"
        case _:
            return str(error.message).splitlines()[0][:200]


def _type(name: str) -> str:
    return _TYPES.get(name, name)


def kind_of(value: Any) -> str:
    """Return what a value is, in words."""
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


def field_of(path: Iterable[Any]) -> str:
    """Return a path as people write it, tasks[0].command."""
    text = ""
    for one in path:
        text += f"[{one}]" if isinstance(one, int) else f".{one}" if text else str(one)
    return text


def line_of(node: Any, path: Path) -> int:
    """Return the line on which the thing at a path stands, or the nearest above it."""
    line = node.start_mark.line + 1 if node is not None else 1
    for one in path:
        if isinstance(node, yaml.MappingNode):
            # the last of several is the one that counts
            pairs = [(key, value) for key, value in node.value if key.value == str(one)]
            if not pairs:
                break
            line, node = pairs[-1][0].start_mark.line + 1, pairs[-1][1]
        elif isinstance(node, yaml.SequenceNode) and isinstance(one, int) and one < len(node.value):
            node = node.value[one]
            line = node.start_mark.line + 1
        else:
            break
    return line


def _twice(node: Any) -> list[Path]:
    """Return paths of names that a mapping has more than once, at the top and one list below."""
    found: list[Path] = []
    if not isinstance(node, yaml.MappingNode):
        return found
    found += [(name,) for name in _repeated(node)]
    for key, value in node.value:
        for number, entry in enumerate(value.value if isinstance(value, yaml.SequenceNode) else ()):
            if isinstance(entry, yaml.MappingNode):
                found += [(key.value, number, name) for name in _repeated(entry)]
    return found


def _repeated(node: yaml.MappingNode) -> list[str]:
    names = [str(key.value) for key, _ in node.value if isinstance(key, yaml.ScalarNode)]
    return sorted({one for one in names if names.count(one) > 1 and one != "<<"})
