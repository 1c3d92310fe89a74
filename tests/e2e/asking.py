"""Plain HTTP requests to the installation's one entry, with any host and headers."""

import http.client
from collections.abc import Mapping
from dataclasses import dataclass

from tests.e2e.installation import Installation


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes


def ask(
    installation: Installation,
    authority: str,
    path: str = "/",
    headers: Mapping[str, str] | None = None,
) -> Answer:
    connection = http.client.HTTPConnection("127.0.0.1", installation.port, timeout=60)
    try:
        connection.request("GET", path, headers={"Host": authority, **(headers or {})})
        answer = connection.getresponse()
        found = {name.lower(): value for name, value in answer.getheaders()}
        return Answer(answer.status, found, answer.read())
    finally:
        connection.close()
