"""`python -m proxy`: listens for browsers, follows the route feed, until SIGTERM.

With `--routes FILE` it runs alone (proxy.alone).
"""

import asyncio
import os
import signal
import sys
from argparse import ArgumentParser
from pathlib import Path

import uvloop

from kit.env import SettingError
from kit.log import configure
from proxy import alone
from proxy.net.runner import serve
from proxy.settings import Settings


async def run(settings: Settings) -> None:
    """Serve until SIGTERM or SIGINT."""
    loop = asyncio.get_running_loop()
    ended = asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, ended.set)
    loop.add_signal_handler(signal.SIGINT, ended.set)
    await serve(settings, ended, sys.stderr.buffer)


def parser() -> ArgumentParser:
    """Return the grammar of the command line."""
    top = ArgumentParser(prog="python -m proxy", description="The entry of a Podium installation.")
    top.add_argument(
        "--routes", type=Path, metavar="FILE", help="run alone, as this file says (docs/proxy.md)"
    )
    top.add_argument(
        "--listen",
        type=alone.Address.of,
        default=alone.Address("127.0.0.1", 9001),
        metavar="ADDRESS:PORT",
        help="where to listen when running alone (127.0.0.1:9001)",
    )
    return top


def main() -> None:
    """Read the settings and run; exit with words when the port cannot be had."""
    arguments = parser().parse_args()
    if arguments.routes is not None:
        alone.main(arguments.listen, arguments.routes)
        return
    try:
        settings = Settings.from_environ(os.environ)
    except (SettingError, ValueError) as error:
        sys.exit(f"podium proxy: {error}")
    configure("proxy", settings.log_level)
    try:
        uvloop.run(run(settings))
    except OSError as error:
        sys.exit(f"podium proxy: cannot listen on {settings.listen}:{settings.port}: {error}")


if __name__ == "__main__":
    main()
