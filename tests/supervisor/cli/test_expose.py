"""`gp ports expose`."""

import http.server
import threading
import urllib.request
from collections.abc import Iterator

import pytest

from supervisor.cli.client import NotServed
from supervisor.cli.expose import listening, serve


class Answer(http.server.BaseHTTPRequestHandler):
    """Says by which name it was asked."""

    def do_GET(self) -> None:
        content = f"{self.headers['Host']} {self.headers['Connection']}".encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def local() -> Iterator[int]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answer) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            thread.join()


@pytest.mark.parametrize(("rewrite", "name"), [(False, "127.0.0.1:{}"), (True, "localhost:{}")])
def test_it_relays_and_can_ask_as_localhost(rewrite, name, local):
    with listening(0) as server:
        port = server.getsockname()[1]
        thread = threading.Thread(
            target=serve, args=(server, local), kwargs={"rewrite": rewrite}, daemon=True
        )
        thread.start()
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=60) as answer:
            assert answer.read().decode() == f"{name.format(local if rewrite else port)} close"
        server.shutdown(2)
        thread.join(10)
        assert not thread.is_alive()


def test_a_port_that_is_taken_is_told(local):
    with pytest.raises(NotServed, match="cannot be listened on"):
        listening(local)
