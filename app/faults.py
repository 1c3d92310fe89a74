"""The one table from what a domain refuses to what HTTP answers (RFC 9457).

A domain raises one of the `Refusal` classes with a stable code, what happened,
why, and what the reader can do; nothing but this module knows a status.
"""

from typing import Any

import structlog
from litestar import Request, Response
from litestar.exceptions import HTTPException, ValidationException
from litestar.types import ExceptionHandlersMap
from msgspec.json import encode
from msgspec.structs import replace

from wire.problems import CONTENT_TYPE, Problem

EXPLAINED = "/docs/conditions"
"""The dashboard's page on which every code has its place."""
_log = structlog.get_logger(__name__)


class Refusal(Exception):
    """Base of everything a domain refuses; never raised itself."""

    def __init__(self, code: str, title: str, detail: str = "", cure: str = "") -> None:
        super().__init__(title)
        self.code = code
        self.title = title
        self.detail = detail
        self.cure = cure


class Malformed(Refusal):
    """What was sent cannot be understood."""


class Unauthenticated(Refusal):
    """Nobody is signed in."""


class Denied(Refusal):
    """Whoever asks may not."""


class Missing(Refusal):
    """It does not exist, or not for whoever asks: the two look alike."""


class Conflict(Refusal):
    """The state of things forbids it now."""


class Unprocessable(Refusal):
    """Understood, but it cannot be done as asked."""


_STATUS: dict[type[Refusal], int] = {
    Malformed: 400,
    Unauthenticated: 401,
    Denied: 403,
    Missing: 404,
    Conflict: 409,
    Unprocessable: 422,
}

_HTTP_CODES = {
    400: "bad_request",
    401: "unauthenticated",
    403: "denied",
    404: "not_found",
    405: "method_not_allowed",
    413: "too_large",
    415: "unsupported_media_type",
}


def problem_of(error: Exception) -> Problem:
    """Return what HTTP says about an error; an unknown one tells nothing of itself."""
    if isinstance(error, Refusal):
        return Problem(
            code=error.code,
            title=error.title,
            status=_STATUS.get(type(error), 500),
            detail=error.detail,
            cure=error.cure,
        )
    if isinstance(error, ValidationException):
        return Problem(
            code="invalid",
            title="The request is not valid",
            status=400,
            detail=_validation_detail(error),
        )
    if isinstance(error, HTTPException):
        status = error.status_code
        return Problem(
            code=_HTTP_CODES.get(status, f"http_{status}"), title=error.detail, status=status
        )
    return Problem(
        code="internal",
        title="Podium made a mistake",
        status=500,
        cure="Try again; the server's log names the cause.",
    )


def _validation_detail(error: ValidationException) -> str:
    extra: Any = error.extra
    if not isinstance(extra, list):
        return error.detail
    return "; ".join(f"{one.get('key', 'body')}: {one.get('message', '')}" for one in extra)


def answer(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    """Answer an error as a problem; what nobody foresaw is logged with its trace."""
    problem = problem_of(error)
    if problem.status >= 500:
        _log.error("request_failed", path=request.url.path, exc_info=error)
    headers = getattr(error, "headers", None) or {}
    if problem.status == 401:
        headers = {**headers, "www-authenticate": "Bearer"}
    explained = replace(problem, type=f"{EXPLAINED}#{problem.code}")
    return Response(
        encode(explained), status_code=problem.status, media_type=CONTENT_TYPE, headers=headers
    )


HANDLERS: ExceptionHandlersMap = {Exception: answer, HTTPException: answer}
"""For the application; pages put their own, which answer HTML, on their routers."""
