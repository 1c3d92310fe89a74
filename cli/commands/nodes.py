"""`podium node …`: the nodes of this installation; for root on the server's machine."""

import json
from argparse import ArgumentParser, Namespace
from typing import Any
from urllib.parse import quote

from cli.commands.drawing import ago
from cli.launcher.internal import ask
from cli.problems import DONE
from cli.settings import Settings

ABOUT = "list the nodes that workspaces can be on, have one emptied, or take it back"
_PATH = "/internal/nodes"


def add(parser: ArgumentParser) -> None:
    """Add the actions to the grammar."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    shown = actions.add_parser("list", help="list them")
    shown.add_argument("--json", action="store_true", help="print one JSON object")
    for name, text in (
        ("drain", "have one emptied: what runs there stops, what has stopped moves to others"),
        ("take-back", "let starts begin there again"),
    ):
        one = actions.add_parser(name, help=text, description=text)
        one.add_argument("name", metavar="NAME", help="as the list has it")
        one.add_argument("--json", action="store_true", help="print one JSON object")


def run(settings: Settings, arguments: Namespace) -> int:
    """Run one of them."""
    if arguments.action == "list":
        told = ask(settings.layout, "GET", _PATH)
    else:
        path = f"{_PATH}/{quote(arguments.name, safe='')}/{arguments.action}"
        told = ask(settings.layout, "POST", path)
    print(json.dumps(told) if arguments.json else "\n".join(map(_lines, told["nodes"])))
    return DONE


def _lines(one: dict[str, Any]) -> str:
    words = [
        "answers" if one["answers"] else f"does not answer{_since(one)}",
        "is being emptied" if one["draining"] else "",
        f"{one['workspaces']} workspaces, {one['running']} of them at work",
        f"{one['snapshots']} snapshots" if one["snapshots"] else "",
        f"{one['left']} left behind" if one["left"] else "",
        f"{one['free'] / 1e9:.1f} GB free" if one["free"] is not None else "",
    ]
    stays = one["draining"] and one["snapshots"]
    told = "\n    its snapshots stay there until they are deleted or their time is over"
    stuck = [told] * bool(stays)
    stuck += [f"\n    {workspace}: {why}" for workspace, why in one["stuck"].items()]
    return f"  {one['name']:<16} {', '.join(filter(None, words))}{''.join(stuck)}"


def _since(one: dict[str, Any]) -> str:
    return "" if one["seen"] is None else f", last {ago(one['seen'])}"
