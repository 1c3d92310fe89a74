"""The fields of devcontainer.json that are read, as a JSON schema, and what becomes of the rest.

Source: the Dev Container specification (containers.dev/implementors/json_reference).
"""

from types import MappingProxyType
from typing import Any, Final

from wire.configschema import NAME

_TEXT: dict[str, Any] = {"type": "string"}
_TEXTS: dict[str, Any] = {"type": "array", "items": _TEXT}
_COMMAND = {"anyOf": [_TEXT, _TEXTS]}
_COMMANDS: dict[str, Any] = {
    "anyOf": [_TEXT, _TEXTS, {"type": "object", "additionalProperties": _COMMAND}]
}
ON_FORWARD: Final = MappingProxyType(
    {
        "notify": "notify",
        "openBrowser": "open-browser",
        "openBrowserOnce": "open-browser",
        "openPreview": "open-preview",
        "silent": "ignore",
        "ignore": "ignore-completely",
    }
)
"""Its word for what happens when something listens → .gitpod.yml's."""

LIFE_CYCLE: Final = (
    "initializeCommand",
    "onCreateCommand",
    "updateContentCommand",
    "postCreateCommand",
    "postStartCommand",
    "postAttachCommand",
)
"""In their order."""

_PORT: dict[str, Any] = {
    "type": "object",
    "properties": {
        "label": _TEXT,
        "protocol": {"type": "string", "enum": ["http", "https", "tcp"]},
        "onAutoForward": {"type": "string", "enum": list(ON_FORWARD)},
        "requireLocalPort": {"type": "boolean"},
        "elevateIfNeeded": {"type": "boolean"},
    },
    "additionalProperties": False,
}

UNFOLLOWED: Final = MappingProxyType(
    {
        "dockerComposeFile": "there is one container; `docker compose up` in a task starts others",
        "service": "there is one container",
        "runServices": "there is one container",
        "mounts": "only /workspace and the home are kept, nothing else is mounted",
        "workspaceMount": "the repository is below /workspace",
        "workspaceFolder": "the repository is below /workspace",
        "runArgs": "containers are started in one way only",
        "privileged": "no container is privileged",
        "capAdd": "containers have the same rights all",
        "securityOpt": "containers have the same rights all",
        "init": "there is an init always",
        "overrideCommand": "the image's own command is never run",
        "shutdownAction": "a workspace stops when nobody uses it",
        "updateRemoteUserUID": "the person is always gitpod, 33333",
        "userEnvProbe": "a login shell's variables are there",
        "hostRequirements": "every workspace has the same size",
        "otherPortsAttributes": "only ports that are named have attributes",
        "waitFor": "the editor opens at once",
        "secrets": "variables are set by `gp env` or in the link",
    }
)
"""Field → what is so instead."""

SCHEMA: Final = MappingProxyType(
    {
        "type": "object",
        "properties": {
            "$schema": _TEXT,
            "name": _TEXT,
            "image": _TEXT,
            "build": {
                "type": "object",
                "properties": {
                    "dockerfile": _TEXT,
                    "context": _TEXT,
                    "args": {"type": "object"},
                    "options": _TEXTS,
                    "target": _TEXT,
                    "cacheFrom": {"anyOf": [_TEXT, _TEXTS]},
                },
                "additionalProperties": False,
                "required": ["dockerfile"],
            },
            "dockerFile": _TEXT,
            "context": _TEXT,
            "features": {"type": "object"},
            "overrideFeatureInstallOrder": _TEXTS,
            "forwardPorts": {
                "type": "array",
                "items": {
                    "anyOf": [
                        {"type": "integer", "minimum": 1, "maximum": 65535},
                        {"type": "string", "pattern": r"^[^:\s]+:\d+$"},
                    ]
                },
            },
            "appPort": {
                "anyOf": [
                    {"type": "integer"},
                    _TEXT,
                    {"type": "array", "items": {"type": ["integer", "string"]}},
                ]
            },
            "portsAttributes": {"type": "object", "additionalProperties": _PORT},
            "containerEnv": {
                "type": "object",
                "propertyNames": {"pattern": NAME},
                "additionalProperties": _TEXT,
            },
            "remoteEnv": {
                "type": "object",
                "propertyNames": {"pattern": NAME},
                "additionalProperties": {"type": ["string", "null"]},
            },
            "remoteUser": _TEXT,
            "containerUser": _TEXT,
            **dict.fromkeys(LIFE_CYCLE, _COMMANDS),
            "customizations": {
                "type": "object",
                "properties": {
                    "vscode": {
                        "type": "object",
                        "properties": {
                            "extensions": _TEXTS,
                            "settings": {"type": "object"},
                        },
                    }
                },
            },
            **{name: {} for name in UNFOLLOWED},
        },
        "additionalProperties": False,
    }
)
"""Draft 7."""
