import re
from pathlib import Path

import pytest

from app.web.assets import FRONTEND
from app.web.times import HALF_A_DAY, brief, clock, iso, moment, span, took, until


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        *((-3, "0.0 s"), (0, "0.0 s"), (1.29, "1.2 s"), (9.99, "9.9 s"), (10, "10 s")),
        *((59.9, "59 s"), (60, "1 min"), (3599, "59 min"), (3600, "1 h"), (86399, "23 h")),
        *((86400, "1 d"), (864000, "10 d")),
    ],
)
def test_a_span_is_said_in_its_greatest_unit(seconds: float, said: str) -> None:
    assert span(seconds) == said


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        *((0, "1 ms"), (0.0144, "14 ms"), (0.1, "0.10 s"), (1.204, "1.20 s"), (12.34, "12.3 s")),
        *((60, "1 min 0 s"), (125.9, "2 min 5 s")),
    ],
)
def test_a_measured_duration_keeps_what_means_something(seconds: float, said: str) -> None:
    assert took(seconds) == said


def test_what_is_left_is_told_in_whole_seconds_at_the_end() -> None:
    said = [until(seconds) for seconds in (-3, 0.9, 9.5, 10, 1439, 7300)]
    assert said == ["0 s", "0 s", "9 s", "10 s", "23 min", "2 h"]


def test_moments_are_told_in_utc_until_the_browser_knows_better() -> None:
    assert moment(1_700_000_000.0) == "2023-11-14 22:13 UTC"
    assert clock(1_700_000_000.5) == "22:13:20"
    assert iso(1_700_000_000.5) == "2023-11-14T22:13:20.500+00:00"


def test_a_moment_of_today_is_the_time_of_day() -> None:
    assert brief(0.0, 60.0) == "00:00"
    assert brief(0.0, float(HALF_A_DAY)) == "1970-01-01 00:00 UTC"
    script = (FRONTEND / "static/js/times.js").read_text()
    assert f"HALF_A_DAY = {HALF_A_DAY};" in script


def test_the_script_changes_units_at_the_same_seconds() -> None:
    script = Path(FRONTEND / "static" / "js" / "times.js").read_text()
    assert re.findall(r"if \(seconds < (\d+)\)", script) == ["10", "60", "3600", "86400"]
