"""Pid 1 of an image build."""

import asyncio
import os

from supervisor.host.asking import Asking
from supervisor.host.journal import note
from supervisor.imagebuild.building import Builder
from wire.agent import SERVER_SOCKET, TOKEN_FILE


def main() -> None:
    """Read the token, build, and end."""
    os.umask(0o022)
    with open(TOKEN_FILE) as file:  # noqa: PTH123 - lean start, no pathlib
        token = file.read().strip()
    os.unlink(TOKEN_FILE)  # noqa: PTH108 - lean start, no pathlib
    code = asyncio.run(Builder(Asking(SERVER_SOCKET, token)).run())
    note("build_ended", code=code)
    if code:
        raise SystemExit(code)


if __name__ == "__main__":
    main()
