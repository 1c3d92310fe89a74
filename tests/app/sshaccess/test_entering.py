"""What the gateway is told: who, whether, since when not any more; strangers learn nothing."""

import asyncio

import pytest

from app.accounts import service as accounts
from app.accounts.access import Kind, Listener, Principal
from app.faults import Conflict, Denied, Missing
from app.sshaccess import entering as module
from app.sshaccess.structs import AddKey
from tests.app.sshaccess.conftest import Given, new_key
from tests.app.workspaces.control import DONE, Control
from wire.agent import Beats, Observed
from wire.ids import InstanceId
from wire.phases import Phase
from wire.ssh import Authenticate, Enter, Held, Known

UNKNOWN = "amber-otter-0000000000"


async def with_key(given: Given) -> tuple[str, Known]:
    """Return a workspace of alice, and who she is by her key."""
    made = await given.control.create()
    line = new_key()
    kept = await given.access.add_key(given.control.alice, AddKey(key=line))
    plain = " ".join(line.split()[:2])
    known = await given.entering.authenticate(Authenticate(workspace=made.id, key=plain))
    assert known == Known(user="alice", credential=f"key:{kept.id}")
    return made.id, known


def asking(workspace: str, known: Known, seen: str = "") -> Enter:
    return Enter(workspace=workspace, user=known.user, credential=known.credential, seen=seen)


def holding(workspace: str, known: Known, *, used: bool = False) -> Held:
    return Held(
        id=1,
        workspace=workspace,
        instance=f"{workspace}.1",
        user=known.user,
        credential=known.credential,
        used=used,
    )


async def signed_in(control: Control) -> Principal:
    """Return somebody with a session that can end."""
    async with control.database.write() as session:
        token, _ = await accounts.make_login_link(session, control.clock.now())
        name, _ = await accounts.sign_in(session, token, control.clock.now())
        row = await session.get(accounts.SessionRow, name)
        assert row is not None
        row.user_id = "alice"
    return Principal(
        Kind.USER, Listener.PUBLIC, user="alice", session=name, organisations=frozenset({"alice"})
    )


async def test_strangers_hear_the_same_of_everything(given: Given) -> None:
    made = await given.control.create()
    told = await given.access.make_token(given.control.alice, made.id)
    stranger = " ".join(new_key().split()[:2])
    for asked in (
        Authenticate(workspace=made.id, key=stranger),
        Authenticate(workspace=UNKNOWN, key=stranger),
        Authenticate(workspace=made.id, key="ssh-ed25519 x"),
        Authenticate(workspace=made.id, token="wrong"),
        Authenticate(workspace=made.id),
        Authenticate(workspace=UNKNOWN, token=told.password),
    ):
        with pytest.raises(Denied) as caught:
            await given.entering.authenticate(asked)
        assert caught.value.code == "ssh_refused"


async def test_a_password_is_good_for_ten_minutes(given: Given) -> None:
    made = await given.control.create()
    told = await given.access.make_token(given.control.alice, made.id)
    asked = Authenticate(workspace=made.id, token=told.password)
    assert (await given.entering.authenticate(asked)).user == "alice"
    given.control.clock.advance(601)
    with pytest.raises(Denied):
        await given.entering.authenticate(asked)


async def test_a_password_of_one_workspace_enters_no_other_one(given: Given) -> None:
    made, other = await given.control.create(), await given.control.create()
    told = await given.access.make_token(given.control.alice, made.id)
    known = await given.entering.authenticate(Authenticate(workspace=made.id, token=told.password))
    with pytest.raises(Denied):
        await given.entering.enter(asking(other.id, known))
    assert (await given.entering.held([holding(other.id, known)])).void
    assert (await given.entering.enter(asking(made.id, known))).instance == f"{made.id}.1"


async def test_a_key_that_two_people_have_is_the_owners(given: Given) -> None:
    line = new_key()
    for person in (given.control.bob, given.control.alice):
        await given.access.add_key(person, AddKey(key=line))
    made = await given.control.create()
    plain = " ".join(line.split()[:2])
    asked = Authenticate(workspace=made.id, key=plain)
    assert (await given.entering.authenticate(asked)).user == "alice"


