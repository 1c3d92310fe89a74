"""`gp tasks stop`."""

import argparse
import sys
from collections.abc import Mapping
from urllib.parse import quote

from supervisor.cli.client import Client, NotServed


def stop(found: argparse.Namespace, client: Client, _environment: Mapping[str, str]) -> int:
    """End tasks with their terminals."""
    known = {
        str(one["id"]): str(one["name"]) for one in client.get("/v1/tasks")["tasks"] if one["open"]
    }
    if found.all:
        wanted = list(known)
    elif found.id is not None:
        wanted = [found.id]
    elif len(known) == 1:
        wanted = list(known)
    else:
        names = ", ".join(f"{one} ({name})" for one, name in known.items())
        raise NotServed(f"Which one? {names}" if known else "No task has a terminal.")
    for one in wanted:
        if one not in known:
            raise NotServed(f"there is no open task {one}; `gp tasks list` tells which there are")
        document = {"success": found.force_success}
        client.ask("POST", f"/v1/tasks/{quote(one, safe='')}/stop", document)
        sys.stdout.write(f"{one} ({known[one]}) ends.\n")
    return 0
