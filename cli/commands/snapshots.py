"""`podium snapshot …`: files of a workspace for others to begin with."""

import json
from argparse import ArgumentParser, Namespace
from datetime import datetime
from typing import Any
from urllib.parse import quote

from cli.commands.client import Client
from cli.commands.drawing import describe, size
from cli.commands.following import path_of
from cli.commands.workspaces import find
from cli.problems import DONE, USAGE, CommandError

_PLACE = "/api/v1/snapshots"
_WHOLE = 36
"""Characters of an id."""
_WHO = "owner: only you; people: everybody here; link: whoever here has the link"


def add(command: ArgumentParser) -> None:
    """Add the grammar of the command."""
    actions = command.add_subparsers(dest="action", required=True, metavar="ACTION")
    create = actions.add_parser("create", help="keep a workspace's files as they are now")
    listing = actions.add_parser("list", help="list your snapshots, and those for everybody here")
    opening = actions.add_parser("open", help="make a workspace that begins as one")
    gone = actions.add_parser("delete", help="let nobody open one any more")
    create.add_argument("id", metavar="ID", help="the workspace's id, or the beginning of it")
    create.add_argument("--name", default="", metavar="NAME", help="what it is called")
    create.add_argument("--access", choices=("owner", "people", "link"), default="owner", help=_WHO)
    create.add_argument("--lasts", default="720h", metavar="TIME", help="e.g. 24h or 720h; or none")
    for one in (opening, gone):
        one.add_argument("snapshot", metavar="SNAPSHOT", help="its id, its beginning, or its link")
    opening.add_argument("--trust", action="store_true", help="run its tasks, with what is yours")
    for one in (create, listing, opening):
        one.add_argument("--json", action="store_true", help="print one JSON object")


def run(client: Client, arguments: Namespace) -> int:
    """Run one of the commands; returns the exit code."""
    match arguments.action:
        case "create":
            wanted = {
                "name": arguments.name,
                "access": arguments.access,
                "lasts": arguments.lasts,
            }
            place = path_of(find(client, arguments.id))
            made = client.post(f"{place}/snapshots", wanted)
            print(json.dumps(made) if arguments.json else made["url"])
        case "list":
            found = client.get(_PLACE)
            lines = "\n".join(map(_line, found["snapshots"])) or "  There is none."
            print(json.dumps(found) if arguments.json else lines)
        case "open":
            snapshot = _meant(client, arguments.snapshot, own=arguments.trust)
            place = f"{_PLACE}/{snapshot}/workspace"
            view = client.post(place, {"trust": arguments.trust})
            print(json.dumps(view) if arguments.json else describe(view))
        case _:
            client.delete(f"{_PLACE}/{_meant(client, arguments.snapshot, own=True)}")
            print("  Nobody can open it any more.")
    return DONE


def _meant(client: Client, wished: str, *, own: bool) -> str:
    """Return the id that is meant; a whole one may be of a snapshot that no list shows.

    The beginning of one counts when it is that of no other that one may see. Where it decides
    about trust, another's is meant by its whole id alone.
    """
    name = wished.rpartition("snapshot/")[2] or wished
    if len(name) == _WHOLE:
        return quote(name, safe="")
    listed = client.get(_PLACE)["snapshots"]
    found = [str(one["id"]) for one in listed if name and str(one["id"]).startswith(name)]
    if len(found) == 1:
        if own and not any(one["mine"] and one["id"] == found[0] for one in listed):
            raise CommandError(
                "This is the beginning of somebody else's snapshot",
                cure=f"Give its whole id, if you mean it: {found[0]}",
                code=USAGE,
            )
        return found[0]
    raise CommandError(
        "This is the beginning of several snapshots" if found else "There is no such snapshot",
        cure="See `podium snapshot list`.",
        code=USAGE,
    )


def _line(one: dict[str, Any]) -> str:
    facts = [one["name"], one["state"] if one["state"] != "done" else size(one["size"])]
    facts.append("yours" if one["mine"] else f"of {one['owner']}")
    if one["expires"] is not None:
        ends = datetime.fromtimestamp(one["expires"]).astimezone().strftime("%Y-%m-%d %H:%M")
        facts.append(f"until {ends}")
    return f"  {one['id']}  {', '.join(facts)}"
