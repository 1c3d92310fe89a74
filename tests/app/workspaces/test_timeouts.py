"""Which timeout counts, until when, and what is no timeout."""

import pytest

from app.faults import Malformed
from app.workspaces import timeouts
from app.workspaces.timeouts import Source, Stop
from wire.agent import Activity
from wire.phases import StopReason

NOW = 1000.0


@pytest.mark.parametrize("text", ["30m", "2h", "24h", "1h30m", "10s", "none"])
def test_a_timeout_is_kept_as_it_was_written(text: str) -> None:
    assert timeouts.validated(text) == text


@pytest.mark.parametrize("text", ["", "1", "never", "0s", "1ms", "9s", "24h1s", "-1h", "1h;rm"])
def test_what_is_no_timeout_is_refused_with_a_cure(text: str) -> None:
    with pytest.raises(Malformed) as refused:
        timeouts.validated(text)
    assert (refused.value.code, refused.value.title) == (
        "timeout_invalid",
        "Invalid timeout format",
    )
    assert "30m" in refused.value.cure


def test_the_nearest_choice_counts() -> None:
    assert timeouts.effective("2h", "1h", "30m") == ("2h", Source.WORKSPACE)
    assert timeouts.effective("", "none", "30m") == ("none", Source.PERSON)
    assert timeouts.effective("", "", "30m") == ("30m", Source.INSTALLATION)


def test_it_stops_when_idle_or_at_the_end_of_its_life() -> None:
    idle, over = StopReason.TIMED_OUT, StopReason.LIFETIME
    assert timeouts.stop_of("30m", NOW, None) == Stop(NOW + 1800, idle)
    assert timeouts.stop_of("30m", NOW, NOW + 60) == Stop(NOW + 60, over)
    assert timeouts.stop_of("30m", NOW, NOW + 6000) == Stop(NOW + 1800, idle)
    assert timeouts.stop_of("none", NOW, NOW + 60) == Stop(NOW + 60, over)
    assert timeouts.stop_of("none", NOW, None) is None
    assert timeouts.stop_of("30m", None, None) is None


def test_extending_never_shortens() -> None:
    assert timeouts.extended("30m") == "180m"
    assert timeouts.extended("3h") == "3h"
    assert timeouts.extended("8h") == "8h"
    assert timeouts.extended("none") == "none"


def test_who_was_away_leaves_time_for_a_warning() -> None:
    assert timeouts.least("30m", NOW - 86_400, NOW) == NOW - 1800 + timeouts.WARNING
    assert timeouts.least("30m", NOW - 10, NOW) == NOW - 10
    assert timeouts.least("30m", NOW + 86_400, NOW) == NOW
    assert timeouts.least("1m", NOW - 86_400, NOW) == NOW
    assert timeouts.least("none", NOW - 86_400, NOW) == NOW - 86_400


def test_reasons_and_activities_have_words() -> None:
    assert timeouts.told(StopReason.TIMED_OUT, "30m", "none") == "no activity for 30 min"
    assert "36 h" in timeouts.told(StopReason.LIFETIME, "30m", "36h")
    assert all(timeouts.told(reason, "30m", "36h") for reason in StopReason)
    assert all(timeouts.why(activity, "VS Code") for activity in Activity)
    assert timeouts.why(Activity.IDE, "JupyterLab") == "JupyterLab was used"
    assert timeouts.why("", "VS Code") == ""


def test_what_a_page_offers_has_what_is_chosen_among_it() -> None:
    offered = timeouts.choices("90m", "30m", "as usual")
    assert (offered[0].title, offered[0].chosen) == ("30 min, as usual", False)
    assert [(one.timeout, one.title) for one in offered if one.chosen] == [("90m", "1 h 30 min")]
    assert timeouts.choices("", "", "as usual")[0].title == "as usual"
    assert "never" in {one.title for one in offered}
