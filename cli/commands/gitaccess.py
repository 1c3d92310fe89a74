"""`podium git-access …`: tokens for git hosts, the ssh key, and the hosts that are known."""

import getpass
import json
import sys
from argparse import ArgumentParser, Namespace
from typing import Any
from urllib.parse import quote

from cli.commands.client import Client
from cli.commands.following import path_of
from cli.commands.workspaces import find
from cli.problems import DONE, USAGE, CommandError

PLACE = "/api/v1/git-access"


def add(command: ArgumentParser) -> None:
    """Add the grammar of the command."""
    actions = command.add_subparsers(dest="action", required=True, metavar="ACTION")
    listing = actions.add_parser("list", help="list tokens, key and known hosts")
    listing.add_argument("--json", action="store_true", help="print one JSON object")
    token = actions.add_parser("set-token", help="keep a token, which is read from stdin")
    token.add_argument("--user", default="", metavar="NAME", help="if the host wants one")
    forget = actions.add_parser("remove-token", help="forget the token of a host")
    for one in (token, forget):
        one.add_argument("host", metavar="HOST", help="e.g. github.com or git.example.org:8443")
    actions.add_parser("make-key", help="make an ssh key, instead of the one before")
    accept = actions.add_parser("accept", help="accept the ssh host that a failed start has shown")
    accept.add_argument("id", metavar="ID", help="the workspace's id, or the beginning of it")
    accept.add_argument("fingerprint", metavar="SHA256:…", help="as the start has shown it")


def run(client: Client, arguments: Namespace) -> int:
    """Run one of the commands; returns the exit code."""
    match arguments.action:
        case "list":
            seen = client.get(PLACE)
            print(json.dumps(seen, indent=2) if arguments.json else _drawn(seen))
        case "set-token":
            body = {"token": _token(), "username": arguments.user}
            kept = client.put(f"{PLACE}/tokens/{quote(arguments.host, safe='')}", body)
            print(f"Kept a token for {kept['host']} as {kept['username']}.")
        case "remove-token":
            client.delete(f"{PLACE}/tokens/{quote(arguments.host, safe='')}")
            print(f"There is no token for {arguments.host} any more.")
        case "make-key":
            print(client.post(f"{PLACE}/ssh-key")["public"])
        case _:
            _accept(client, find(client, arguments.id), arguments.fingerprint)
    return DONE


def _accept(client: Client, workspace: str, fingerprint: str) -> None:
    instance = client.get(path_of(workspace))["instance"] or {}
    shown = (instance.get("problem") or {}).get("subject", {})
    if not fingerprint or shown.get("fingerprint") != fingerprint or not shown.get("key"):
        raise CommandError(
            "The workspace's last start has not shown this key",
            f"It has shown {shown.get('fingerprint') or 'none'}.",
            f"See `podium workspace show {workspace}`.",
            USAGE,
        )
    body = {name: shown[name] for name in ("host", "algorithm", "key")}
    known = client.post(f"{PLACE}/host-keys", body)
    print(f"{known['host']} is known by {known['fingerprint']}.")


def _token() -> str:
    """Return the token from stdin: an argument would stand in every process list."""
    if sys.stdin.isatty():
        return getpass.getpass("Token: ")
    return sys.stdin.readline().strip()


def _drawn(seen: dict[str, Any]) -> str:
    lines = [f"token  {one['host']} as {one['username']}" for one in seen["tokens"]]
    if seen["ssh_key"]:
        lines.append(f"key    {seen['ssh_key']['public']}")
    lines += [
        f"host   {one['host']} {one['algorithm']} {one['fingerprint']}" for one in seen["host_keys"]
    ]
    return "\n".join(lines) or "There is no token, no key and no known host."
