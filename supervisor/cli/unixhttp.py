"""HTTP over a unix socket, in a module of its own: half of `gp`'s start, for those that ask."""

import http.client
import socket


class Connection(http.client.HTTPConnection):
    """HTTP to the socket at `path`; `seconds` until there must be an answer, None is for ever."""

    def __init__(self, path: str, seconds: float | None) -> None:
        super().__init__("localhost")
        self._path = path
        self._seconds = seconds

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self._seconds)
        self.sock.connect(self._path)


def ask(
    path: str, seconds: float | None, method: str, target: str, body: str | None
) -> tuple[int, bytes]:
    """Return status and content; raises OSError, for what is no HTTP as well."""
    connection = Connection(path, seconds)
    try:
        connection.request(method, target, body, {"Content-Type": "application/json"})
        answer = connection.getresponse()
        return answer.status, answer.read()
    except http.client.HTTPException as error:
        raise OSError(f"no HTTP: {error!r}") from error
    finally:
        connection.close()
