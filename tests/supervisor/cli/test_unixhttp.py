"""HTTP over a unix socket."""

import socket
import threading

import pytest

from supervisor.cli.unixhttp import ask
from tests.supervisor.cli.samples import supervisor


def test_status_and_content_are_returned(tmp_path):
    with supervisor(tmp_path, {"/v1/x": {"a": 1}}) as path:
        assert ask(path, 10.0, "GET", "/v1/x", None) == (200, b'{"a": 1}')
        assert ask(path, 10.0, "GET", "/v1/y", None)[0] == 404


def test_what_is_no_http_is_an_error_of_the_system(tmp_path):
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "s"))
        server.listen()

        def nonsense() -> None:
            client, _ = server.accept()
            client.recv(1000)
            client.sendall(b"nonsense\r\n\r\n")
            client.close()

        thread = threading.Thread(target=nonsense)
        thread.start()
        with pytest.raises(OSError, match="no HTTP"):
            ask(str(tmp_path / "s"), 10.0, "GET", "/", None)
        thread.join()
