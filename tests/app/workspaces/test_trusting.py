import pytest

from app.accounts.access import Kind, Listener, Principal
from app.db.workspaces import WorkspaceRow
from app.faults import Denied
from app.workspaces.structs import CreateWorkspace
from app.workspaces.trusting import Trust, key_of
from tests.app.workspaces.control import Control
from wire.phases import Phase

URL = "https://h.org/ada/demo"
PULL = "https://github.com/ada/demo/pull/7"


async def test_trust_is_listed_with_what_it_is_about(control: Control) -> None:
    trust = Trust(control.store)
    assert await trust.list(control.alice) == []
    await control.service.create(control.alice, CreateWorkspace(url=URL, trust=True))
    control.clock.advance(1)
    await control.service.create(control.alice, CreateWorkspace(url=PULL, trust=True))
    await control.service.create(control.alice, CreateWorkspace(url=URL))
    found = await trust.list(control.alice)
    assert [(one.url, one.ref, one.workspaces) for one in found] == [
        ("https://github.com/ada/demo", "refs/pull/7/head", 1),
        (URL, "", 2),
    ]
    assert await trust.list(control.bob) == []


async def test_a_row_knows_its_key_as_the_parser_does(control: Control) -> None:
    for url in (URL, PULL):
        made = await control.service.create(control.alice, CreateWorkspace(url=url))
        preview = await control.service.preview(control.alice, url)
        async with control.database.read() as session:
            row = await session.get(WorkspaceRow, made.id)
        assert row is not None
        assert key_of(row) == preview.repository.trust_key


async def test_taken_back_it_is_gone_at_once_and_asked_for_at_the_next_start(
    control: Control,
) -> None:
    trust = Trust(control.store)
    made = await control.service.create(control.alice, CreateWorkspace(url=URL, trust=True))
    other = await control.service.create(control.alice, CreateWorkspace(url=PULL, trust=True))
    theirs = await control.service.create(control.bob, CreateWorkspace(url=URL, trust=True))
    await trust.revoke(control.alice, URL)
    await trust.revoke(control.alice, URL)
    seen = await control.see(made.id)
    assert not seen.trusted
    assert seen.version > made.version
    assert (await control.see(other.id)).trusted
    assert (await control.service.get(control.bob, theirs.id)).trusted
    kinds = [one.kind for one in await control.service.events(control.alice, made.id)]
    assert kinds.count("trust_revoked") == 1
    assert not (await control.service.preview(control.alice, URL)).trusted


async def test_a_start_is_as_trusted_as_its_repository_is_by_then(control: Control) -> None:
    made = await control.service.create(control.alice, CreateWorkspace(url=URL))
    assert not made.trusted
    await control.service.create(control.alice, CreateWorkspace(url=URL, trust=True))
    assert not (await control.see(made.id)).trusted
    await control.service.stop(control.alice, made.id, force=True)
    await control.at(made.id, Phase.STOPPED)
    assert (await control.service.start(control.alice, made.id)).trusted


async def test_nobody_sees_or_changes_it(control: Control) -> None:
    trust = Trust(control.store)
    nobody = Principal(Kind.NOBODY, Listener.PUBLIC)
    with pytest.raises(Denied):
        await trust.list(nobody)
    with pytest.raises(Denied):
        await trust.revoke(nobody, URL)
