"""`podium ssh-keys …`, `podium ssh-proxy` and `podium workspace ssh`: into a workspace by ssh."""

import importlib
import json
import os
import shlex
import socket
import ssl
import sys
import threading
from argparse import ArgumentParser, Namespace
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from cli.commands.client import Client, Endpoint
from cli.commands.following import path_of
from cli.commands.workspaces import find
from cli.problems import DONE, FAILED, NOT_REACHABLE, USAGE, CommandError
from wire.ssh import TUNNEL_PATHS, TUNNEL_TOKEN_HEADER

KEYS = "/api/v1/ssh-keys"
PIECE = 65536
MAX_MESSAGE = 1 << 20


def add(command: ArgumentParser) -> None:
    """Add the grammar of `ssh-keys`."""
    actions = command.add_subparsers(dest="action", required=True, metavar="ACTION")
    listing = actions.add_parser("list", help="list the keys that let you into your workspaces")
    listing.add_argument("--json", action="store_true", help="print one JSON object")
    adding = actions.add_parser("add", help="let a public key in")
    adding.add_argument("file", metavar="FILE", help="e.g. ~/.ssh/id_ed25519.pub; - is stdin")
    adding.add_argument("--title", default="", help="else the comment in the file")
    removing = actions.add_parser("remove", help="let a key in no more, and end its connections")
    removing.add_argument("key", metavar="ID", help="as `podium ssh-keys list` shows it")


def run(client: Client, arguments: Namespace) -> int:
    """Run one of the commands of `ssh-keys`."""
    match arguments.action:
        case "list":
            seen = client.get(KEYS)
            print(json.dumps(seen) if arguments.json else _drawn(seen["keys"]))
        case "add":
            made = client.post(KEYS, {"key": _read(arguments.file), "title": arguments.title})
            print(f"  {made['id']}  {made['title']}  {made['fingerprint']}")
        case _:
            client.delete(f"{KEYS}/{quote(arguments.key, safe='')}")
            print("  The key lets nobody in any more.")
    return DONE


def _drawn(keys: list[dict[str, Any]]) -> str:
    rows = [f"  {one['id']}  {one['title']}  {one['fingerprint']}" for one in keys]
    return "\n".join(rows) or "  No keys. Add one: podium ssh-keys add ~/.ssh/id_ed25519.pub"


def _read(file: str) -> str:
    try:
        return sys.stdin.read() if file == "-" else Path(file).read_text()
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"{file} cannot be read", str(error), code=USAGE) from error


def shell(client: Client, arguments: Namespace) -> int:
    """Become ssh, which comes in by `podium ssh-proxy`; no key is needed."""
    workspace = find(client, arguments.id)
    host = urlsplit(str(client.get(path_of(workspace))["ide_url"])).netloc
    proxy = shlex.join([*_ourselves(), "ssh-proxy", workspace]).replace("%", "%%")
    options = [
        *("-o", f"ProxyCommand={proxy}"),
        # the tunnel is the platform's own; its host key is kept under its name all the same
        *("-o", f"HostKeyAlias=podium-{host.partition('.')[2]}"),
        *("-o", "StrictHostKeyChecking=accept-new"),
    ]
    words = ["ssh", *options, f"{workspace}@{workspace}", *arguments.words]
    try:
        os.execvp("ssh", words)  # noqa: S606 - no shell: an argument list
    except OSError as error:
        cure = "Install OpenSSH's client."
        raise CommandError("ssh cannot be run", str(error), cure) from error


def _ourselves() -> list[str]:
    """Return how this command line was started, for a shell."""
    return [sys.executable, "-P", "-m", "cli"]


def proxy(client: Client, arguments: Namespace) -> int:
    """Carry SSH between stdin, stdout and the workspace's tunnel: a ProxyCommand."""
    workspace = find(client, arguments.id)
    path = path_of(workspace)
    password = client.post(f"{path}/ssh-tokens")["password"]
    url = str(client.get(path)["ide_url"])
    try:
        with _opened(url, str(password)) as tunnel:
            threading.Thread(target=_send, args=(tunnel,), daemon=True).start()
            for message in tunnel:
                data = message if isinstance(message, bytes) else message.encode()
                while data:
                    data = data[os.write(1, data) :]
    except BrokenPipeError:
        return DONE
    except OSError as error:
        raise _none(error) from error
    return DONE if tunnel.close_code == 1000 else FAILED


def _none(error: Exception) -> CommandError:
    title = "There is no tunnel into the workspace"
    return CommandError(title, str(error), code=NOT_REACHABLE)


def _opened(url: str, password: str) -> Any:
    """Return a WebSocket; the library is loaded here because no other command needs it."""
    library = importlib.import_module("websockets.sync.client")
    refused = importlib.import_module("websockets.exceptions").WebSocketException
    where, parts = Endpoint.of_url(url), urlsplit(url)
    connected = socket.create_connection((where.address, where.port), timeout=30)
    connected.settimeout(None)
    try:
        return library.connect(
            f"{'wss' if where.tls else 'ws'}://{parts.netloc}{TUNNEL_PATHS[0]}",
            sock=connected,
            ssl=ssl.create_default_context() if where.tls else None,
            additional_headers={TUNNEL_TOKEN_HEADER: password},
            compression=None,
            max_size=MAX_MESSAGE,
            proxy=None,
        )
    except refused as error:
        raise _none(error) from error


def _send(tunnel: Any) -> None:
    """Pass on what ssh says, until it says no more."""
    with suppress(Exception):  # it has been closed from the other end: the reader says so
        while data := os.read(0, PIECE):
            tunnel.send(data)
        tunnel.close()
