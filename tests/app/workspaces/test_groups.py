"""Which workspaces stand where, and how a page's marks change."""

from app.workspaces.groups import digest, grouped, newest_vital, order
from app.workspaces.structs import BackupView, WorkspaceView
from app.workspaces.vitals import Vital
from tests.app.workspaces.test_looks import view
from wire.phases import Phase


def looks(*views: WorkspaceView) -> dict[str, list[str]]:
    return {group.title: [one.view.name for one in group.looks] for group in grouped(list(views))}


def test_what_lives_comes_first_and_empty_groups_are_left_out() -> None:
    assert looks() == {}
    assert looks(view(Phase.STOPPED, "a")) == {"Stopped": ["a"]}
    found = looks(
        view(Phase.STOPPED, "old", phase_since=1.0),
        view(Phase.STOPPING, "ending"),
        view(Phase.STOPPED, "new", phase_since=2.0),
        view(Phase.RUNNING, "there"),
        view(Phase.PENDING, "unmade", instance=None, created=99.0),
    )
    assert found == {"Running": ["unmade", "ending", "there"], "Stopped": ["new", "old"]}


def test_a_row_stays_in_its_place_while_its_state_changes() -> None:
    before = grouped([view(Phase.PENDING, "a"), view(Phase.PENDING, "b")])
    after = grouped(
        [view(Phase.PENDING, "a"), view(Phase.RUNNING, "b", phase_since=90.0, version=9)]
    )
    assert order(before) == order(after) == [["a", "b"]]
    assert digest(before) != digest(after)
    assert digest(before) == digest(grouped([view(Phase.PENDING, "a"), view(Phase.PENDING, "b")]))


def test_a_digest_is_no_number_for_the_script_that_compares_it() -> None:
    assert digest([]).startswith("d")


def test_what_is_pinned_stands_first_in_its_group() -> None:
    views = [view(name="a"), view(name="b", pinned=True), view(Phase.STOPPED, "c")]
    views.append(view(Phase.STOPPED, "d", pinned=True, phase_since=1.0))
    assert order(grouped(views)) == [["b", "a"], ["d", "c"]]


def test_the_newest_of_what_supervisors_told_counts_over_all_groups() -> None:
    versions = {"a": 3, "b": 7}
    views = [view(name="a"), view(Phase.STOPPED, "b"), view(name="c")]

    def vital(one: WorkspaceView) -> Vital | None:
        version = versions.get(one.name)
        return None if version is None else Vital(one.id, version=version)

    assert newest_vital(grouped(views, vital)) == 7
    assert newest_vital([]) == newest_vital(grouped(views)) == 0


def test_what_is_archived_is_folded_away_until_somebody_opens_it() -> None:
    archived = view(Phase.STOPPED, "old", archived_at=1.0, archived=True)
    going = view(Phase.STOPPED, "going", archived_at=1.0)
    opened = view(
        Phase.STOPPED, "opened", archived_at=1.0, archived=True,
        backup=BackupView(restoring=True, starts=True),
    )  # fmt: skip
    found = grouped([archived, going, opened])
    assert {one.title: [look.view.name for look in one.looks] for one in found} == {
        "Running": ["opened"],
        "Stopped": ["going"],
        "Archived": ["old"],
    }
    assert [one.folded for one in found] == [False, False, True]
    assert (found[0].looks[0].word, found[2].looks[0].word) == ("starting", "archived")
