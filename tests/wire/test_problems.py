import msgspec
import pytest

from tests.wire.samples import GOLDEN, SAMPLES, text_of, with_more
from wire.problems import CONTENT_TYPE, Problem


@pytest.mark.parametrize("name", ["problem", "problem-least"])
def test_a_problem_is_as_it_was(name: str) -> None:
    golden = (GOLDEN / f"{name}.json").read_text()
    assert text_of(name) == golden
    assert msgspec.json.decode(golden, type=Problem) == SAMPLES[name]
    assert msgspec.json.decode(with_more(golden.encode()), type=Problem) == SAMPLES[name]


def test_what_is_not_known_is_not_sent() -> None:
    said = msgspec.json.decode(text_of("problem-least"))
    assert said == {"code": "internal", "title": "It did not work"}


def test_it_has_the_media_type_of_the_rfc() -> None:
    assert CONTENT_TYPE == "application/problem+json"


def test_every_golden_file_belongs_to_a_sample() -> None:
    assert {file.stem for file in GOLDEN.iterdir()} == set(SAMPLES)
