"""The public API, as the command line speaks it."""

import contextlib
import http.client
import json
import secrets
import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from cli.problems import FAILED, NOT_REACHABLE, USAGE, CommandError
from cli.settings import Settings
from cli.tokens import machine_token

WORKSPACES = "/api/v1/workspaces"
_NO_CHECK_TIME = 0x200000
"""X509_V_FLAG_NO_CHECK_TIME of OpenSSL, for which Python has no name."""
_PIECE = 1024 * 1024
TIMEOUT = 60.0
"""Seconds; longer than the longest poll."""


class ApiProblem(CommandError):
    """What the API refused, with the problem's stable `problem` code and the HTTP `status`."""

    def __init__(self, status: int, said: dict[str, Any]) -> None:
        away = status in {502, 503, 504}
        super().__init__(
            str(said.get("title", f"The server answered {status}")),
            str(said.get("detail", "")),
            str(said.get("cure", "")),
            NOT_REACHABLE if away else FAILED,
        )
        self.status = status
        self.problem = str(said.get("code", ""))


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where the API is: `authority` is the Host header, `address` and `port` what to connect to."""

    authority: str
    address: str
    port: int
    tls: bool = False
    pinned: str = ""
    """Certificates (a file, or a folder) of which one has to be shown, whoever has issued it."""

    @classmethod
    def of_url(cls, url: str) -> "Endpoint":
        """Return the endpoint of an origin; *.localhost is this machine, which glibc ignores."""
        parts = urlsplit(url)
        name, tls = parts.hostname or "", parts.scheme == "https"
        local = name == "localhost" or name.endswith(".localhost")
        port = parts.port or (443 if tls else 80)
        return cls(parts.netloc, "127.0.0.1" if local else name, port, tls)

    @classmethod
    def of_machine(cls, settings: Settings) -> "Endpoint":
        """Return the proxy of this machine, whatever name and scheme people reach it by."""
        anywhere = settings.listen in {"0.0.0.0", "::"}  # noqa: S104 - compared, not bound
        address = "127.0.0.1" if anywhere else settings.listen
        pinned = settings.certificate
        authority = urlsplit(settings.base_url).netloc
        return cls(authority, address, settings.port, bool(pinned), pinned)

    def connection(self, timeout: float) -> http.client.HTTPConnection:
        """Return a connection, which is made when it is used."""
        if not self.tls:
            return http.client.HTTPConnection(self.address, self.port, timeout=timeout)
        context = pin(Path(self.pinned)) if self.pinned else ssl.create_default_context()
        return http.client.HTTPSConnection(
            self.address, self.port, timeout=timeout, context=context
        )


def pin(certificates: Path) -> ssl.SSLContext:
    """Return a context that takes these certificates and no others.

    They are our own, shown by our own proxy at an address that is not their name; that one
    has expired is for browsers to mind.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN | _NO_CHECK_TIME
    files = certificates.rglob("*") if certificates.is_dir() else [certificates]
    for file in files:
        with contextlib.suppress(ssl.SSLError, OSError, ValueError):  # a key, or a folder
            context.load_verify_locations(cadata=_first(file.read_text()))
    return context


def _first(text: str) -> str:
    """Return the first certificate of a file: those of its issuers vouch for others, too."""
    begin, end = "-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----"
    at = text.index(begin)
    return text[at : text.index(end, at) + len(end)]


