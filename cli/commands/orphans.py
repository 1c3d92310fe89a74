"""`podium orphans …`: what lies on the node and no row of the database asks for."""

import json
import sys
from argparse import ArgumentParser, Namespace
from datetime import datetime
from typing import Any

from cli.commands.drawing import size
from cli.launcher.internal import ask
from cli.problems import DONE, USAGE, CommandError
from cli.settings import Settings

ABOUT = (
    "List what lies on the nodes and the database does not ask for: files of workspaces, restore "
    "points, snapshots. What it does not know may be somebody's work, of a time after the backup "
    "that the database came from: it stays until you adopt or remove it."
)
_PLACE = "/internal/orphans"
_PATIENCE = 300.0
"""Seconds: bytes of a million files are counted, or removed."""
_KINDS = {"tree": "files", "points": "restore points", "frozen": "a snapshot"}
_FATES = {
    "stranger": "unknown to the database",
    "left": "of a deleted workspace",
    "nobodys": "nobody's",
}
_LOCAL = "local"


def add(command: ArgumentParser) -> None:
    """Add the grammar of the command."""
    command.add_argument("--json", action="store_true", help="print one JSON object")
    actions = command.add_subparsers(dest="action", metavar="ACTION")
    adopt = actions.add_parser("adopt", help="make it a workspace of the owner's again")
    adopt.add_argument("name", metavar="NAME", help="as `podium orphans` spells it")
    adopt.add_argument("url", metavar="URL", help="the repository that it is of")
    adopt.add_argument("--node", default="", help="which node's, where several have it")
    remove = actions.add_parser("remove", help="remove it for good")
    remove.add_argument("kind", choices=tuple(_KINDS), help="what of it")
    remove.add_argument("name", metavar="NAME", help="as `podium orphans` spells it")
    remove.add_argument("--node", default="", help="which node's, where several have it")
    remove.add_argument("--yes", action="store_true", help="do not ask")


def run(settings: Settings, arguments: Namespace) -> int:
    """Run one of the commands; returns the exit code."""
    match arguments.action:
        case "adopt":
            body = {"name": arguments.name, "url": arguments.url, "node": arguments.node}
            made = ask(settings.layout, "POST", f"{_PLACE}/adopt", body, _PATIENCE)
            print(
                f"  {made['workspace']} is a workspace again, stopped; {_points(made['points'])}."
            )
        case "remove":
            if not (arguments.yes or _agreed(arguments)):
                return USAGE
            body = {"kind": arguments.kind, "name": arguments.name, "node": arguments.node}
            gone = ask(settings.layout, "POST", f"{_PLACE}/remove", body, _PATIENCE)
            print(f"  Removed; {size(gone['freed'])} are free.")
        case _:
            found = ask(settings.layout, "GET", _PLACE, timeout=_PATIENCE)
            print(json.dumps(found) if arguments.json else listed(found))
    return DONE


def told(settings: Settings) -> dict[str, Any] | None:
    """Return what the server's last look has found; None when it does not answer."""
    try:
        found: dict[str, Any] = ask(settings.layout, "GET", f"{_PLACE}/told")
    except CommandError:
        return None
    return found


def summary(found: dict[str, Any] | None) -> list[str]:
    """Return a line when there are some."""
    orphans = found.get("orphans", []) if found else []
    if not orphans:
        return []
    together, count = size(sum(one["size"] for one in orphans)), len(orphans)
    some = "one thing that no row asks for" if count == 1 else f"{count} things no row asks for"
    return [f"  on the node: {some}, {together}; `podium orphans` lists them"]


def listed(found: dict[str, Any]) -> str:
    """Return what is to be read of a list."""
    lines = [_line(one) for one in found["orphans"]]
    if not found["answered"]:
        silent = found["silent"]
        alone = silent in ([], [_LOCAL])
        who = "The node" if alone else f"Node{'s' if len(silent) > 1 else ''} {', '.join(silent)}"
        answers = "do not answer" if len(silent) > 1 else "does not answer"
        lines.append(f"  {who} {answers}: this is what was found before, if anything was.")
    return "\n".join(lines) or "  The node has nothing that the database does not ask for."


def _line(one: dict[str, Any]) -> str:
    used = _day(one["touched"]) if one["touched"] else "unknown"
    goes = f", goes on {_day(one['goes'])}" if one["goes"] else ""
    about = f"   {one['about']}" if one["about"] else ""
    where = f" on node {one['node']}" if one["node"] != _LOCAL else ""
    lines = (
        f"  {one['kind']:<7} {one['name']}   {_KINDS[one['kind']]}, {_FATES[one['fate']]}{goes}",
        f"          {size(one['size'])}, last used {used}{about}",
        f"          {one['place']}{where}",
    )
    return "\n".join(lines)


def _day(moment: float) -> str:
    return datetime.fromtimestamp(moment).astimezone().strftime("%Y-%m-%d %H:%M")


def _points(count: int) -> str:
    return f"{count} restore point{'' if count == 1 else 's'} found"


def _agreed(arguments: Namespace) -> bool:
    if not sys.stdin.isatty():
        print("  Nothing was removed: say --yes.", file=sys.stderr)
        return False
    question = f"  Remove {_KINDS[arguments.kind]} of {arguments.name} for good? [y/N] "
    return input(question).strip().lower() in {"y", "yes"}
