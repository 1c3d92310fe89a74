"""Commands of Gitpod's that need a part of Podium that is not there yet, or that need none."""

import argparse
import sys
from collections.abc import Mapping

from supervisor.cli.client import Client

NOT_YET = 3
"""Exit code of what a later part will do."""


def _not_yet(what: str, instead: str) -> int:
    sys.stderr.write(f"gp: {what} not part of Podium yet. {instead}\n")
    return NOT_YET


def idp(_found: argparse.Namespace, _client: Client, _environment: Mapping[str, str]) -> int:
    """Refuse."""
    return _not_yet("Identity tokens are", "Sign in to the cloud with its own tool.")


def trial(what: str) -> int:
    """Refuse what needs a trial run of the workspace."""
    return _not_yet(f"Trial runs ({what}) are", "`gp validate` alone reads the file.")


def nothing(_found: argparse.Namespace, _client: Client, _environment: Mapping[str, str]) -> int:
    """Do nothing: Podium watches no command and lets the host refuse a token itself."""
    return 0
