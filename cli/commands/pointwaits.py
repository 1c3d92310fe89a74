"""Waiting for a restore point or a restore, with what the node says of it on the way."""

import sys
from typing import Any

from cli.commands.client import Client
from cli.commands.following import path_of
from cli.problems import FAILED, CommandError

LOOK = 1
"""Seconds of one long poll: progress is no change of the workspace."""
View = dict[str, Any]


def until_made(client: Client, place: str, point: View) -> View:
    """Return a point when it is made; raises CommandError when it fails, though it is tried on."""
    while point["state"] not in {"done", "failed"}:
        _show(point["progress"])
        _wait(client, client.get(path_of(point["workspace"])))
        point = client.get(f"{place}/{point['id']}")
    _show(None)
    if point["state"] == "failed":
        raise CommandError(
            point["problem"]["title"],
            cure="Podium tries again; `podium workspace points list` tells how it went.",
            code=FAILED,
        )
    return point


def until_restored(client: Client, view: View) -> View:
    """Return a workspace when it has been restored; raises CommandError when it was not."""
    path = path_of(view["id"])
    while (view["backup"] or {}).get("restoring"):
        _show(client.get(f"{path}/points")["restore"])
        view = _wait(client, view)
    _show(None)
    for event in client.get(f"{path}/events")["events"]:
        if event["kind"] == "restore_failed":
            raise CommandError(event["text"], code=FAILED)
        if event["kind"] == "restored":
            break
    return view


def words(progress: View | None) -> str:
    """Return how far a node is with something; empty where nothing is known."""
    if progress is None:
        return ""
    done, total = progress["done"], progress["total"]
    share = f" {100 * min(done, total) // total} %" if total else ""
    return f"{progress['text']}{share}, {done / 1e6:.1f} MB" if done else str(progress["text"])


def _wait(client: Client, view: View) -> View:
    found: View = client.get(f"{path_of(view['id'])}?after={view['version']}&wait={LOOK}")
    return found


def _show(progress: View | None) -> None:
    if sys.stderr.isatty():
        print(f"\r\x1b[K  {words(progress)}" if progress else "\r\x1b[K", end="", file=sys.stderr)
        sys.stderr.flush()
