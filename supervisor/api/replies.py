"""Plain answers of the supervisor's two APIs."""

import json
from http import HTTPStatus

from websockets.datastructures import Headers
from websockets.http11 import Response


def plain(status: HTTPStatus, body: dict[str, object]) -> Response:
    """Return an answer in JSON that ends the connection."""
    content = json.dumps(body).encode()
    headers = Headers(
        [
            ("Content-Type", "application/json"),
            ("Content-Length", str(len(content))),
            ("Cache-Control", "no-store"),
            ("Connection", "close"),
        ]
    )
    return Response(status.value, status.phrase, headers, content)
