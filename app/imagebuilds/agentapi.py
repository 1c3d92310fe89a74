"""What builders ask and tell: the plan, the log, the result; see `wire.imagebuild`.

Answered only for the running build that the token proves.
"""

import asyncio
from typing import Any

from litestar import Response, post
from litestar.di import NamedDependency
from litestar.params import JSONBody
from msgspec import Struct

from app.accounts.access import Action, Principal, Resource, allowed
from app.faults import Denied
from app.imagebuilds.working import Working
from wire.ids import parse_instance_id
from wire.imagebuild import (
    LOG_PATH,
    PLAN_PATH,
    RESULT_PATH,
    BuildResult,
    LogKept,
    LogPiece,
)

QUESTION: dict[str, Any] = {
    "opt": {"action": Action.REPORT_INSTANCE},
    "include_in_schema": False,
    "status_code": 200,
}
_PRIVATE = {"cache-control": "no-store"}


@post(PLAN_PATH, **QUESTION)
async def build_plan(
    principal: NamedDependency[Principal], working: NamedDependency[Working]
) -> Response[Struct]:
    """Give what is to be built, with a fresh token: the last one given is the one that counts."""
    plan = await working.plan(_build(principal))
    if plan is None:
        raise Denied("denied", "This build is over")
    return Response(plan, headers=_PRIVATE)


@post(LOG_PATH, **QUESTION)
async def build_log(
    principal: NamedDependency[Principal],
    working: NamedDependency[Working],
    data: JSONBody[LogPiece],
) -> Response[Struct]:
    """Keep a piece of the log."""
    length = await working.said(_build(principal), data.offset, data.data)
    return Response(LogKept(length=length), headers=_PRIVATE)


@post(RESULT_PATH, **QUESTION)
async def build_result(
    principal: NamedDependency[Principal],
    working: NamedDependency[Working],
    data: JSONBody[BuildResult],
) -> Response[dict[str, str]]:
    """Take in how the build ended."""
    await asyncio.shield(working.ended(_build(principal), data))
    return Response({}, headers=_PRIVATE)


def _build(principal: Principal) -> str:
    instance = parse_instance_id(principal.instance)
    own = Resource(owner="", organisation="", instance=principal.instance)
    if instance is None or not allowed(principal, Action.REPORT_INSTANCE, own):
        raise Denied("denied", "No such instance")
    return instance.workspace


route_handlers = [build_plan, build_log, build_result]
