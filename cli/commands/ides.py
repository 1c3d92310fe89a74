"""`podium ide …`: what workspaces may open with, and building one of them on this machine."""

import json
import os
import subprocess
import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path

from cli.commands.client import Client
from cli.problems import DONE
from cli.settings import Settings

IDES = "/api/v1/ides"
SOURCES = Path(__file__).resolve().parents[2]


def add(parser: ArgumentParser) -> None:
    """Add the actions to the grammar."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    shown = actions.add_parser("list", help="list them")
    shown.add_argument("--json", action="store_true", help="print one JSON object")
    about = (
        "build an editor's image from npm or PyPI packages, reproducibly; on the machine that "
        "Podium runs on, as root"
    )
    built = actions.add_parser("build", help=about, description=about)
    built.add_argument(
        "package",
        metavar="PACKAGE[@VERSION]",
        help="jupyterlab, or code; without a version the one that this Podium pins",
    )
    add_push(built)


def add_push(parser: ArgumentParser) -> None:
    """Let a command that builds an image push it."""
    about = "push it there, with the passwords of PODIUM_REGISTRY_AUTH"
    parser.add_argument("--push", default="", metavar="REFERENCE", help=about)


def show(client: Client, *, as_json: bool) -> int:
    """Print the catalogue."""
    told = client.get(IDES)
    if as_json:
        print(json.dumps(told))
        return DONE
    for one in told["ides"]:
        words = [one["kind"], one["version"], "" if one["ready"] else "not built here yet"]
        words.append("default" if one["id"] == told["default"] else "")
        words.append("experimental" if one["experimental"] else "")
        print(f"  {one['id']:<20} {one['title']:<36} {', '.join(filter(None, words))}")
    return DONE


def build(settings: Settings, arguments: Namespace) -> int:
    """Build one; set-up tells its progress."""
    return run_setup(settings, "idebuild", arguments.package, arguments.push)


def run_setup(settings: Settings, module: str, what: str, to: str) -> int:
    """Run a module of set-up that builds something and pushes it where `to` says."""
    command = [sys.executable, "-P", "-m", f"cli.setup.{module}", what]
    command += [f"--push={to}"] if to else []
    environment = {**os.environ, **settings.environment, "PYTHONPATH": str(SOURCES)}
    return subprocess.run(command, env=environment, cwd=SOURCES, check=False).returncode
