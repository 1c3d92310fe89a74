"""Durations in Go's spelling, and what is none."""

import pytest

from kit.durations import seconds_of, words_of


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("1ms", 0.001), ("1.5h", 5400.0), ("2h45m10s", 9910.0), ("0s", 0.0), ("7us", 7e-6)],
)
def test_durations(text: str, seconds: float) -> None:
    assert seconds_of(text) == pytest.approx(seconds)


@pytest.mark.parametrize(
    "text", ["", "0", "1", "-1h", "+1h", "h", "1 h", "1h ", "1x", "5hrs", "1h\n", "9" * 99 + "h"]
)
def test_no_durations(text: str) -> None:
    with pytest.raises(ValueError, match="duration"):
        seconds_of(text)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(-1, "0 s"), (10, "10 s"), (1800, "30 min"), (7200, "2 h"), (5430, "1 h 30 min")],
)
def test_words(seconds: float, words: str) -> None:
    assert words_of(seconds) == words
