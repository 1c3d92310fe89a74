"""The JSON schema of .gitpod.yml at a stable address, for editors anywhere."""

import json
from typing import Any

from litestar import Response, get

from app.accounts.access import Action
from wire.configschema import SCHEMA

PATH = "/schemas/gitpod.json"
_HEADERS = {
    # editors in a browser load it from another origin; there is nothing in it but words
    "access-control-allow-origin": "*",
    "cache-control": "public, max-age=3600",
    "cross-origin-resource-policy": "cross-origin",
    "x-content-type-options": "nosniff",
}
_TEXT = json.dumps(dict(SCHEMA), indent=1).encode() + b"\n"


@get(PATH, opt={"action": Action.SEE_PUBLIC}, include_in_schema=False, sync_to_thread=False)
def config_schema() -> Response[bytes]:
    """Send the schema."""
    return Response(_TEXT, media_type="application/schema+json", headers=_HEADERS)


route_handlers: list[Any] = [config_schema]
