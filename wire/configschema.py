"""The JSON schema of .gitpod.yml: every field that Gitpod Classic knew, and Podium's own.

The dashboard publishes it for editors, the supervisor reads files by it. Source: Gitpod's
documentation of the file. Draft 7, because that is what editors of YAML understand. What
Podium does not follow is described as such, so that a file that worked there has no faults.
"""

from types import MappingProxyType
from typing import Any, Final

_LATER = "Read, and not followed by Podium yet."
_NEVER = "Of Gitpod alone; Podium does not use it."


def _text(description: str, pattern: str = "") -> dict[str, Any]:
    made = {"type": "string", "description": description}
    return {**made, "pattern": pattern} if pattern else made


def _bool(description: str) -> dict[str, Any]:
    return {"type": "boolean", "description": description}


def _list(items: dict[str, Any], description: str) -> dict[str, Any]:
    return {"type": "array", "items": items, "description": description}


def _one_of(description: str, *words: str) -> dict[str, Any]:
    return {"type": "string", "enum": list(words), "description": description}


def _object(
    description: str, required: tuple[str, ...] = (), /, **properties: Any
) -> dict[str, Any]:
    made: dict[str, Any] = {
        "type": "object",
        "description": description,
        "properties": properties,
        "additionalProperties": False,
    }
    return {**made, "required": list(required)} if required else made


_BELOW = r"^(?!/)(?!(.*/)?\.\.(/|$)).+$"
"""A path that stays where it begins."""
NAME = r"^[A-Za-z_][A-Za-z0-9_]*$(?!\n)"
"""Name of a variable; for some `$` is before a last line's end as well."""
EXCLUDE = r"^(?![!\s])(?!(.*/)?\.\.(/|$))(?=.*\w)[^\[\]\\]+(?<!\s)$"
"""As `wire.excludes` has it."""
EXTENSION = r"^(https?://\S+|[A-Za-z0-9][\w-]*\.[A-Za-z0-9][\w.-]*(@[\w.+-]+)?(:\S+)?)$"
"""Gitpod's old files have a hash behind a colon."""

