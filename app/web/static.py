"""The route of static files."""

from typing import Annotated, Any

from litestar import Request, get
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import PathParameter
from litestar.response import Response

from app.web.assets import IMMUTABLE, Assets


def static_route(action: object) -> object:
    """Return the handler; the action is the caller's to name, since web knows no accounts."""

    @get(
        "/assets/{key:path}", opt={"action": action}, include_in_schema=False, sync_to_thread=False
    )
    def asset(
        request: Request[Any, Any, Any],
        key: Annotated[str, PathParameter(max_length=300)],
        assets: NamedDependency[Assets],
    ) -> Response[bytes]:
        """Send a file."""
        found = assets.find(key.lstrip("/"))
        if found is None:
            raise NotFoundException(detail="There is no such file")
        headers = {
            "cache-control": IMMUTABLE,
            "x-content-type-options": "nosniff",
            "vary": "Accept-Encoding",
        }
        content = found.content
        if found.compressed is not None and "gzip" in request.headers.get("accept-encoding", ""):
            content = found.compressed
            headers["content-encoding"] = "gzip"
        return Response(content, media_type=found.media_type, headers=headers)

    return asset
