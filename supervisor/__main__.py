"""Pid 1 of a workspace."""

import asyncio
import os
import sys
import time

from supervisor.host.ahead import Ahead
from supervisor.host.journal import note
from supervisor.host.token import read_once
from supervisor.settings import Settings
from supervisor.workspace import Workspace


def main(ahead: Ahead | None = None) -> None:
    """Read the token, then live until SIGTERM; `ahead` waits to be told what it is for."""
    started = time.monotonic()
    settings = Settings.from_environ(os.environ)
    os.umask(0o022)
    token = read_once(settings.token_file)
    for name in [name for name in os.environ if name.startswith("SUPERVISOR_")]:
        del os.environ[name]

    async def live() -> int:
        return await Workspace(settings, token, started, ahead).run()

    try:
        code = asyncio.run(live())
    except asyncio.CancelledError:
        note("cancelled")
        return
    except Exception as error:
        note("ended", code=1, why=f"the supervisor failed: {error!r}")
        raise
    if code:
        sys.exit(code)


if __name__ == "__main__":
    main()
