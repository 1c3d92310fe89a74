"""The JSON schema of .gitpod.yml: every field Gitpod Classic knew.

Source: Gitpod's documentation of the file. Fields that are only checked today stand here as
well, so that a file that worked there has no faults here.
"""

from types import MappingProxyType
from typing import Any

_TEXT = {"type": "string"}
_BOOL = {"type": "boolean"}
_TEXTS = {"type": "array", "items": _TEXT}


def _object(required: tuple[str, ...] = (), **properties: Any) -> dict[str, Any]:
    made: dict[str, Any] = {
        "type": "object",
        "properties": properties,
        "additionalProperties": False,
    }
    return {**made, "required": list(required)} if required else made


def _one_of(*words: str) -> dict[str, Any]:
    return {"type": "string", "enum": list(words)}


_TASK = _object(
    name=_TEXT,
    before=_TEXT,
    init=_TEXT,
    prebuild=_TEXT,
    command=_TEXT,
    env={"type": "object"},
    openIn=_one_of("bottom", "main", "left", "right"),
    openMode=_one_of("split-left", "split-right", "tab-before", "tab-after"),
)
_PORT = _object(
    ("port",),
    port={
        "anyOf": [
            {"type": "integer", "minimum": 1, "maximum": 65535},
            {"type": "string", "pattern": r"^\d+[:-]\d+$"},
        ]
    },
    onOpen=_one_of("open-browser", "open-preview", "notify", "ignore", "ignore-completely"),
    visibility=_one_of("private", "public"),
    name=_TEXT,
    description=_TEXT,
    protocol=_one_of("http", "https"),
)
_JETBRAINS = {
    "type": "object",
    "properties": {"plugins": _TEXTS},
}
SCHEMA = MappingProxyType(
    {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": ".gitpod.yml",
        **_object(
            image={"anyOf": [_TEXT, _object(("file",), file=_TEXT, context=_TEXT)]},
            tasks={"type": "array", "items": _TASK},
            ports={"type": "array", "items": _PORT},
            checkoutLocation=_TEXT,
            workspaceLocation=_TEXT,
            additionalRepositories={
                "type": "array",
                "items": _object(("url",), url=_TEXT, checkoutLocation=_TEXT),
            },
            mainConfiguration=_TEXT,
            gitConfig={"type": "object"},
            env={"type": "object"},
            vscode=_object(extensions=_TEXTS),
            jetbrains=_JETBRAINS,
            coreDump={"type": "object"},
            github=_object(prebuilds={"type": ["boolean", "object"]}),
            experimentalNetwork=_BOOL,
        ),
    }
)
"""Draft 2020-12."""
