"""What pages of snapshots say."""

import pytest

from app.accounts.access import Shared
from app.snapshots.contexts import list_context, look_of, mine_context, mine_list, snapshots_context
from app.snapshots.structs import SnapshotView, State


def view(state: State = State.DONE, access: Shared = Shared.OWNER) -> SnapshotView:
    return SnapshotView(
        id="s",
        url="http://podium.localhost/#snapshot/s",
        name="demo",
        mine=True,
        owner="alice",
        workspace="amber-otter-0",
        repository="ada/demo",
        branch="main",
        access=access,
        state=state,
        created=1.0,
        expires=None,
        files=1,
        size=2_000_000,
        opened=0,
    )


@pytest.mark.parametrize("access", list(Shared))
def test_everybody_who_may_open_it_is_named(access: Shared) -> None:
    look = look_of(view(access=access))
    assert look.who
    assert look.done
    assert look.size == "2.0 MB"


def test_a_list_with_one_that_is_being_made_looks_often() -> None:
    waiting = [view(), view(State.WANTED)]
    assert snapshots_context("w", "demo", waiting).busy
    assert not list_context("w", "demo", [view()]).busy


def test_all_of_ones_snapshots_say_of_what_they_are() -> None:
    page, again = mine_context([view()]), mine_list([view(State.WANTED)])
    assert (page.place, page.sources, page.busy) == ("/snapshots", True, False)
    assert (again.place, again.sources, again.busy) == ("/snapshots", True, True)
    assert not list_context("amber-otter-0", "demo", []).sources
