"""The loop of production, and a whole proxy between stand-ins."""

from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any

import pytest
import uvloop

from tests.proxy.net.whole import Whole


def pytest_asyncio_loop_factories() -> Mapping[str, Callable[[], Any]]:
    return {"uvloop": uvloop.new_event_loop}


@pytest.fixture
async def whole() -> AsyncIterator[Whole]:
    made = Whole()
    try:
        yield await made.start()
    finally:
        await made.stop()
