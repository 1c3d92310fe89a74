"""`podium port …`: share links, which let people without an account use one port."""

import getpass
import json
import sys
from argparse import ArgumentParser, Namespace
from datetime import datetime
from typing import Any

from cli.commands.client import Client
from cli.commands.following import path_of
from cli.commands.workspaces import find
from cli.problems import DONE, USAGE, CommandError


def add(command: ArgumentParser) -> None:
    """Add the grammar of the command."""
    actions = command.add_subparsers(dest="action", required=True, metavar="ACTION")
    share = actions.add_parser("share", help="make a link to a port")
    links = actions.add_parser("links", help="list the links that work")
    unshare = actions.add_parser("unshare", help="end a link, and whatever it has let in")
    for one in (share, links, unshare):
        one.add_argument("id", metavar="ID", help="the workspace's id, or the beginning of it")
    share.add_argument("port", metavar="PORT", type=int, help="the port to share")
    share.add_argument("--lasts", default="24h", metavar="TIME", help="e.g. 1h, 24h or 720h")
    share.add_argument(
        "--password", action="store_true", help="ask for a password, which is read from stdin"
    )
    share.add_argument("--once", action="store_true", help="only for the first browser")
    share.add_argument("--note", default="", metavar="TEXT", help="for whom or what; only for you")
    unshare.add_argument("link", metavar="LINK", help="its id, the beginning of it, or the link")
    for one in (share, links):
        one.add_argument("--json", action="store_true", help="print one JSON object")


def run(client: Client, arguments: Namespace) -> int:
    """Run one of the commands; returns the exit code."""
    path = path_of(find(client, arguments.id))
    match arguments.action:
        case "share":
            body = {
                "lasts": arguments.lasts,
                "password": _password() if arguments.password else "",
                "once": arguments.once,
                "note": arguments.note,
            }
            made = client.post(f"{path}/ports/{arguments.port}/shares", body, once=True)
            print(json.dumps(made) if arguments.json else made["url"])
        case "links":
            found = client.get(f"{path}/shares")
            print(json.dumps(found) if arguments.json else _drawn(found["shares"]))
        case _:
            share = _meant(client.get(f"{path}/shares")["shares"], arguments.link)
            client.delete(f"{path}/shares/{share}")
            print("The link works no more, and what it had let in was cut.")
    return DONE


def _meant(shares: list[dict[str, Any]], wished: str) -> str:
    """Return the id of the link that is meant."""
    name = wished.rpartition("#")[2].partition(".")[0]
    found = [str(one["id"]) for one in shares if name and str(one["id"]).startswith(name)]
    if len(found) != 1:
        raise CommandError(
            "This is the beginning of several links" if found else "There is no such link",
            cure="See `podium port links ID`.",
            code=USAGE,
        )
    return found[0]


def _password() -> str:
    """Return the password from stdin: an argument would stand in every process list."""
    if sys.stdin.isatty():
        return getpass.getpass("Password: ")
    return sys.stdin.readline().rstrip("\n")


def _drawn(shares: list[dict[str, Any]]) -> str:
    return "\n".join(_line(one) for one in shares) or "  No link works."


def _line(share: dict[str, Any]) -> str:
    ends = datetime.fromtimestamp(share["expires"]).astimezone().strftime("%Y-%m-%d %H:%M")
    facts = [f"until {ends}"]
    facts += ["password"] if share["password"] else []
    facts += ["one browser"] if share["once"] else []
    facts.append(f"opened {share['opened']} times" if share["opened"] else "not opened yet")
    note = f"  {share['note']}" if share["note"] else ""
    return f"  {share['id']}  {share['port']:>5}  {', '.join(facts)}{note}"
