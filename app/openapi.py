"""What the API says of itself: its description, at /api/v1/openapi.json."""

from litestar import Router
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin

from app.accounts.access import Action

API_VERSION = "1"


def described() -> OpenAPIConfig:
    """Return the description of the API."""
    return OpenAPIConfig(
        title="Podium",
        version=API_VERSION,
        description="Workspaces from git URLs. Errors are problem documents (RFC 9457).",
        openapi_router=Router(
            path="/api/v1",
            route_handlers=[],
            opt={"action": Action.SEE_PUBLIC},
            include_in_schema=False,
        ),
        render_plugins=[JsonRenderPlugin(path="/openapi.json")],
    )
