"""`gp env`: the person's own variables, as far as they are for this repository.

The server keeps them sealed. They come into terminals and tasks that begin after a change; a
shell that runs takes them with `eval $(gp env -e)`.
"""

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from shlex import quote

from supervisor.cli.client import Client, NotServed


def env(found: argparse.Namespace, client: Client, _environment: Mapping[str, str]) -> int:
    """Show, set or unset."""
    if not found.words:
        return _show(found, client)
    if found.scope == "user":
        raise NotServed(
            "only you can change what counts in all repositories: PUT /api/v1/variables with "
            "the pattern */**, not a program in one of them"
        )
    if found.unset:
        client.ask("POST", "/v1/variables/unset", {"names": list(found.words)})
        return 0
    client.ask("PUT", "/v1/variables", {"variables": pairs(found.words)})
    return 0


def pairs(words: Sequence[str]) -> dict[str, str]:
    """Return name → value of NAME=value words; raises NotServed, in Gitpod's words."""
    return dict(_pair(one) for one in words)


def _pair(word: str) -> tuple[str, str]:
    if not word:
        raise NotServed("empty string (correct format is key=value)")
    name, equals, value = word.partition("=")
    if not equals:
        raise NotServed(f"{word} has no equal character (correct format is {word}=some_value)")
    name = name.strip()
    if not name:
        raise NotServed("variable must have a name")
    value = value.strip().strip('"').replace("\\ ", " ")
    if not value:
        raise NotServed("variable must have a value; use -u to unset a variable")
    return name, value


def _show(found: argparse.Namespace, client: Client) -> int:
    told: dict[str, str] = client.get("/v1/variables")["variables"]
    if found.json:
        sys.stdout.write(json.dumps(told, indent=2) + "\n")
        return 0
    for name, value in sorted(told.items()):
        # quoted for the shell: a value must be able to do nothing there
        line = f"export {name}={quote(value)}" if found.export else f"{name}={value}"
        sys.stdout.write(f"{line}\n")
    return 0