class Client:
    """Asks with a bearer token."""

    def __init__(self, endpoint: Endpoint, token: str) -> None:
        self._endpoint = endpoint
        self._token = token

    @classmethod
    def of_machine(cls, settings: Settings) -> "Client":
        """Return a client of this machine's platform with this machine's token."""
        return cls(Endpoint.of_machine(settings), machine_token(settings.layout))

    @classmethod
    def of(cls, settings: Settings) -> "Client":
        """Return what the workspace commands use: PODIUM_URL and PODIUM_TOKEN, or this machine.

        Raises CommandError when there is an URL but no token: the token of this machine is
        nobody else's business.
        """
        if not settings.url:
            token = settings.token or machine_token(settings.layout)
            return cls(Endpoint.of_machine(settings), token)
        if not settings.token:
            raise CommandError(
                "PODIUM_URL is set, but PODIUM_TOKEN is not",
                "The token of this machine is never sent to another address.",
                "Set PODIUM_TOKEN to an API token of that Podium, or unset PODIUM_URL.",
                USAGE,
            )
        return cls(Endpoint.of_url(settings.url), settings.token)

    def workspaces(self) -> list[dict[str, Any]]:
        """Return the owner's workspaces."""
        listed = self.get(WORKSPACES)["workspaces"]
        assert isinstance(listed, list)
        return listed

    def works(self) -> bool:
        """Tell whether the token is accepted."""
        try:
            self.workspaces()
        except ApiProblem as problem:
            if problem.status in {401, 403}:
                return False
            raise
        return True

    def get(self, path: str) -> Any:
        """Return the JSON at a path."""
        return json.loads(self._ask("GET", path))

    def content(self, path: str) -> bytes:
        """Return the bytes at a path."""
        return self._ask("GET", path)

    def text(self, path: str) -> str:
        """Return the text at a path."""
        return self._ask("GET", path).decode()

    def post(self, path: str, body: object = None, *, once: bool = False) -> Any:
        """Post JSON; `once` sends a key that makes repeating it harmless."""
        headers = {"Idempotency-Key": secrets.token_urlsafe(16)} if once else {}
        return json.loads(self._ask("POST", path, body, headers))

    def put(self, path: str, body: object) -> Any:
        """Put JSON; returns what is there now."""
        return json.loads(self._ask("PUT", path, body))

    def patch(self, path: str, body: object) -> Any:
        """Change what a JSON document names; returns what is there now."""
        return json.loads(self._ask("PATCH", path, body))

    def delete(self, path: str) -> Any:
        """Delete what is at a path; returns what it is now, None when nothing is left."""
        received = self._ask("DELETE", path)
        return json.loads(received) if received else None

    def stream(
        self,
        path: str,
        write: Callable[[bytes], object],
        told: Callable[[int], None] = lambda _received: None,
    ) -> int:
        """Write what is at a path as it comes; returns its bytes, `told` is how many so far.

        Raises CommandError for an answer that ends too early.
        """
        received = 0
        with self._opened("GET", path, None, {"Accept": "*/*"}) as answer:
            if answer.status >= 300:
                raise ApiProblem(answer.status, _said(answer.read()))
            while piece := answer.read(_PIECE):
                try:
                    write(piece)
                except OSError as error:
                    raise CommandError("It cannot be written", str(error)) from error
                received += len(piece)
                told(received)
        return received

    def _ask(
        self,
        method: str,
        path: str,
        body: object = None,
        headers: dict[str, str] | None = None,
    ) -> bytes:
        """Return the answer's content; raises ApiProblem, or CommandError without an answer."""
        with self._opened(method, path, body, headers or {}) as answer:
            received = answer.read()
        if answer.status >= 300:
            raise ApiProblem(answer.status, _said(received))
        return received

    @contextlib.contextmanager
    def _opened(
        self, method: str, path: str, body: object, headers: dict[str, str]
    ) -> Iterator[http.client.HTTPResponse]:
        """Give the answer, to be read; raises CommandError where none comes, or not all of it."""
        where = self._endpoint
        connection = where.connection(TIMEOUT)
        sent = {
            "Host": where.authority,
            "Authorization": f"Bearer {self._token}",
            "Accept": "application/json",
            **headers,
        }
        content = None
        if body is not None:
            content = json.dumps(body)
            sent["Content-Type"] = "application/json"
        try:
            connection.request(method, path, content, sent)
            yield connection.getresponse()
        except (OSError, http.client.HTTPException) as error:
            raise CommandError(
                f"Podium does not answer at {where.authority}",
                str(error) or type(error).__name__,
                "Start it with `make up`, or set PODIUM_URL and PODIUM_TOKEN.",
                NOT_REACHABLE,
            ) from error
        finally:
            connection.close()


def _said(content: bytes) -> dict[str, Any]:
    """Return a problem document, or what can be shown of something else."""
    try:
        said = json.loads(content)
    except ValueError:
        said = None
    if isinstance(said, dict):
        return said
    return {"detail": content.decode(errors="replace")[:200].strip()}
