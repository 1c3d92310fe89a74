"""`python -m proxy`: listens for browsers, follows the route feed, until SIGTERM.

This process is the master: it keeps workers running, and renews them on SIGHUP without a
dropped request (proxy.net.master). What serves is imported by the workers alone, so that the
master stays small. With `--routes FILE` it runs alone (proxy.alone).
"""

import kit.lean  # noqa: F401 - before anything loads structlog

# isort: split

import os
import sys
from argparse import ArgumentParser

from kit.env import SettingError
from kit.listening import adopt, of_systemd
from kit.log import configure
from proxy.net.listener import opened
from proxy.net.master import Master
from proxy.settings import Settings


def parser() -> ArgumentParser:
    """Return the grammar of the command line."""
    top = ArgumentParser(prog="python -m proxy", description="The entry of a Podium installation.")
    top.add_argument(
        "--sockets", default="", metavar="NAME=FD,…", help="listening sockets that are handed over"
    )
    top.add_argument(
        "--routes", metavar="FILE", help="run alone, as this file says (docs/proxy.md)"
    )
    top.add_argument(
        "--listen",
        metavar="ADDRESS:PORT",
        help="where to listen when running alone (127.0.0.1:9001)",
    )
    return top


def main() -> None:
    """Read the settings and run; exit with words when the port cannot be had."""
    arguments = parser().parse_args()
    if arguments.routes is not None:
        become("proxy.alone")
    try:
        settings = Settings.from_environ(os.environ)
        if not settings.workers:
            become("proxy.worker")
        given = adopt(arguments.sockets) or of_systemd(os.environ, os.getpid())
    except (SettingError, ValueError) as error:
        sys.exit(f"podium proxy: {error}")
    configure("proxy", settings.log_level)
    try:
        sockets = opened(settings, given)
    except OSError as error:
        sys.exit(f"podium proxy: cannot listen on {settings.listen}:{settings.port}: {error}")
    sys.exit(Master([], sockets, settings.workers, settings.drain).run())


def become(module: str) -> None:
    """Serve in this very process."""
    safe = ["-P"] if sys.flags.safe_path else []
    os.execv(sys.executable, [sys.executable, *safe, "-m", module, *sys.argv[1:]])  # noqa: S606 - ourselves


if __name__ == "__main__":
    main()
