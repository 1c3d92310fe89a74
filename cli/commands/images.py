"""`podium image export`: what workspaces are made of, as OCI images of this machine's store."""

from argparse import ArgumentParser, Namespace

from cli.commands.ides import add_push, run_setup
from cli.settings import Settings

ABOUT = (
    "put the default image, the image `full` or the supervisor into the image store as an OCI "
    "image; on the machine that Podium runs on, as root"
)


def add(parser: ArgumentParser) -> None:
    """Add its words to the grammar."""
    parser.add_argument("name", metavar="NAME", help="default, full or supervisor")
    add_push(parser)


def export(settings: Settings, arguments: Namespace) -> int:
    """Put one there; set-up tells its progress."""
    return run_setup(settings, "rootbuild", arguments.name, arguments.push)
