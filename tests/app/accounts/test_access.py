"""The access function over every (listener, kind, action): what no rule allows is denied."""

import itertools

import pytest

from app.accounts.access import Action, Kind, Listener, Principal, Resource, allowed, conceivable

OWN = Resource(owner="alice", organisation="a")
OTHER = Resource(owner="bob", organisation="b")
OPEN = {Action.SEE_PUBLIC, Action.SIGN_IN}
LISTS = {Action.LIST_OWN, Action.CHANGE_OWN, Action.CREATE_WORKSPACE, Action.SIGN_OUT}
OF_PLATFORM = {Action.PLATFORM, Action.REPORT_INSTANCE}
OF_WORKSPACE = set(Action) - OPEN - LISTS - OF_PLATFORM

ALICE = Principal(Kind.USER, Listener.PUBLIC, user="alice")
NOBODY = Principal(Kind.NOBODY, Listener.PUBLIC)


def permitted(principal: Principal, resource: Resource | None = None) -> set[Action]:
    return {action for action in Action if allowed(principal, action, resource)}


def test_nobody_sees_what_is_public_and_may_sign_in() -> None:
    assert permitted(NOBODY) == permitted(NOBODY, OWN) == OPEN


def test_a_person_may_everything_with_their_own() -> None:
    assert permitted(ALICE, OWN) == OPEN | LISTS | OF_WORKSPACE


def test_a_person_may_nothing_with_a_strangers() -> None:
    assert permitted(ALICE, OTHER) == OPEN | LISTS


def test_an_action_on_a_workspace_needs_the_workspace() -> None:
    assert permitted(ALICE) == OPEN | LISTS
    assert all(conceivable(ALICE, action) for action in OF_WORKSPACE)


def test_a_person_without_a_name_is_nobody_and_owns_nothing() -> None:
    nameless = Principal(Kind.USER, Listener.PUBLIC)
    assert permitted(nameless, Resource(owner="", organisation="")) == set()


def test_a_token_is_worth_its_scopes() -> None:
    reader = Principal(
        Kind.USER, Listener.PUBLIC, user="alice", scopes=frozenset({Action.LIST_OWN})
    )
    assert permitted(reader, OWN) == OPEN | {Action.LIST_OWN}


def test_the_platform_acts_on_the_internal_listener_only() -> None:
    assert permitted(Principal(Kind.PLATFORM, Listener.INTERNAL), OWN) == {Action.PLATFORM}
    for listener in (Listener.PUBLIC, Listener.AGENT):
        assert permitted(Principal(Kind.PLATFORM, listener), OWN) == set()


def test_an_instance_reports_itself_alone() -> None:
    one = Principal(Kind.INSTANCE, Listener.AGENT, instance="w.1")
    assert permitted(one, Resource("alice", "a", instance="w.1")) == {Action.REPORT_INSTANCE}
    assert permitted(one, Resource("alice", "a", instance="w.2")) == set()
    nameless = Principal(Kind.INSTANCE, Listener.AGENT)
    assert permitted(nameless, Resource("alice", "a")) == set()


@pytest.mark.parametrize(
    ("kind", "listener"),
    [
        pair
        for pair in itertools.product(Kind, Listener)
        if pair
        not in {
            (Kind.USER, Listener.PUBLIC),
            (Kind.NOBODY, Listener.PUBLIC),
            (Kind.PLATFORM, Listener.INTERNAL),
            (Kind.INSTANCE, Listener.AGENT),
        }
    ],
)
def test_every_other_pair_may_nothing(kind: Kind, listener: Listener) -> None:
    odd = Principal(kind, listener, user="alice", instance="w.1")
    assert permitted(odd, OWN) == set()
    assert not any(conceivable(odd, action) for action in Action)
