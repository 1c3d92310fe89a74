"""`gp version`."""

import argparse
import json
import sys
from collections.abc import Mapping

from supervisor.cli.client import Client
from wire.agent import PROTOCOL


def show(found: argparse.Namespace, _client: Client, _environment: Mapping[str, str]) -> int:
    """Print the version of what the supervisor and the server speak."""
    text = f"gp of Podium, protocol {PROTOCOL}"
    sys.stdout.write(f"{json.dumps({'protocol': PROTOCOL}) if found.json else text}\n")
    return 0