_TASK = _object(
    "Commands that run in a terminal of their own when the workspace starts.",
    name=_text("What the terminal is called."),
    before=_text("Runs at every start, before everything else."),
    init=_text("Runs once: after the clone, or in a prebuild. Dependencies, a first build."),
    prebuild={**_text("Belongs to `init` now."), "deprecationMessage": "Use init."},
    command=_text("Runs at every start, when `init` has succeeded. Servers, watchers."),
    env={
        "type": "object",
        "description": "Variables of this task. Texts as they are, all else as JSON.",
        "propertyNames": {"pattern": NAME},
    },
    openIn=_one_of("Where its terminal opens.", "bottom", "main", "left", "right"),
    openMode=_one_of(
        "How its terminal opens beside the one before.",
        *("split-left", "split-right", "tab-before", "tab-after"),
    ),
)
_PORT = _object(
    "A port, or a range of them.",
    ("port",),
    port={
        "description": "A number, or a range such as 3000-3010.",
        "anyOf": [
            {"type": "integer", "minimum": 1, "maximum": 65535},
            {"type": "string", "pattern": r"^\d+([:-]\d+)?$"},
        ],
    },
    onOpen=_one_of(
        "What happens when something listens there.",
        *("open-browser", "open-preview", "notify", "ignore", "ignore-completely"),
    ),
    visibility=_one_of("Who may open it.", "private", "public"),
    name=_text("What it is called."),
    description=_text("What it is for."),
    protocol=_one_of("What is spoken there.", "http", "https"),
)
_PLUGINS = _list({"type": "string"}, "Plugins of the backend.")
_PRODUCT = _object(
    "Of one product.",
    plugins=_PLUGINS,
    prebuilds=_object(
        "Indexes made in a prebuild.",
        version=_one_of("Of which release.", "stable", "latest", "both"),
    ),
    vmoptions=_text("Options of its Java machine."),
)
_PRODUCTS = (
    *("intellij", "goland", "pycharm", "phpstorm", "rubymine"),
    *("webstorm", "rider", "clion", "rustrover"),
)
_PREBUILDS = _object(
    "Rules of GitHub's app.",
    master=_bool("The default branch."),
    branches=_bool("All branches."),
    pullRequests=_bool("Pull requests of this repository."),
    pullRequestsFromForks=_bool("Pull requests of forks."),
    addBadge=_bool("A badge in pull requests."),
    addCheck={
        "anyOf": [{"type": "boolean"}, {"type": "string", "enum": ["prevent-merge-on-error"]}]
    },
    addComment=_bool("A comment in pull requests."),
    addLabel={"anyOf": [{"type": "boolean"}, {"type": "string"}]},
)
SCHEMA: Final = MappingProxyType(
    {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": ".gitpod.yml",
        **_object(
            "How a workspace of this repository is set up.",
            image={
                "description": "What the container is made of.",
                "anyOf": [
                    _text("Name of an image."),
                    _object(
                        "A Dockerfile that is built.",
                        ("file",),
                        file=_text("Path of the Dockerfile.", _BELOW),
                        context=_text("Folder of the build; the Dockerfile's own by default."),
                    ),
                ],
            },
            tasks=_list(_TASK, "What runs when a workspace starts, each in its own terminal."),
            ports=_list(_PORT, "What is known of ports; the first entry for a port counts."),
            checkoutLocation=_text("Folder of the clone below /workspace.", _BELOW),
            workspaceLocation=_text(f"What the editor opens, below /workspace. {_LATER}", _BELOW),
            additionalRepositories=_list(
                _object(
                    "A further repository.",
                    ("url",),
                    url=_text("Its address.", r"^(https?://|ssh://|git@)\S+$"),
                    checkoutLocation=_text("Its folder below /workspace.", _BELOW),
                ),
                "Further repositories, cloned beside this one before the first task.",
            ),
            mainConfiguration=_text(
                f"Address of the repository whose .gitpod.yml counts instead. {_LATER}"
            ),
            gitConfig={
                "type": "object",
                "description": "Settings of git in this repository, set before the first task.",
                "propertyNames": {"pattern": r"^[A-Za-z][\w-]*\.(\S.*\.)?[A-Za-z][\w-]*$"},
                "additionalProperties": {"type": ["string", "number", "boolean"]},
            },
            env={
                "type": "object",
                "description": "Variables of tasks and terminals; a person's own count more.",
                "propertyNames": {"pattern": NAME},
            },
            vscode=_object(
                "For VS Code.",
                extensions=_list(
                    _text("publisher.name, with a version if wanted, or an address.", EXTENSION),
                    "Extensions to be installed.",
                ),
            ),
            jetbrains=_object(
                f"For JetBrains' editors. {_LATER}",
                plugins=_PLUGINS,
                **dict.fromkeys(_PRODUCTS, _PRODUCT),
            ),
            coreDump={
                **_object(
                    _NEVER,
                    enabled=_bool("Whether crashes leave their memory."),
                    softLimit={"type": "number"},
                    hardLimit={"type": "number"},
                ),
                "deprecationMessage": "Core dumps are off.",
            },
            github={
                **_object(
                    _NEVER,
                    prebuilds={"anyOf": [{"type": "boolean"}, _PREBUILDS]},
                ),
                "deprecationMessage": "Prebuilds are no matter of GitHub's app.",
            },
            experimentalNetwork={**_bool(_NEVER), "deprecationMessage": "Has no effect."},
            podium=_object(
                "What Podium alone knows.",
                keepAwake=_list(
                    _text("A command, with * for any text, such as `npm test*`.", r"\S"),
                    "Commands that keep the workspace awake while they run, each for a day.",
                ),
                backupExcludes=_list(
                    _text("A pattern as in .gitignore, such as node_modules.", EXCLUDE),
                    "What restore points leave out of this repository's folder.",
                ),
            ),
        ),
    }
)
