"""`python -m proxy`: listens for browsers, follows the route feed, until SIGTERM."""

import asyncio
import os
import signal
import sys

import uvloop

from kit.env import SettingError
from kit.log import configure
from proxy.net.runner import serve
from proxy.settings import Settings


async def run(settings: Settings) -> None:
    """Serve until SIGTERM or SIGINT."""
    loop = asyncio.get_running_loop()
    ended = asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, ended.set)
    loop.add_signal_handler(signal.SIGINT, ended.set)
    await serve(settings, ended, sys.stderr.buffer)


def main() -> None:
    """Read the settings and run; exit with words when the port cannot be had."""
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
