"""`podium node …`: the nodes of this installation; for root on the server's machine."""

import json
import sys
from argparse import ArgumentParser, Namespace
from typing import Any
from urllib.parse import quote

from cli.commands.drawing import ago
from cli.launcher.internal import ask
from cli.problems import DONE, FAILED, USAGE, CommandError
from cli.settings import Settings

ABOUT = "list the nodes that workspaces can be on, have one emptied, take it back, or lose it"
_PATH = "/internal/nodes"
_PATIENCE = 60.0
"""Seconds: a node that does not answer is asked once more before it counts as lost."""


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
    lost = actions.add_parser(
        "lost",
        help="say that one is gone for good: what is there can be started elsewhere",
        description="Say that a node's machine is switched off or destroyed and that nothing runs "
        "there, so that its workspaces can be started elsewhere at once. It holds until the node "
        "answers.",
    )
    lost.add_argument("name", metavar="NAME", help="as the list has it, or had it")
    lost.add_argument("--yes", action="store_true", help="do not ask")
    lost.add_argument("--json", action="store_true", help="print one JSON object")


def run(settings: Settings, arguments: Namespace) -> int:
    """Run one of them."""
    if arguments.action == "lost" and not (arguments.yes or _agreed(arguments.name)):
        print("  Nothing was changed.", file=sys.stderr)
        return FAILED
    if arguments.action == "list":
        told = ask(settings.layout, "GET", _PATH)
    else:
        path = f"{_PATH}/{quote(arguments.name, safe='')}/{arguments.action}"
        told = ask(settings.layout, "POST", path, timeout=_PATIENCE)
    print(json.dumps(told) if arguments.json else "\n".join(map(_lines, told["nodes"])))
    return DONE


def _agreed(name: str) -> bool:
    if not sys.stdin.isatty():
        raise CommandError(
            "Nobody is there to confirm",
            f"It says that the machine {name} is switched off or destroyed; nothing runs there.",
            "Add --yes to say that without a question.",
            code=USAGE,
        )
    print(f"  You say: the machine {name} is switched off or destroyed; nothing runs there.")
    print("  Its workspaces can be started elsewhere then, from their last restore points. Does")
    print("  anything run there still, it runs twice, and what it writes meanwhile is set aside.")
    return input("  Type the name of the node to say so: ").strip() == name


def _lines(one: dict[str, Any]) -> str:
    words = [
        "answers" if one["answers"] else f"does not answer{_since(one)}",
        "is being emptied" if one["draining"] else "",
        "is said to be lost" if one["lost"] else "",
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
