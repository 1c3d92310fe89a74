"""The "Open in Podium" badge: a picture at a stable address, and the text that shows it."""

from dataclasses import dataclass
from html import escape
from typing import Any
from urllib.parse import quote

from litestar import Response, get

from app.accounts.access import Action
from app.web.assets import FRONTEND

PATH = "/badge.svg"
_HEADERS = {
    "cache-control": "public, max-age=86400",
    "content-security-policy": "default-src 'none'; style-src 'none'",
    "cross-origin-resource-policy": "cross-origin",
    "x-content-type-options": "nosniff",
}


@dataclass(frozen=True, slots=True)
class Badge:
    """How a README shows it."""

    markdown: str
    html: str


def badge_of(dashboard: str, url: str) -> Badge:
    """Return the texts for whatever can be pasted into the start field."""
    target, picture = f"{dashboard}/#{quote(url, safe=':/?&=@%+,;~!$*')}", f"{dashboard}{PATH}"
    return Badge(
        markdown=f"[![Open in Podium]({picture})]({target})",
        html=f'<a href="{escape(target)}"><img src="{escape(picture)}" alt="Open in Podium"></a>',
    )


@get(PATH, opt={"action": Action.SEE_PUBLIC}, include_in_schema=False, sync_to_thread=False)
def badge() -> Response[bytes]:
    """Send the picture; pages of any origin may show it."""
    return Response(_PICTURE, media_type="image/svg+xml", headers=_HEADERS)


_PICTURE = (FRONTEND / "static/img/badge.svg").read_bytes()
route_handlers: list[Any] = [badge]
