"""JSON with comments and trailing commas, as devcontainer.json is written. Pure.

What JSON does not know is blanked out with spaces, so that every line and column stays where
it was: the value is read by json, the places by YAML, of which JSON is a part.
"""

import json
import re
from typing import Any

import yaml

from supervisor.core.findings import Document
from wire.jsonc import plain

_LONE = re.compile("[\ud800-\udfff]")


class NoJsonError(ValueError):
    """The text cannot be read; `line` is where."""

    def __init__(self, line: int, cause: str) -> None:
        super().__init__(cause)
        self.line = line


def read(file: str, text: str) -> Document:
    """Return the document; raises NoJsonError."""
    clean = plain(text)
    try:
        value = json.loads(clean)
    except json.JSONDecodeError as error:
        raise NoJsonError(error.lineno, error.msg) from error
    except RecursionError as error:
        raise NoJsonError(1, "it is too deep") from error
    if _LONE.search(json.dumps(value, ensure_ascii=False)):
        raise NoJsonError(1, "a text has half a character")
    return Document(file, value, _places(clean))


def _places(clean: str) -> Any:
    try:
        # tabs may not stand between tokens in YAML; inside texts JSON has none
        return yaml.compose(clean.replace("\t", " "), Loader=yaml.SafeLoader)
    except (yaml.YAMLError, RecursionError):  # then everything is on the first line
        return None
