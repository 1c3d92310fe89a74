"""The JSON API over images of starts."""

from typing import Annotated, Any

from litestar import Controller, post
from litestar.di import NamedDependency
from litestar.params import PathParameter

from app.accounts.access import Action, Principal
from app.workspaces.startimages import StartImages, StartImageView


class StartImagesApi(Controller):
    """What a running workspace's container is made of, for container engines."""

    path = "/api/v1/workspaces/{workspace_id:str}/image-token"
    tags = ("workspaces",)

    @post("/", operation_id="openImageToken", opt={"action": Action.CHANGE_WORKSPACE})
    async def open_token(
        self,
        principal: NamedDependency[Principal],
        start_images: NamedDependency[StartImages],
        workspace_id: Annotated[str, PathParameter(description="Its id.", max_length=64)],
    ) -> StartImageView:
        """Return the image of the start with a token for it; the token before ends."""
        return await start_images.open(principal, workspace_id)


route_handlers: list[Any] = [StartImagesApi]
