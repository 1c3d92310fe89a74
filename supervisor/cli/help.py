"""`gp help`: what `--help` says, in the other order of words."""

import argparse
from collections.abc import Mapping

from supervisor.cli.client import Client
from supervisor.cli.commands import parser


def show(found: argparse.Namespace, _client: Client, _environment: Mapping[str, str]) -> int:
    """Explain a command, or all of them."""
    try:
        parser().parse_args([*found.command, "--help"])
    except SystemExit as ended:
        return int(ended.code or 0)
    return 0
