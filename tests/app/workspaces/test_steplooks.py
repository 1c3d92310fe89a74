"""The timeline of a start: titles, bars, and how long it took."""

from app.workspaces.steplooks import TITLES, steps_of, title_of, total_of
from tests.app.workspaces.test_looks import view
from wire.phases import Phase, Step


def test_every_step_has_a_title_and_the_editor_its_own() -> None:
    assert set(TITLES) == set(Step)
    there = view(Phase.RUNNING)
    assert title_of(there, Step.IDE) == there.editor.name
    assert title_of(there, Step.CONTENT) == "Files"


def test_without_a_start_there_is_no_timeline() -> None:
    fresh = view(Phase.STOPPED, instance=None)
    assert steps_of(fresh) == []
    assert total_of(fresh) is None
    assert all(0.0 <= one.left <= 99.0 for one in steps_of(view(Phase.RUNNING)))
