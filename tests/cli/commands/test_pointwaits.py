"""A point and a restore are waited for to their ends, good or bad."""

from typing import Any

import pytest

from cli.commands import pointwaits
from cli.commands.client import Client, Endpoint
from cli.problems import CommandError
from tests.cli.commands.test_points import ID, point, serving, view_of

HALF = {"text": "writing", "done": 2_000_000, "total": 8_000_000}


class Api:
    """Answers each question with the next of its answers, then with the last for ever."""

    def __init__(self, **answers: list[Any]) -> None:
        self.answers = answers

    def answer(self, request: Any) -> tuple[int, Any]:
        path = request.path.partition("?")[0]
        name = next((one for one in ("events", "rp-1", "points") if path.endswith(one)), "view")
        left = self.answers[name]
        return 200, left.pop(0) if len(left) > 1 else left[0]

    def client(self, port: int) -> Client:
        return Client(Endpoint("podium.localhost", "127.0.0.1", port), "t")


def restoring(*, on: bool) -> dict[str, Any]:
    return {**view_of("stopped"), "backup": {"restoring": on}}


def test_a_point_is_waited_for_until_it_is_made() -> None:
    begun = point("rp-1", "wanted", workspace=ID)
    points = [point("rp-1", "working", workspace=ID, progress=HALF), point("rp-1", workspace=ID)]
    api = Api(view=[view_of("stopped")], **{"rp-1": points})
    with serving(api.answer) as server:
        client = api.client(server.port)
        made = pointwaits.until_made(client, f"/api/v1/workspaces/{ID}/points", begun)
    assert made["state"] == "done"


def test_a_point_that_fails_is_told() -> None:
    failed = point("rp-1", "failed", workspace=ID, problem={"title": "The disk is full"})
    with pytest.raises(CommandError, match="The disk is full"):
        pointwaits.until_made(Api().client(1), "", failed)


@pytest.mark.parametrize("kind", ["restored", "restore_failed"])
def test_a_restore_is_waited_for_to_its_end(kind: str) -> None:
    events = [{"kind": "stopped", "text": ""}, {"kind": kind, "text": "Not restored: it broke."}]
    api = Api(
        view=[restoring(on=True), restoring(on=False)],
        points=[{"points": [], "restore": HALF}],
        events=[{"events": events}],
    )
    with serving(api.answer) as server:
        client = api.client(server.port)
        if kind == "restored":
            assert not pointwaits.until_restored(client, restoring(on=True))["backup"]["restoring"]
        else:
            with pytest.raises(CommandError, match="it broke"):
                pointwaits.until_restored(client, restoring(on=True))


@pytest.mark.parametrize(
    ("progress", "words"),
    [
        (None, ""),
        ({"text": "looking for changes", "done": 0, "total": 0}, "looking for changes"),
        ({"text": "reading back", "done": 5_000_000, "total": 0}, "reading back, 5.0 MB"),
        (HALF, "writing 25 %, 2.0 MB"),
    ],
)
def test_progress_is_told_in_words(progress: Any, words: str) -> None:
    assert pointwaits.words(progress) == words
