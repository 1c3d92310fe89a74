"""Pid 1 of an image build."""

import asyncio
import os

from supervisor.host.asking import Asking
from supervisor.host.journal import note
from supervisor.host.outward import Outward
from supervisor.host.token import read_once
from supervisor.imagebuild.building import Builder
from wire.agent import SERVER_SOCKET, TOKEN_FILE


def main() -> None:
    """Read the token, build, and end."""
    os.umask(0o022)
    token = read_once(os.environ.get("SUPERVISOR_TOKEN_FILE", TOKEN_FILE))
    url, authority = (os.environ.get(f"SUPERVISOR_{name}", "") for name in ("SERVER_URL", "CA"))
    code = asyncio.run(Builder(Asking(Outward(SERVER_SOCKET, url, authority), token)).run())
    note("build_ended", code=code)
    if code:
        raise SystemExit(code)


if __name__ == "__main__":
    main()
