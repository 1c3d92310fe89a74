"""Terminals: listed, opened, renamed, closed, read and searched. Viewers: see api/viewing.py.

Through the proxy all paths are below `/_supervisor`; on the person's socket as they stand.

- `GET /v1/terminals` → `{"terminals": [...]}`, each as core/listing.py's `Listed`: id, alias, life,
  title, given_title, task, command, cwd, annotations, pid, alive, exit_code, signal, begin, end,
  last_output_at, cols, rows, viewers (id, kind, name, since, cols, rows, focused).
- `POST /v1/terminals` with core/opening.py's `Opening`, all of it optional: cwd, command (a list),
  env, cols, rows, title, annotations → 201 and the new one as listed.
- `GET /v1/terminals/{id}` → one as listed. `PUT` with `{"title": …}` renames it, → as listed.
- `DELETE /v1/terminals/{id}` → 204: hung up as by a window that closes, and ended after 5 s if it
  does not care; it leaves the list when it has ended, one that has ended leaves it at once.
- `GET /v1/terminals/{id}/output?from=<offset>&limit=<bytes>` → the bytes as they were written, from
  that offset or the oldest that is held; a negative one counts from the end. The header
  `x-podium-offset` has the offset of the first, `x-podium-end` that after the newest there is. At
  most 1 MiB at a time: ask again from offset and length on.
- `GET /v1/terminals/{id}/search?q=…&regex=0|1&case=0|1&before=<offset>&limit=100` →
  `{"matches": [{"offset", "line", "start", "end"}], "before", "begin", "end", "complete"}`, newest
  first. `offset` is that of the line's first byte, `line` its text without escapes, at most 400
  characters around the match, which is line[start:end]. `before` is where the next page goes on,
  null after the oldest. `complete` is false when an expression took longer than 5 s.
- WebSocket `/v1/terminals/{id}`: a viewer.

The terminal `main` opens when somebody looks at it; `task-1` and so on are those of the tasks.
"""

from http import HTTPStatus
from typing import Protocol

from supervisor.api.endpoint import Call, Endpoint, Refused, Reply, Who, answers, converses
from supervisor.api.viewing import conversation
from supervisor.core.listing import Listed
from supervisor.core.opening import Opening, Renaming
from supervisor.core.search import MOST_MATCHES, Wanted
from supervisor.host.finder import Found
from supervisor.host.terminal import Terminal
from supervisor.host.terminals import MOST, Terminals, TooMany

MOST_OUTPUT = 2**20
"""Bytes of one answer."""
LONGEST_QUERY = 1000
"""Characters of what is searched for."""
_FOR_EVER = 2**62


class Holder(Protocol):
    """Who has the terminals; supervisor/subjects/terminals.py."""

    all: Terminals

    def find(self, name: str) -> Terminal | None:
        """Return a terminal, opening `main` when it is not there."""

    def create(self, asked: Opening) -> Terminal | None:
        """Open one; None before the server has spoken. Raises OSError, TooMany."""

    async def search(self, terminal: Terminal, wanted: Wanted) -> Found:
        """Search; raises ValueError for an expression that is none."""


def endpoints(holder: Holder) -> list[Endpoint]:
    """Return what terminals serve."""
    served = _Served(holder)
    one = "/v1/terminals/{id}"
    return [
        answers("GET", "/v1/terminals", Who.PERSON, served.list),
        answers("POST", "/v1/terminals", Who.PERSON, served.create),
        answers("GET", one, Who.PERSON, served.show),
        answers("PUT", one, Who.PERSON, served.rename),
        answers("DELETE", one, Who.PERSON, served.close),
        answers("GET", f"{one}/output", Who.PERSON, served.output),
        answers("GET", f"{one}/search", Who.PERSON, served.search),
        converses(one, Who.PERSON, conversation(holder.find)),
    ]


class _Served:
    def __init__(self, holder: Holder) -> None:
        self._holder = holder

    def list(self, _call: Call) -> dict[str, list[Listed]]:
        return {"terminals": self._holder.all.listed()}

    def create(self, call: Call) -> Reply:
        asked = call.document(Opening) if call.body else Opening()
        try:
            opened = self._holder.create(asked)
        except TooMany:
            detail = f"There are {MOST} terminals; close some."
            raise Refused(HTTPStatus.TOO_MANY_REQUESTS, "terminals_too_many", detail) from None
        except OSError as error:
            raise Refused(
                HTTPStatus.UNPROCESSABLE_ENTITY, "terminal_not_opened", str(error)
            ) from error
        if opened is None:
            raise Refused(HTTPStatus.SERVICE_UNAVAILABLE, "not_ready")
        return Reply(opened.listed(), status=HTTPStatus.CREATED)

    def show(self, call: Call) -> Listed:
        return self._known(call).listed()

    def rename(self, call: Call) -> Listed:
        terminal = self._known(call)
        terminal.rename(call.document(Renaming).title)
        return terminal.listed()

    def close(self, call: Call) -> None:
        self._holder.all.close(self._known(call))

    async def output(self, call: Call) -> Reply:
        history = self._known(call).history
        limit = _number(call, "limit", MOST_OUTPUT, least=1, most=MOST_OUTPUT)
        first = history.book.start(_number(call, "from", 0, least=-_FOR_EVER))
        found = b""
        while len(found) < limit:
            offset, piece = await history.read(first + len(found), limit - len(found))
            if not piece:
                break
            if offset != first + len(found):  # overwritten meanwhile: what follows is newer
                first, found = offset, b""
            found += piece
        fields = {"x-podium-offset": str(first), "x-podium-end": str(history.end)}
        return Reply(found, kind="application/octet-stream", fields=fields)

    async def search(self, call: Call) -> Found:
        terminal, query = self._known(call), call.query.get("q", "")
        if not 0 < len(query) <= LONGEST_QUERY:
            detail = f"q has to have 1 to {LONGEST_QUERY} characters."
            raise Refused(HTTPStatus.BAD_REQUEST, "query_invalid", detail)
        wanted = Wanted(
            query=query,
            regex=call.query.get("regex") == "1",
            case=call.query.get("case") == "1",
            before=_number(call, "before", _FOR_EVER),
            limit=_number(call, "limit", 100, least=1, most=MOST_MATCHES),
        )
        try:
            return await self._holder.search(terminal, wanted)
        except ValueError as error:
            raise Refused(HTTPStatus.BAD_REQUEST, "query_invalid", str(error)) from error

    def _known(self, call: Call) -> Terminal:
        found = self._holder.all.get(call.values["id"])
        if found is None:
            raise Refused(HTTPStatus.NOT_FOUND, "terminal_unknown")
        return found


def _number(call: Call, name: str, usual: int, *, least: int = 0, most: int = _FOR_EVER) -> int:
    """Return a number of the query within bounds; raises Refused for what is none."""
    text = call.query.get(name, "")
    if not text:
        return usual
    digits = text.removeprefix("-")
    if not (digits.isascii() and digits.isdecimal() and len(digits) < 19):
        raise Refused(HTTPStatus.BAD_REQUEST, "query_invalid", f"{name} has to be a number.")
    return max(least, min(int(text), most))
