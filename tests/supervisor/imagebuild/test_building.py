import asyncio
from typing import Any

import msgspec
import pytest

from supervisor.host.asking import NotGiven
from supervisor.imagebuild.building import Builder
from wire.imagebuild import PLAN_PATH, RESULT_PATH, BuildPlan, BuildResult, LogKept, LogPiece


class Server:
    """The server as a builder sees it."""

    def __init__(self, plan: BuildPlan | None) -> None:
        self.plan = plan
        self.log = b""
        self.result: BuildResult | None = None

    async def ask(self, target: str, question: Any = None) -> bytes:
        if target == PLAN_PATH:
            if self.plan is None:
                raise NotGiven(403)
            return msgspec.json.encode(self.plan)
        if target == RESULT_PATH:
            self.result = question
            return b"{}"
        assert isinstance(question, LogPiece)
        self.log += question.data
        return msgspec.json.encode(LogKept(length=len(self.log)))


def test_a_build_that_is_over_is_not_begun():
    assert asyncio.run(Builder(Server(None)).run()) == 1  # type: ignore[arg-type] # its one method


@pytest.mark.root
def test_a_repository_that_is_not_there_is_a_failure_that_the_server_knows(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Any
):
    root = str(tmp_path)
    monkeypatch.setattr("supervisor.imagebuild.building.FOLDERS", (f"{root}/run",))
    monkeypatch.setattr("supervisor.imagebuild.building.settings_files", lambda *_: {})
    plan = BuildPlan(name="built/x", token="secret", folder="missing", dockerfile="D", context="")
    server = Server(plan)
    assert asyncio.run(Builder(server).run()) == 0  # type: ignore[arg-type] # its one method
    assert server.result is not None
    assert server.result.code == "checkout_failed"
    assert b"missing" in server.log
    assert b"secret" not in server.log