async def test_entering_starts_what_is_stopped_and_says_how_far_it_is(given: Given) -> None:
    workspace, known = await with_key(given)
    async with given.control.reconciling():
        first = await given.entering.enter(asking(workspace, known))
        assert not first.ready
        assert first.doing
        await given.control.run(workspace)
        entry = await given.entering.enter(asking(workspace, known))
        assert (entry.ready, entry.instance) == (True, f"{workspace}.1")
        assert entry.key == given.control.store.secrets.proof_key(f"{workspace}.1")
        await given.control.service.stop(given.control.alice, workspace)
        await given.control.at(workspace, Phase.STOPPED)
        again = await given.entering.enter(asking(workspace, known))
        assert (again.ready, again.instance) == (False, f"{workspace}.2")
    (key,) = (await given.access.keys(given.control.alice)).keys
    assert key.used is not None


async def test_who_has_heard_is_told_only_what_is_new(
    given: Given, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace, known = await with_key(given)
    first = await given.entering.enter(asking(workspace, known))
    waiting = asyncio.ensure_future(  # noqa: TID251 - a test's own
        given.entering.enter(asking(workspace, known, first.doing))
    )
    async with given.control.reconciling():
        assert (await waiting).doing != first.doing
    monkeypatch.setattr(module, "LONGEST_POLL", 0.0)
    await given.control.service.stop(given.control.alice, workspace, force=True)
    once = await given.entering.enter(asking(workspace, known))
    assert (await given.entering.enter(asking(workspace, known, once.doing))).doing == once.doing


async def test_a_workspace_of_somebody_else_is_none(given: Given) -> None:
    workspace, _ = await with_key(given)
    line = new_key()
    kept = await given.access.add_key(given.control.bob, AddKey(key=line))
    bob = Known(user="bob", credential=f"key:{kept.id}")
    for name in (workspace, UNKNOWN, "x"):
        with pytest.raises(Missing) as caught:
            await given.entering.enter(asking(name, bob))
        assert caught.value.code == "workspace_unknown"


async def test_a_start_that_fails_is_told(given: Given) -> None:
    workspace, known = await with_key(given)
    async with given.control.reconciling():
        await given.control.contained(workspace)
        given.control.node.kill(InstanceId(workspace, 1), 1)
        await given.control.at(workspace, Phase.STOPPED)
        with pytest.raises(Conflict) as caught:
            await given.entering.enter(asking(workspace, known))
    assert caught.value.code == "start_failed"


async def test_a_removed_key_ends_what_was_begun_with_it(given: Given) -> None:
    workspace, known = await with_key(given)
    async with given.control.reconciling():
        await given.control.run(workspace)
        held = holding(workspace, known)
        assert (await given.entering.held([held])).void == {}
        await given.access.remove_key(given.control.alice, known.credential.partition(":")[2])
        assert "removed" in (await given.entering.held([held])).void[1]
        with pytest.raises(Denied):
            await given.entering.enter(asking(workspace, known))


async def test_signing_out_ends_passwords_and_tunnels(given: Given) -> None:
    made = await given.control.create()
    person = await signed_in(given.control)
    told = await given.access.make_token(person, made.id)
    asked = Authenticate(workspace=made.id, token=told.password)
    both = [await given.entering.authenticate(asked)]
    both.append(Known(user="alice", credential=f"session:{person.session}"))
    async with given.control.reconciling():
        await given.control.run(made.id)
        for known in both:
            assert (await given.entering.held([holding(made.id, known)])).void == {}
        async with given.control.database.write() as session:
            await accounts.sign_out(session, person.session, given.control.clock.now())
        for known in both:
            assert (await given.entering.held([holding(made.id, known)])).void[1]


async def test_a_workspace_that_stops_or_is_another_s_holds_nobody(given: Given) -> None:
    workspace, known = await with_key(given)
    async with given.control.reconciling():
        await given.control.run(workspace)
        bob = Known(user="bob", credential=known.credential)
        assert (await given.entering.held([holding(workspace, bob)])).void
        odd = Known(user="alice", credential="nonsense")
        assert (await given.entering.held([holding(workspace, odd)])).void
        await given.control.service.stop(given.control.alice, workspace)
        await given.control.at(workspace, Phase.STOPPED)
        words = (await given.entering.held([holding(workspace, known)])).void[1]
    assert words == "The workspace has stopped."


async def test_use_keeps_a_workspace_awake(given: Given) -> None:
    workspace, known = await with_key(given)
    async with given.control.reconciling():
        await given.control.run(workspace)
        beats = Observed(version=2, checkout=DONE, ide=DONE, beats=Beats(count=1))
        await given.control.agents.observed(f"{workspace}.1", beats)
        given.control.clock.advance(60)
        await given.entering.held([holding(workspace, known, used=True)])
        view = await given.control.see(workspace)
    assert view.why_awake == "somebody worked over ssh"
    assert view.active_at == given.control.clock.now()
