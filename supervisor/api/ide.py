"""What programs inside ask of the IDE, and how its windows hear of it.

`gp open` and `gp preview` use:

    POST /v1/ide/open     {"paths": ["/workspace/demo/a.py"], "wait": false} → 204
    POST /v1/ide/preview  {"url": "http://3000-….ws.localhost/", "external": false} → 204
    GET  /v1/ide          → {"state": "done", "windows": 1, "restarts": 0, "why": "",
                             "extensions": ["publisher.name"]}

`extensions` are those that the repository's file asks for.

Paths are absolute, addresses http or https; `wait` answers when all files are closed again,
however long that takes, and through reloads of the window. 409 `no_window` when nobody has the
IDE open: a program in a terminal then edits there. 422 `not_shown` with the window's words.

The extension of a window, with a name of its own choice, follows `GET /v1/ide/events?window=…`:
`{"number", "paths", "wait"}` and `{"number", "preview", "external"}`, each answered by
`POST /v1/ide/done {"number", "fault"}`; `POST /v1/ide/used {"window"}` says that a person looks
at it.
"""

from collections.abc import AsyncGenerator, Callable
from http import HTTPStatus
from typing import Annotated, Any

from msgspec import Meta, Struct

from supervisor.api.endpoint import Call, Endpoint, Refused, Who, answers, streams
from supervisor.host.windows import NotShownError, NoWindowError, Windows

Path = Annotated[str, Meta(pattern=r"^/[^\0]*$", max_length=4096)]
Address = Annotated[str, Meta(pattern=r"^https?://[^\s]+$", max_length=8192)]
Name = Annotated[str, Meta(min_length=1, max_length=100)]


class ToOpen(Struct, frozen=True, forbid_unknown_fields=True):
    """Files to open."""

    paths: Annotated[list[Path], Meta(min_length=1, max_length=100)]
    wait: bool = False


class ToPreview(Struct, frozen=True, forbid_unknown_fields=True):
    """An address to show."""

    url: Address
    external: bool = False
    """In a tab of the browser, not beside the editor."""


class Done(Struct, frozen=True, forbid_unknown_fields=True):
    """What has become of what was asked for."""

    number: int
    fault: Annotated[str, Meta(max_length=2000)] = ""


class Used(Struct, frozen=True, forbid_unknown_fields=True):
    """A window that a person looks at."""

    window: Name


def endpoints(windows: Windows, told: Callable[[], dict[str, Any]]) -> list[Endpoint]:
    """Return what programs inside and the windows use; `told` is the IDE's own part."""

    async def open_files(call: Call) -> None:
        wished = call.document(ToOpen)
        try:
            await windows.open(wished.paths, wait=wished.wait)
        except (NoWindowError, NotShownError) as error:
            raise _refused(error) from error

    async def preview(call: Call) -> None:
        wished = call.document(ToPreview)
        try:
            await windows.preview(wished.url, external=wished.external)
        except (NoWindowError, NotShownError) as error:
            raise _refused(error) from error

    def events(call: Call) -> AsyncGenerator[dict[str, Any], None]:
        return windows.events(call.query.get("window", "")[:100])

    def done(call: Call) -> None:
        found = call.document(Done)
        windows.done(found.number, found.fault)

    def used(call: Call) -> None:
        windows.used(call.document(Used).window)

    return [
        answers("GET", "/v1/ide", Who.INSIDE, lambda _call: {**told(), "windows": len(windows)}),
        answers("POST", "/v1/ide/open", Who.INSIDE, open_files),
        answers("POST", "/v1/ide/preview", Who.INSIDE, preview),
        answers("POST", "/v1/ide/done", Who.INSIDE, done),
        answers("POST", "/v1/ide/used", Who.INSIDE, used),
        streams("/v1/ide/events", Who.INSIDE, events),
    ]


def _refused(error: NoWindowError | NotShownError) -> Refused:
    if isinstance(error, NotShownError):
        return Refused(HTTPStatus.UNPROCESSABLE_ENTITY, "not_shown", str(error))
    return Refused(HTTPStatus.CONFLICT, "no_window", "Nobody has the editor open in a browser.")
