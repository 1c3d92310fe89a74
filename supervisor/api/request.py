"""One request of one connection: read within bounds, decided by the table, answered."""

import asyncio
import inspect
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from http import HTTPStatus
from typing import Any, cast
from urllib.parse import parse_qsl

import h11
import msgspec
from websockets.asyncio.server import ServerConnection

from supervisor.api.endpoint import Call, Kind, Refused, Reply
from supervisor.api.replies import EVENTS, JSON, framed, paced, response
from supervisor.api.table import Asked, Found, Listener, Table
from supervisor.host.journal import note
from wire.proof import PROOF_HEADER

PATIENCE = 10.0
"""Seconds for a whole request to arrive."""
LINGER = 2.0
"""Seconds for a client to read why its body was not wanted."""


class Request(asyncio.Protocol):
    """What happens on a connection, until it is over or has become a WebSocket."""

    transport: asyncio.Transport

    def __init__(
        self,
        listener: Listener,
        table: Table,
        key: Callable[[], str],
        counted: Callable[[int], bool],
        hand_over: "Callable[[Request, bytes], None]",
    ) -> None:
        self.listener = listener
        self.path = ""
        self._table = table
        self._key = key
        self._counted = counted
        self._hand_over = hand_over
        self._h11 = h11.Connection(h11.SERVER)
        self._raw = b""
        self._body = b""
        self._head: h11.Request | None = None
        self._found: Found | None = None
        self._refusal: Refused | None = None
        self._task: asyncio.Task[None] | None = None
        self._flowing = asyncio.Event()
        self._flowing.set()
        self._limit: asyncio.TimerHandle | None = None

    # --- asyncio's side ---

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin to wait for a request."""
        self.transport = cast(asyncio.Transport, transport)
        if not self._counted(1):
            self.transport.abort()
            return
        self._limit = asyncio.get_running_loop().call_later(PATIENCE, self.transport.abort)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio's signature
        """Stop the work that nobody waits for any more."""
        self.ended()
        if self._task is not None:
            self._task.cancel()

    def pause_writing(self) -> None:
        """Let a stream wait for its reader."""
        self._flowing.clear()

    def resume_writing(self) -> None:
        """Let it go on."""
        self._flowing.set()

    def data_received(self, data: bytes) -> None:
        """Read on, until there is a whole request; what comes later is not wanted."""
        if self._task is not None:
            return
        if self._head is None:
            self._raw += data
        self._h11.receive_data(data)
        try:
            self._read()
        except h11.RemoteProtocolError as error:
            status = HTTPStatus(error.error_status_hint)
            self._refuse(Refused(status, "request_invalid", str(error)))

    def ended(self) -> None:
        """Count the connection no longer; called by whoever had it last."""
        if self._limit is not None:
            self._limit.cancel()
        self._counted(-1)

    # --- reading ---

    def _read(self) -> None:
        while self._task is None:
            event = self._h11.next_event()
            if isinstance(event, h11.Request):
                self._head = event
                self._decide(event)
                if self._found is not None and self._found.endpoint.kind is Kind.SOCKET:
                    self._to_socket()
                    return
            elif isinstance(event, h11.Data):
                self._take(bytes(event.data))
            elif isinstance(event, h11.EndOfMessage):
                self._answer_soon()
            else:
                if self._h11.they_are_waiting_for_100_continue:
                    self._send(h11.InformationalResponse(status_code=100, headers=[]))
                return

    def _decide(self, head: h11.Request) -> None:
        fields = [(name.lower(), value) for name, value in head.headers]

        def all_of(name: bytes) -> bytes:
            return b",".join(value for field, value in fields if field == name).lower()

        proofs = [value for name, value in fields if name == PROOF_HEADER.encode()]
        asked = Asked(
            self.listener,
            head.method.decode(),
            head.target.decode(),
            [one.decode("latin-1") for one in proofs],
            upgrade=b"upgrade" in all_of(b"connection") and b"websocket" in all_of(b"upgrade"),
            stream=EVENTS in all_of(b"accept"),
        )
        try:
            self._found = self._table.find(asked, self._key(), time.time())
        except Refused as refusal:
            self._refusal = refusal
            return
        self.path = self._found.path
        length = all_of(b"content-length")
        has_body = length not in {b"", b"0"} or b"transfer-encoding" in dict(fields)
        if has_body and all_of(b"content-type").partition(b";")[0].strip() != JSON:
            self._refusal = Refused(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "json_expected")
        if length.isdigit() and int(length) > self._found.endpoint.most:
            self._refuse(Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "body_too_large"))

    def _take(self, data: bytes) -> None:
        if self._refusal is None:
            self._body += data
        if self._found is None or len(self._body) > self._found.endpoint.most:
            self._refuse(
                self._refusal or Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "body_too_large")
            )

    def _call(self) -> Call:
        assert self._head is not None
        assert self._found is not None
        query = parse_qsl(self._head.target.decode().partition("?")[2], keep_blank_values=True)
        return Call(
            self._head.method.decode(),
            self._found.path,
            self._found.values,
            dict(reversed(query)),
            self._body,
            self._found.bearer,
        )

    # --- answering ---

    def _refuse(self, refusal: Refused) -> None:
        self._refusal = refusal
        self._answer_soon()

    def _answer_soon(self) -> None:
        if self._limit is not None:
            self._limit.cancel()
        loop = asyncio.get_running_loop()
        self._task = loop.create_task(self._answer(), name=f"request {self.path}")

    async def _answer(self) -> None:
        try:
            if self._refusal is None:
                await self._have_answered()
            else:
                self._say_refusal(self._refusal)
        except Refused as refusal:
            self._say_refusal(refusal)
        except Exception as error:  # noqa: BLE001 - a task's root: one endpoint is not the workspace
            note("request_failed", path=self.path, error=repr(error))
            self._say(HTTPStatus.INTERNAL_SERVER_ERROR, {"code": "internal"})
        self._over()

    async def _have_answered(self) -> None:
        assert self._found is not None
        endpoint = self._found.endpoint
        if endpoint.kind is Kind.STREAM:
            await self._stream(endpoint.handler(self._call()))
            return
        document = endpoint.handler(self._call())
        if inspect.isawaitable(document):
            document = await document
        if isinstance(document, Reply):
            self._reply(document)
        else:
            self._say(HTTPStatus.NO_CONTENT if document is None else HTTPStatus.OK, document)

    def _say_refusal(self, refusal: Refused) -> None:
        told = {"code": refusal.code, "detail": refusal.detail}
        self._say(refusal.status, {name: text for name, text in told.items() if text})

    def _say(self, status: HTTPStatus, document: Any) -> None:
        if self._h11.our_state not in {h11.IDLE, h11.SEND_RESPONSE}:
            self.transport.abort()  # half of an answer is out: only its end can tell
            return
        content = None if document is None else msgspec.json.encode(document)
        self._write(response(status, content), content)

    def _reply(self, reply: Reply) -> None:
        kind = reply.kind.encode() or JSON
        content = reply.document if reply.kind else msgspec.json.encode(reply.document)
        self._write(response(reply.status, content, kind=kind, more=reply.fields), content)

    def _write(self, head: h11.Response, content: bytes | None) -> None:
        self._send(head)
        if content and (self._head is None or self._head.method != b"HEAD"):
            self._send(h11.Data(data=content))
        self._send(h11.EndOfMessage())

    async def _stream(self, documents: AsyncGenerator[Any, None]) -> None:
        assert self._head is not None
        events = EVENTS in b",".join(
            value for name, value in self._head.headers if name == b"accept"
        )
        self._send(response(HTTPStatus.OK, kind=EVENTS if events else JSON))
        if self._head.method != b"HEAD":
            async with aclosing(paced(documents)) as following:
                async for document in following:
                    await self._flowing.wait()
                    piece = framed(document, events=events)
                    if piece:
                        self._send(h11.Data(data=piece))
        self._send(h11.EndOfMessage())

    def _send(self, event: h11.Event) -> None:
        data = self._h11.send(event)
        if data and not self.transport.is_closing():
            self.transport.write(data)

    def _over(self) -> None:
        if self.transport.is_closing():
            return
        if self._h11.their_state is h11.SEND_BODY:
            # closed now, the rest of the body would be answered by a reset, and our words lost
            self.transport.write_eof()
            asyncio.get_running_loop().call_later(LINGER, self.transport.abort)
        else:
            self.transport.close()

    # --- WebSocket ---

    def _to_socket(self) -> None:
        if self._limit is not None:
            self._limit.cancel()
        self._hand_over(self, self._raw)

    async def converse(self, connection: ServerConnection) -> None:
        """Let the endpoint talk; a refusal closes with its words."""
        assert self._found is not None
        try:
            await self._found.endpoint.handler(self._call(), connection)
        except Refused as refusal:
            await connection.close(4000 + refusal.status % 1000, refusal.code)
