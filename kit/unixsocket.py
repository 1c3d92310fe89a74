"""Unix sockets with an owner and a mode, and the uid of the peer."""

import os
import socket
import struct
from pathlib import Path


def bind_unix(path: str, mode: int) -> socket.socket:
    """Return a listening, non-blocking stream socket at the path, replacing a stale one.

    The socket appears under its name only with its final mode, by a rename.
    """
    fresh = f"{path}.new"
    Path(fresh).unlink(missing_ok=True)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listener.bind(fresh)
    Path(fresh).chmod(mode)
    listener.listen(512)
    listener.setblocking(False)
    Path(fresh).rename(path)
    return listener


def peer_uid(connection: socket.socket) -> int:
    """Return the uid of the process at the other end, as of its connect (SO_PEERCRED)."""
    raw = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
    _pid, uid, _gid = struct.unpack("3i", raw)
    return int(uid)


def send_descriptor(connection: socket.socket, payload: bytes, descriptor: int) -> None:
    """Send one message with one descriptor; the caller keeps, and closes, its own copy."""
    socket.send_fds(connection, [payload], [descriptor])


def close_quietly(descriptor: int) -> None:
    """Close a descriptor that may be closed already."""
    try:
        os.close(descriptor)
    except OSError:
        return
