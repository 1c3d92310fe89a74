"""The JSON API over builds: /api/v1/image-builds."""

from typing import Annotated, Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.params import PathParameter, QueryParameter

from app.accounts.access import Action, Principal
from app.imagebuilds import agentapi
from app.imagebuilds.assembly import Building
from app.imagebuilds.structs import ImageBuildList, ImageBuildView
from wire.imagebuild import MOST_LOG

Parts = NamedDependency[Building]
Who = NamedDependency[Principal]
BuildId = Annotated[str, PathParameter(description="As the list has it.", max_length=64)]
Offset = Annotated[
    int, QueryParameter(description="Bytes of it that are known already.", ge=0, le=MOST_LOG)
]


class ImageBuildsApi(Controller):
    """Builds that workspaces of whoever asks wait for, or got their image from."""

    path = "/api/v1/image-builds"
    tags = ("image builds",)

    @get("/", operation_id="listImageBuilds", opt={"action": Action.LIST_OWN})
    async def view(self, principal: Who, building: Parts) -> ImageBuildList:
        """Return the newest hundred, newest first."""
        return ImageBuildList(builds=await building.own.view(principal))

    @get(
        "/{build_id:str}",
        operation_id="getImageBuild",
        opt={"action": Action.SEE_WORKSPACE},
    )
    async def one(self, principal: Who, building: Parts, build_id: BuildId) -> ImageBuildView:
        """Return one."""
        return await building.own.one(principal, build_id)

    @get(
        "/{build_id:str}/log",
        operation_id="getImageBuildLog",
        opt={"action": Action.SEE_WORKSPACE},
        media_type="text/plain",
    )
    async def log(
        self, principal: Who, building: Parts, build_id: BuildId, offset: Offset = 0
    ) -> Response[bytes]:
        """Return its log as it was written, with colours, from an offset on."""
        text = await building.own.log(principal, build_id, offset, MOST_LOG)
        headers = {"x-content-type-options": "nosniff", "cache-control": "no-store"}
        return Response(text, media_type="text/plain", headers=headers)

    @post(
        "/{build_id:str}/cancel",
        operation_id="cancelImageBuild",
        opt={"action": Action.CHANGE_WORKSPACE},
        status_code=200,
    )
    async def cancel(self, principal: Who, building: Parts, build_id: BuildId) -> ImageBuildView:
        """Make sure that it does not go on; whoever waits for it opens on the default image."""
        return await building.own.cancel(principal, build_id)


route_handlers: list[Any] = [ImageBuildsApi, *agentapi.route_handlers]
