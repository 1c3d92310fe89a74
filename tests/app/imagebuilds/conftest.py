from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from tests.app.imagebuilds.yard import Yard


@pytest_asyncio.fixture
async def yard(tmp_path: Path) -> AsyncIterator[Yard]:
    made = Yard(tmp_path)
    await made.open()
    yield made
    await made.node.close()
    await made.database.close()
