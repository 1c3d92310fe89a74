"""`podium proxy`: what the proxy of this machine knows, over its admin socket."""

import http.client
import json
import sys
from argparse import ArgumentParser, Namespace
from typing import Any

from cli.launcher.internal import UnixConnection
from cli.problems import DONE, FAILED, CommandError, not_running
from cli.settings import Settings
from wire.layout import Layout

TIMEOUT = 30.0
"""Seconds; a table of a hundred thousand routes takes two."""


def add(verb: ArgumentParser) -> None:
    """Add the actions of the verb."""
    actions = verb.add_subparsers(dest="action", required=True, metavar="ACTION")
    state = actions.add_parser("state", help="readiness, services, connections of each worker")
    state.add_argument("--json", action="store_true", help="print one JSON object")
    table = actions.add_parser("table", help="where the hosts of workspaces lead")
    table.add_argument("id", metavar="ID", nargs="?", default="", help="the beginning of an id")
    table.add_argument("--json", action="store_true", help="print one JSON object a route")
    actions.add_parser("metrics", help="what Prometheus gets")


def run(settings: Settings, arguments: Namespace) -> int:
    """Print what was asked for."""
    layout = settings.layout
    match arguments.action:
        case "metrics":
            sys.stdout.write(_text(layout, "/metrics"))
        case "table":
            for line in _text(layout, f"/table?workspace={arguments.id}").splitlines():
                print(line if arguments.json else _row(json.loads(line)))
        case _:
            told = {"readiness": readiness(layout), **json.loads(_text(layout, "/state"))}
            print(json.dumps(told) if arguments.json else _described(told))
    return DONE


def readiness(layout: Layout) -> dict[str, Any]:
    """Return whether the proxy is ready, and each check; raises CommandError when it is away."""
    return dict(json.loads(_text(layout, "/readyz")))


def _text(layout: Layout, target: str) -> str:
    connection = UnixConnection(str(layout.admin_socket), TIMEOUT)
    try:
        connection.request("GET", target)
        return connection.getresponse().read().decode()
    except PermissionError as error:
        raise CommandError(
            "Only root may ask the proxy of this machine", cure="Use sudo.", code=FAILED
        ) from error
    except (OSError, http.client.HTTPException) as error:
        raise not_running(f"its proxy: {error or type(error).__name__}") from error
    finally:
        connection.close()


def _row(route: dict[str, Any]) -> str:
    shared = [
        f"{port} {one['visibility']}"
        for port, one in route["ports"].items()
        if one["visibility"] != "private"
    ]
    shared += [f"{route['shares']} shared"] if route["shares"] else []
    where = route["target"] or "nowhere"
    return (
        f"  {route['workspace']:<36} {route['phase']:<12} {where:<50} {', '.join(shared)}".rstrip()
    )


def _described(told: dict[str, Any]) -> str:
    lines = [f"  {'ready' if told['readiness']['ready'] else 'NOT ready'}"]
    lines += [
        f"    {name:<10} {'ok' if one['ok'] else 'no':<3} {one['cause']}"
        for name, one in told["readiness"]["checks"].items()
    ]
    for worker in told["workers"]:
        lines.append(f"  worker, pid {worker['worker']}")
        for name, service in worker["services"].items():
            since = "" if service["seconds"] is None else f" for {service['seconds']} s"
            lines.append(
                f"    {name:<10} {service['state']}{since}, opened {service['opened']} times"
            )
        connections = ", ".join(f"{count} {name}" for name, count in worker["connections"].items())
        upgrades = ", ".join(f"{count} {name}" for name, count in worker["upgrades"].items())
        kept = ", ".join(f"{count} {name}" for name, count in worker["kept"].items() if count)
        lines.append(f"    open       {connections}; tunnels: {upgrades or 'none'}")
        lines.append(f"    kept       {kept or 'none'}")
    return "\n".join(lines)
