"""`podium image …`: the builds of images that your workspaces wait for."""

import json
import re
from argparse import ArgumentParser, Namespace
from datetime import datetime
from time import sleep
from typing import Any

from cli.commands import images
from cli.commands.client import Client
from cli.problems import DONE, FAILED, USAGE, CommandError

BUILDS = "/api/v1/image-builds"
_LIVE = frozenset({"queued", "running"})
_CONTROL = re.compile(
    r"\x1b\[(?![0-9;]*m)[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)"
    r"|\x1b(?!\[[0-9;]*m).?|[\x00-\x08\x0b-\x1a\x1c-\x1f\x7f-\x9f]"
)
_PERIOD = 1.0
"""Seconds between two looks at a log that grows."""


def add(command: ArgumentParser) -> None:
    """Add the grammar of the command."""
    actions = command.add_subparsers(dest="action", required=True, metavar="ACTION")
    listing = actions.add_parser("list", help="list the newest builds")
    show = actions.add_parser("show", help="show one")
    log = actions.add_parser("log", help="print its log")
    cancel = actions.add_parser("cancel", help="cancel it: what waits opens on the default image")
    for one in (show, log, cancel):
        one.add_argument("id", metavar="ID", help="its id, or the beginning of it")
    log.add_argument("--follow", action="store_true", help="go on until it ends, and fail with it")
    for one in (listing, show, cancel):
        one.add_argument("--json", action="store_true", help="print one JSON object")
    images.add(actions.add_parser("export", help=images.ABOUT, description=images.ABOUT))


def run(client: Client, arguments: Namespace) -> int:
    """Run one of the commands; returns the exit code."""
    if arguments.action == "list":
        found = client.get(BUILDS)
        drawn = "\n".join(_line(one) for one in found["builds"]) or "  No image has been built."
        print(json.dumps(found) if arguments.json else drawn)
        return DONE
    path = f"{BUILDS}/{_meant(client, arguments.id)}"
    if arguments.action == "log":
        return _log(client, path, follow=arguments.follow)
    told = client.post(f"{path}/cancel") if arguments.action == "cancel" else client.get(path)
    print(json.dumps(told) if arguments.json else _described(told))
    return DONE


def _meant(client: Client, wished: str) -> str:
    names = [str(one["id"]) for one in client.get(BUILDS)["builds"]]
    found = [one for one in names if wished and one.startswith(wished)]
    if len(found) != 1:
        raise CommandError(
            "This is the beginning of several builds" if found else "There is no such build",
            cure="See `podium image list`.",
            code=USAGE,
        )
    return found[0]


def _log(client: Client, path: str, *, follow: bool) -> int:
    """Print what there is, or everything until the end; a build that failed is a failure."""
    read, held = 0, b""
    while True:
        state = client.get(path)["state"]
        piece = client.content(f"{path}/log?offset={read}")
        read += len(piece)
        *lines, held = (held + piece).split(b"\n")
        over = not follow or (state not in _LIVE and not piece)
        for line in [*lines, held] if over and held else lines:
            print(plain(line.decode(errors="replace")), flush=True)
        if over:
            return FAILED if follow and state != "done" else DONE
        if state in _LIVE:
            sleep(_PERIOD)


def plain(line: str) -> str:
    """Return a line with its colours, and without all else that a terminal would obey."""
    return _CONTROL.sub("", line.rstrip("\r").rpartition("\r")[2])


def _line(build: dict[str, Any]) -> str:
    began = datetime.fromtimestamp(build["created"]).astimezone().strftime("%Y-%m-%d %H:%M")
    state = f"{build['place']}. in queue" if build["place"] else build["state"]
    made_of = build["dockerfile"] or "features"
    return f"  {build['id']:<32} {state:<12} {began}  {made_of}  {build['repository']}"


def _described(build: dict[str, Any]) -> str:
    lines = [_line(build), f"  for {', '.join(build['workspaces'])}"]
    problem = build["problem"]
    if problem:
        lines += [f"  {problem[name]}" for name in ("title", "detail", "cure") if problem[name]]
    return "\n".join(lines)
