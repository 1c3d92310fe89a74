"""From a context to HTML: one template a page, as a whole page or as its fragment.

A context is a dataclass that names its template; a test compares its fields with the
names which the template uses, so that neither can drift from the other.
"""

from dataclasses import dataclass, fields
from typing import Any, ClassVar

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from litestar import Request
from litestar.response import Response

from app.web import times
from app.web.assets import FRONTEND, Assets
from kit.clock import Clock, SystemClock

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; font-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
HEADERS = {
    "content-security-policy": _POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
    "vary": "HX-Request",
}
FRAME = frozenset({"shell", "layout", "oob"})
"""Names that templates may use beside their context's fields."""


@dataclass(frozen=True, slots=True)
class Shell:
    """What every page needs beside its own context."""

    title: str
    place: str = ""
    """Which entry of the main navigation is the current one."""
    signed_in: bool = False
    csrf: str = ""


class Context:
    """Base of all contexts."""

    template: ClassVar[str]
    """The page, or the part of one."""
    part: ClassVar[str] = ""
    """What of the page is renewed over the live connection."""


class Renderer:
    """Jinja with StrictUndefined: a name that a template uses and nobody gives is an error."""

    def __init__(self, assets: Assets, clock: Clock | None = None) -> None:
        clock = clock or SystemClock()
        self.environment = Environment(
            loader=FileSystemLoader(FRONTEND / "templates"),
            undefined=StrictUndefined,
            autoescape=True,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        self.environment.globals.update(asset=assets.url, now=clock.now)
        self.environment.filters.update(
            since=lambda at: times.span(clock.now() - at),
            until=lambda at: times.until(at - clock.now()),
            took=times.took,
            moment=times.moment,
            iso=times.iso,
            clock=times.clock,
            brief=lambda at: times.brief(at, clock.now()),
        )

    def fragment(self, context: Context) -> str:
        """Return the part of a page that replaces the one with the same id."""
        return self._render(context.part or context.template, context, oob=True)

    def page(
        self, request: Request[Any, Any, Any], shell: Shell, context: Context, status: int = 200
    ) -> Response[str]:
        """Return a page: whole, or its fragment for a request of htmx's own."""
        layout = "layout/fragment.html" if wants_fragment(request) else "layout/page.html"
        text = self._render(context.template, context, shell=shell, layout=layout, oob=False)
        return Response(text, status_code=status, media_type="text/html", headers=HEADERS)

    def piece(self, context: Context, status: int = 200, **headers: str) -> Response[str]:
        """Return a part alone, for a place that the request or a header names."""
        text = self._render(context.template, context, oob=False)
        more = {name.replace("_", "-"): value for name, value in headers.items()}
        return Response(
            text, status_code=status, media_type="text/html", headers={**HEADERS, **more}
        )

    def _render(self, template: str, context: Context, **frame: Any) -> str:
        values = {one.name: getattr(context, one.name) for one in fields(context)}  # type: ignore[arg-type] # every context is a dataclass
        return self.environment.get_template(template).render(**values, **frame)


def wants_fragment(request: Request[Any, Any, Any]) -> bool:
    """Tell whether htmx asks for part of a page; boosted and restored ones are whole."""
    headers = request.headers
    return (
        headers.get("hx-request") == "true"
        and headers.get("hx-boosted") != "true"
        and headers.get("hx-history-restore-request") != "true"
    )
