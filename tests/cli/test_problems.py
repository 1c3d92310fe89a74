from cli.problems import NOT_REACHABLE, CommandError, not_running


def test_title_cause_and_cure_stand_on_lines_of_their_own() -> None:
    error = CommandError("It did not work", "The disk is full.", "Make room.", 1)
    assert error.text() == (
        "podium: It did not work\n  Cause: The disk is full.\n  Cure:  Make room."
    )


def test_what_is_not_known_is_left_out() -> None:
    assert CommandError("No").text() == "podium: No"


def test_a_platform_that_is_away_has_its_own_exit_code() -> None:
    assert not_running("refused").code == NOT_REACHABLE == 3
    assert "make up" in not_running().text()
