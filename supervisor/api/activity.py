"""How long the workspace runs while nobody uses it, and what keeps it awake.

For programs inside alone: the dashboard asks the server, which counts. `/v1/active` is for the
pages of editors as well.
"""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from msgspec import Struct

from supervisor.api.endpoint import Call, Endpoint, Refused, Who, answers
from supervisor.host.wake import Wake


class WishedTimeout(Struct, frozen=True, forbid_unknown_fields=True):
    """What `gp timeout set` says."""

    timeout: str


class SeenActivity(Struct, frozen=True, forbid_unknown_fields=True):
    """What the IDE's extension says."""

    activity: str


def endpoints(wake: Wake) -> list[Endpoint]:
    """Return what `gp timeout` and the IDE's extension use."""

    def set_timeout(call: Call) -> dict[str, Any]:
        return _granted(wake.set_timeout, call.document(WishedTimeout).timeout)

    def be_active(call: Call) -> dict[str, Any]:
        return _granted(wake.be_active, call.document(SeenActivity).activity)

    return [
        answers("GET", "/v1/timeout", Who.INSIDE, lambda _call: wake.told()),
        answers("PUT", "/v1/timeout", Who.INSIDE, set_timeout),
        answers("POST", "/v1/timeout/extend", Who.INSIDE, lambda _call: wake.extend()),
        answers("POST", "/v1/active", Who.PERSON, be_active),
    ]


def _granted(wish: Callable[[str], dict[str, Any]], text: str) -> dict[str, Any]:
    try:
        return wish(text)
    except ValueError as error:
        raise Refused(HTTPStatus.BAD_REQUEST, "refused", str(error)) from error
