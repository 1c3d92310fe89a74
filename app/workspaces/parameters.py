"""Parts of addresses that pages and the API of several subjects have in common."""

from typing import Annotated

from litestar.params import PathParameter

WorkspaceId = Annotated[str, PathParameter(description="A workspace's id.", max_length=64)]
