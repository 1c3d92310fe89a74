"""`podium workspace archive`: keep a stopped workspace as its restore point alone."""

import json
from argparse import Namespace

from cli.commands.client import Client
from cli.commands.drawing import View, phase_of, summary
from cli.commands.following import later, path_of
from cli.commands.workspaces import find
from cli.problems import DONE, CommandError


def run(client: Client, arguments: Namespace) -> int:
    """Run it; returns the exit code. Raises CommandError for one that stays after all."""
    view = client.post(f"{path_of(find(client, arguments.id))}/archive")
    if arguments.wait:
        view = _until_archived(client, view)
    print(json.dumps(summary(view)) if arguments.json else f"  {view['id']} is {phase_of(view)}.")
    return DONE


def _until_archived(client: Client, view: View) -> View:
    while not view["archived"]:
        if view["archived_at"] is None:
            raise CommandError(
                f"{view['id']} is not archived",
                "It cannot be backed up, or somebody uses it again.",
                f"podium workspace logs {view['id']}",
            )
        view = later(client, view)
    return view
