import os
import socket
from pathlib import Path

import pytest

from kit.unixsocket import bind_unix, close_quietly, peer_uid, send_descriptor


def test_it_listens_with_the_mode_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "x.sock"
    with bind_unix(str(path), 0o600) as listener, socket.socket(socket.AF_UNIX) as client:
        assert path.stat().st_mode & 0o777 == 0o600
        assert not listener.getblocking()
        client.connect(str(path))
        accepted, _address = listener.accept()
        with accepted:
            assert peer_uid(accepted) == os.getuid()
    assert [one.name for one in tmp_path.iterdir()] == ["x.sock"]


def test_a_stale_socket_is_replaced(tmp_path: Path) -> None:
    path = str(tmp_path / "x.sock")
    bind_unix(path, 0o600).close()
    with socket.socket(socket.AF_UNIX) as client:
        with pytest.raises(ConnectionRefusedError):
            client.connect(path)
        with bind_unix(path, 0o666):
            client.connect(path)
    assert Path(path).stat().st_mode & 0o777 == 0o666


def test_a_descriptor_comes_through_and_the_sender_keeps_its_own() -> None:
    ours, theirs = socket.socketpair()
    reading, writing = os.pipe()
    with ours, theirs:
        send_descriptor(ours, b"one", writing)
        payload, received, _flags, _address = socket.recv_fds(theirs, 16, 1)
        assert payload == b"one"
        os.write(received[0], b"through")
        assert os.read(reading, 16) == b"through"
        os.write(writing, b"kept")
        assert os.read(reading, 16) == b"kept"
        for one in (reading, writing, received[0]):
            close_quietly(one)
        close_quietly(writing)
