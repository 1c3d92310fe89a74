"""The corpora of hostile messages, and a judge that reads with another parser than ours."""

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

import httptools

from tests.proxy.world import OPEN_PORT, request

FOLDER = Path(__file__).parent / "corpus"
_REPEATED = re.compile(r"\$\{(.+?)\*(\d+)\}", re.DOTALL)
_SAID = re.compile(
    rb"x-forwarded-for: [^\r]+\r\nx-forwarded-proto: http\r\n"
    rb"x-forwarded-host: [^\r]+\r\nx-request-id: [0-9a-f]{12}-[0-9a-f]+\r\n"
)


def spelled(text: str) -> str:
    """A corpus's text with its abbreviations written out."""
    text = _REPEATED.sub(lambda found: found[1] * int(found[2]), text)
    return text.replace("$HOST", OPEN_PORT)


def abbreviated(sent: bytes) -> str:
    """What an upstream was sent, with what is said of the client shortened as in a corpus."""
    return _SAID.sub(b"$FWD", sent).decode("latin-1")


@dataclass
class Hostile:
    """One row of requests.toml."""

    name: str
    send: bytes
    refused: int
    seen: list[str]
    reaches: str
    then: int
    closes: bool

    @property
    def statuses(self) -> list[int]:
        """What the client is answered."""
        last = self.refused or self.then
        return [200] * len(self.seen) + ([last] if last else [])

    @property
    def ends(self) -> bool:
        """Whether the connection ends with the last answer."""
        return bool(self.closes or self.refused or self.then)


def hostile_requests() -> list[Hostile]:
    """Every row of requests.toml."""
    rows = tomllib.loads((FOLDER / "requests.toml").read_text())["row"]
    return [
        Hostile(
            row["name"],
            spelled(row["send"]).encode("latin-1"),
            row.get("refused", 0),
            [spelled(one) for one in row.get("seen", [])],
            spelled(row.get("reaches", "")),
            row.get("then", 0),
            row.get("closes", False),
        )
        for row in rows
    ]


@dataclass
class Misbehaving:
    """One row of upstreams.toml."""

    name: str
    asked: str
    says: list[bytes]
    ends: str
    status: int
    body: bytes
    cut: bool
    kept: bool

    @property
    def request(self) -> bytes:
        """What its client asks."""
        body = b"hello" if self.asked == "POST" else b""
        return request("/", OPEN_PORT, self.asked, {}, body)


def misbehaving_upstreams() -> list[Misbehaving]:
    """Every row of upstreams.toml."""
    rows = tomllib.loads((FOLDER / "upstreams.toml").read_text())["row"]
    return [
        Misbehaving(
            row["name"],
            row.get("asked", "GET"),
            [spelled(piece).encode("latin-1") for piece in row["says"]],
            row.get("ends", ""),
            row["status"],
            row.get("body", "").encode(),
            row.get("cut", False),
            row.get("kept", False),
        )
        for row in rows
    ]


class RequestJudge:
    """An upstream's view: requests as llhttp reads them. Raises httptools.HttpParserError."""

    def __init__(self) -> None:
        self.seen: list[str] = []
        self.bodies: list[bytes] = []
        self.heard = b""
        self._parser = httptools.HttpRequestParser(self)
        self._line = b""
        self._body = b""

    def feed(self, data: bytes) -> int:
        """Return how many requests these bytes complete."""
        before = len(self.seen)
        self.heard += data
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            self._parser = httptools.HttpRequestParser(self)
        return len(self.seen) - before

    def on_message_begin(self) -> None:
        self._line = self._body = b""

    def on_url(self, url: bytes) -> None:
        self._line += url

    def on_body(self, body: bytes) -> None:
        self._body += body

    def on_message_complete(self) -> None:
        method = self._parser.get_method().decode()
        self.seen.append(f"{method} {self._line.decode('latin-1')}")
        self.bodies.append(self._body)


class ResponseJudge:
    """A client's view: final answers as llhttp reads them.

    `begun` is the status of the last one, `body` what came of it.
    """

    def __init__(self) -> None:
        self.statuses: list[int] = []
        self.begun = 0
        self.body = b""
        self._parser = httptools.HttpResponseParser(self)

    def feed(self, data: bytes) -> None:
        """Take bytes of answers. Raises httptools.HttpParserError."""
        self._parser.feed_data(data)

    @property
    def whole(self) -> bool:
        """Whether the last answer came to its end."""
        return bool(self.statuses) and self.begun == 0

    def on_headers_complete(self) -> None:
        self.begun = self._parser.get_status_code()
        self.body = b""

    def on_body(self, body: bytes) -> None:
        self.body += body

    def on_message_complete(self) -> None:
        if self.begun >= 200:
            self.statuses.append(self.begun)
        self.begun = 0
