"""The facade over its socket, in somebody's name; what it does not give is told in its words."""

import json
from pathlib import Path

import pytest

from app.images.facade import Answer, FacadeClient, NotToBeHad
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
