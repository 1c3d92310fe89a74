"""Following a workspace by long polls until it is where it was wanted."""

import time
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from cli.commands.client import WORKSPACES, ApiProblem, Client
from cli.problems import NOT_REACHABLE, CommandError

POLL = 25
"""Seconds of one long poll; the API allows 30."""
PATIENCE = 60.0
"""Seconds for which an unreachable platform is asked again: it may be starting anew."""
PAUSE = 0.5
"""Seconds between two such tries."""
View = dict[str, Any]


def path_of(identifier: str) -> str:
    """Return the API's path of a workspace."""
    return f"{WORKSPACES}/{quote(identifier, safe='')}"


def follow(client: Client, view: View, wanted: str, show: Callable[[View], None]) -> View:
    """Return the first view that is in the wanted phase, or can no longer get there by itself.

    A start that has failed is stopped; so is one that somebody stopped. A stop is over when
    another start has begun. Every view on the way is shown.
    """
    first = instance_of(view)
    while True:
        show(view)
        started_again = wanted == "stopped" and instance_of(view) != first
        ended = view["phase"] == "stopped" and not (wanted == "running" and is_awaited(view))
        if view["phase"] == wanted or ended or started_again:
            return view
        view = later(client, view)


def is_awaited(view: View) -> bool:
    """Tell whether what is stopped starts by itself, when its files are back."""
    return bool((view.get("backup") or {}).get("starts"))


def later(client: Client, view: View) -> View:
    """Return the workspace when it has changed, or after one poll; outlives short absences."""
    return _patiently(
        lambda: client.get(f"{path_of(view['id'])}?after={view['version']}&wait={POLL}")
    )


def follow_to_the_end(client: Client, view: View) -> None:
    """Return when the workspace is gone."""
    while True:
        try:
            view = later(client, view)
        except ApiProblem as problem:
            if problem.status == 404:
                return
            raise


def instance_of(view: View) -> str:
    """Return the id of the newest instance, empty before the first start."""
    instance = view.get("instance") or {}
    return str(instance.get("id", ""))


def _patiently(ask: Callable[[], View]) -> View:
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            return ask()
        except CommandError as error:
            if error.code != NOT_REACHABLE or time.monotonic() > deadline:
                raise
        time.sleep(PAUSE)
