"""Errors of pages: in the look of the product, with cause and cure."""

from dataclasses import dataclass, replace
from typing import Any, ClassVar

import structlog
from litestar import Request, Response
from litestar.exceptions import HTTPException, ValidationException
from msgspec import structs

from app.faults import problem_of
from app.web.render import Context, Renderer, Shell, wants_fragment
from wire.problems import Problem

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class ErrorContext(Context):
    """A page that says what went wrong."""

    template: ClassVar[str] = "error.html"

    found: Problem


@dataclass(frozen=True, slots=True)
class NoticeContext(Context):
    """The same, above the page on which something was tried."""

    template: ClassVar[str] = "notice.html"

    found: Problem


def answer_page(request: Request[Any, Any, Any], error: Exception, shell: Shell) -> Response[Any]:
    """Answer an error: a redirect stays one, an action's failure is said above its page."""
    if isinstance(error, HTTPException) and error.status_code == 303:
        location = (error.headers or {}).get("location", "/sign-in")
        if request.headers.get("hx-request") == "true":
            return Response(None, status_code=204, headers={"hx-redirect": location})
        return Response(None, status_code=303, headers={"location": location})
    found = problem_of(error)
    if isinstance(error, ValidationException):
        # What a form says can be understood and is not acceptable; htmx is told to show it.
        found = structs.replace(found, status=422)
    if found.status >= 500:
        _log.error("page_failed", path=request.url.path, exc_info=error)
    renderer: Renderer = request.app.state.renderer
    if wants_fragment(request) and request.method != "GET":
        return renderer.piece(
            NoticeContext(found), found.status, hx_retarget="#notice", hx_reswap="innerHTML"
        )
    frame = replace(shell, title=found.title)
    return renderer.page(request, frame, ErrorContext(found), status=found.status)
