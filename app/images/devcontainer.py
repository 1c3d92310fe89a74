"""What devcontainer.json asks to be built, where there is no .gitpod.yml. Pure.

`build` has a Dockerfile with its context, stage and arguments, all paths relative to the file's
own folder. `features` are installed above that, or above `image`, so they make a build of it as
well. `dockerComposeFile` is not followed.
"""

import json
from typing import Any, TypeGuard

from app.images.wish import LONGEST, Wish, wish_of
from wire.jsonc import plain

ARGUMENT = "argument/"
"""What stands in a wish before the name of a build's argument."""
FEATURE = "feature/"
"""What stands in a wish before the reference of a feature; its value is JSON."""
ABOVE = "above"
"""In a wish for features without a Dockerfile: the image above which they are installed."""
FIRST = "first"
"""In a wish: references of the features that are installed before others, in JSON."""
BESIDE = "beside"
"""In a wish: its paths are relative to the folder of this file."""
DEVCONTAINER = "devcontainer.json"
_JSON = ("{", "//", "/*")
_MOST_ARGUMENTS = 50
_MOST_FEATURES = 30
_LONGEST_OPTIONS = 4096


def asked_for(text: str) -> Wish:
    """Return what a repository's configuration says of the image."""
    is_json = text.removeprefix("\ufeff").lstrip().startswith(_JSON)
    found = _read(text) if is_json else {}
    wish = _build(found) or wish_of(text)
    features = _features(found)
    if not features:
        return wish
    if "file" not in wish:
        wish = {"file": "", ABOVE: wish.get("name", ""), BESIDE: DEVCONTAINER}
    return {**wish, **features}


def _read(text: str) -> dict[str, Any]:
    try:
        found = json.loads(plain(text))
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _features(found: dict[str, Any]) -> Wish:
    named = found.get("features")
    wish: Wish = {}
    for name, options in list(named.items() if isinstance(named, dict) else ()):
        value = json.dumps({"version": options} if isinstance(options, str) else options)
        if _is_text(name) and len(value) <= _LONGEST_OPTIONS:
            wish[f"{FEATURE}{name}"] = value
    wish = dict(list(wish.items())[:_MOST_FEATURES])
    first = found.get("overrideFeatureInstallOrder")
    if wish and isinstance(first, list):
        wish[FIRST] = json.dumps([one for one in first if _is_text(one)][:_MOST_FEATURES])
    return wish


def _build(found: dict[str, Any]) -> Wish:
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
