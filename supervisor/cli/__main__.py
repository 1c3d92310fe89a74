"""`gp`: Gitpod's command line inside a workspace."""

import os
import sys
from collections.abc import Sequence

from supervisor.cli.client import LOCAL_SOCKET, Client, NotServed
from supervisor.cli.commands import Command, parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit code."""
    found = parser().parse_args(arguments)
    client = Client(os.environ.get("PODIUM_LOCAL_SOCKET", LOCAL_SOCKET))
    command: Command = found.found
    try:
        return command.load()(found, client, os.environ)
    except NotServed as error:
        sys.stderr.write(f"gp: {error}\n")
        return 1
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # whoever read has read enough; Python must not complain when it ends
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


if __name__ == "__main__":
    sys.exit(main())
