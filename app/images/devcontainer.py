"""What devcontainer.json asks to be built, where there is no .gitpod.yml. Pure.

`build` has a Dockerfile with its context, stage and arguments, all paths relative to the file's
own folder. `dockerComposeFile` and `features` are not followed.
"""

import json
from typing import Any, TypeGuard

from app.images.wish import LONGEST, Wish, wish_of
from wire.jsonc import plain

ARGUMENT = "argument/"
"""What stands in a wish before the name of a build's argument."""
BESIDE = "beside"
"""In a wish: its paths are relative to the folder of this file."""
DEVCONTAINER = "devcontainer.json"
_JSON = ("{", "//", "/*")
_MOST_ARGUMENTS = 50


def asked_for(text: str) -> Wish:
    """Return what a repository's configuration says of the image."""
    is_json = text.removeprefix("\ufeff").lstrip().startswith(_JSON)
    return (_build(text) if is_json else {}) or wish_of(text)


def _build(text: str) -> Wish:
    try:
        found = json.loads(plain(text))
    except (ValueError, RecursionError):
        return {}
    if not isinstance(found, dict):
        return {}
    build = found.get("build")
    build = build if isinstance(build, dict) else {}
    file = build.get("dockerfile") or found.get("dockerFile")
    if not _is_text(file):
        return {}
    context = build.get("context", found.get("context"))
    wish = {"file": file, "context": context if _is_text(context) else ".", BESIDE: DEVCONTAINER}
    if _is_text(build.get("target")):
        wish["target"] = build["target"]
    arguments = build.get("args")
    for name, value in list(arguments.items() if isinstance(arguments, dict) else ()):
        # ${localEnv:…} speaks of a machine that is not there
        if _is_text(value) and _is_text(name) and "${" not in value:
            wish[f"{ARGUMENT}{name}"] = value
    return dict(list(wish.items())[:_MOST_ARGUMENTS])


def _is_text(value: Any) -> TypeGuard[str]:
    return isinstance(value, str) and 0 < len(value) <= LONGEST and value.isprintable()
