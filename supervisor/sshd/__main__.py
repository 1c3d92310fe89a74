"""`python -m supervisor.sshd FD`: serves the listening socket FD; its setup comes on stdin."""

import asyncio
import os
import socket
import sys

import msgspec

from supervisor.sshd.server import Setup, serve


def main() -> None:
    """Read the setup, then serve until nobody has been here for a while."""
    setup = msgspec.json.decode(sys.stdin.buffer.read(), type=Setup)
    listening = socket.socket(fileno=int(sys.argv[1]))
    listening.setblocking(False)
    os.umask(0o022)
    os.chdir(os.environ.get("HOME", "/"))
    asyncio.run(serve(listening, setup))


if __name__ == "__main__":
    main()
