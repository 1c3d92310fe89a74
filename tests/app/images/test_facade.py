"""The facade over its socket, in somebody's name; what it does not give is told in its words."""

import json
from pathlib import Path

import pytest

from app.images.facade import Answer, FacadeClient, NotToBeHad, ask
from tests.app.images.test_named import DIGEST, facade
from wire.phases import Condition


def get(path: Path, most: int = 100) -> Answer:
    return FacadeClient(str(path)).get("/v2/x", "amber-otter-4k2hw9xz1q.1", most)


def test_what_comes_has_its_digest(tmp_path: Path) -> None:
    with facade(tmp_path / "s", 200, body=b"12345") as asked:
        assert get(tmp_path / "s", 5) == Answer(DIGEST, b"12345")
    assert asked == [("/v2/x", "amber-otter-4k2hw9xz1q.1")]


def test_more_than_is_wanted_is_refused(tmp_path: Path) -> None:
    with facade(tmp_path / "s", 200, body=b"123456"), pytest.raises(NotToBeHad) as refused:
        get(tmp_path / "s", 5)
    assert refused.value.condition is Condition.IMAGE_REFUSED


@pytest.mark.parametrize("body", [b"<html>", b"{}", b'{"errors": [{"message": "No."}]}'])
def test_a_refusal_has_words(tmp_path: Path, body: bytes) -> None:
    with facade(tmp_path / "s", 403, body=body), pytest.raises(NotToBeHad) as refused:
        get(tmp_path / "s")
    assert refused.value.condition is Condition.IMAGE_DENIED
    said = json.loads(body)["errors"][0]["message"] if b"errors" in body else "status 403"
    assert str(refused.value) == said


def test_one_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(NotToBeHad) as refused:
        get(tmp_path / "nobody")
    assert refused.value.condition is Condition.IMAGE_UNREACHABLE
    assert refused.value.away


class Coming:
    """A facade that answers at last; each answer before is what it raises."""

    def __init__(self, *before: NotToBeHad) -> None:
        self._before = list(before)
        self.asked = 0

    def get(self, target: str, instance: str, most: int, accept: str = "*/*") -> Answer:
        assert (target, instance, most, accept) == ("/v2/x", "i.1", 5, "a/b")
        self.asked += 1
        if self._before:
            raise self._before.pop(0)
        return Answer(DIGEST, b"12345")


AWAY = NotToBeHad(Condition.IMAGE_UNREACHABLE, "Nobody answers.", away=True)


async def test_what_is_away_is_asked_again() -> None:
    """A registry that is not up yet, or fails for a moment, is no registry without the image."""
    coming = Coming(AWAY, AWAY)
    assert await ask(coming, "/v2/x", "i.1", 5, "a/b", (0.0, 0.0)) == Answer(DIGEST, b"12345")
    assert coming.asked == 3


@pytest.mark.parametrize(
    ("error", "asked"), [(AWAY, 3), (NotToBeHad(Condition.IMAGE_UNKNOWN, "It is nowhere."), 1)]
)
async def test_it_is_not_asked_for_ever(error: NotToBeHad, asked: int) -> None:
    coming = Coming(*[error] * 9)
    with pytest.raises(NotToBeHad) as refused:
        await ask(coming, "/v2/x", "i.1", 5, "a/b", (0.0, 0.0))
    assert refused.value is error
    assert coming.asked == asked


async def test_nobody_waits_for_what_is_away_longer_than_it_is_worth() -> None:
    coming = Coming(*[AWAY] * 9)
    with pytest.raises(NotToBeHad):
        await ask(coming, "/v2/x", "i.1", 5, "a/b", (3600.0,))
    assert coming.asked == 1


@pytest.mark.parametrize(("status", "away"), [(502, False), (503, True), (504, True)])
def test_who_is_away_is_told_from_who_says_nonsense(
    tmp_path: Path, status: int, *, away: bool
) -> None:
    with facade(tmp_path / "s", status), pytest.raises(NotToBeHad) as refused:
        get(tmp_path / "s")
    assert refused.value.away is away
