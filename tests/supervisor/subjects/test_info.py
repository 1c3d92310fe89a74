"""Which workspace this is, once the server has said it."""

import pytest

from supervisor.api.endpoint import Refused
from supervisor.subjects.info import InfoSubject
from tests.supervisor.samples import wish


async def test_it_is_known_when_the_server_has_said_it(context):
    one = InfoSubject(context)
    (endpoint,) = one.endpoints()
    assert endpoint.pattern == "/v1/info/workspace"
    with pytest.raises(Refused, match="begins"):
        one.info(None)
    context.desired = wish()
    assert one.info(None)["workspaceId"] == context.desired.workspace
