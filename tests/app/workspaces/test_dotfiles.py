"""The repository of one's dotfiles: chosen, and given to trusted workspaces alone."""

import pytest

from app.accounts.access import Kind, Listener, Principal
from app.faults import Denied, Malformed
from app.workspaces import repository
from app.workspaces.dotfiles import Dotfiles
from app.workspaces.structs import ChangeWorkspace, CreateWorkspace
from app.workspaces.upkeep import Upkeep
from tests.app.workspaces.control import DEMO, Control
from wire.ids import InstanceId

URL = "https://h.org/ada/dotfiles"


@pytest.fixture
def dotfiles(control: Control) -> Dotfiles:
    def parse(text: str, ref: str) -> repository.Repository:
        return repository.parse(text, ref, {"https", "ssh", "file"}, ["/srv/git"])

    return Dotfiles(control.store, parse)


async def test_they_are_the_persons_alone(control: Control, dotfiles: Dotfiles) -> None:
    assert (await dotfiles.set(control.alice, f" {URL}.git ")).repository == URL
    assert (await dotfiles.view(control.alice)).repository == URL
    nobody = Principal(Kind.NOBODY, Listener.PUBLIC)
    with pytest.raises(Denied):
        await dotfiles.view(nobody)
    with pytest.raises(Denied):
        await dotfiles.set(nobody, URL)
    assert (await dotfiles.set(control.alice, "")).repository == ""


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("--upload-pack=touch x", "url_characters"),
        ("ext::sh -c x", "url_characters"),
        ("https://h.org", "url_path"),
        (f"{URL}/tree/main/vim", "dotfiles_not_whole"),
        (f"A=b/{URL}", "dotfiles_not_whole"),
        ("file:///srv/git/dots", "dotfiles_local"),
    ],
)
async def test_what_cannot_be_cloned_in_a_workspace_is_refused(
    control: Control, dotfiles: Dotfiles, text: str, code: str
) -> None:
    with pytest.raises(Malformed) as refused:
        await dotfiles.set(control.alice, text)
    assert refused.value.code == code


async def test_only_trusted_workspaces_are_told(control: Control, dotfiles: Dotfiles) -> None:
    await dotfiles.set(control.alice, URL)
    for trust in (False, True):
        wanted = CreateWorkspace(url=DEMO.url, trust=trust)
        made = await control.service.create(control.alice, wanted)
        desired = await control.agents.desired(InstanceId(made.id, 1))
        assert desired is not None
        assert desired.dotfiles == (URL if trust else "")


async def test_a_workspace_may_have_none(control: Control, dotfiles: Dotfiles) -> None:
    await dotfiles.set(control.alice, URL)
    wanted = CreateWorkspace(url=DEMO.url, trust=True, dotfiles=False)
    made = await control.service.create(control.alice, wanted)
    assert not made.dotfiles
    desired = await control.agents.desired(InstanceId(made.id, 1))
    assert desired is not None
    assert desired.dotfiles == ""
    upkeep = Upkeep(control.store, control.service)
    assert (await upkeep.change(control.alice, made.id, ChangeWorkspace(dotfiles=True))).dotfiles
    desired = await control.agents.desired(InstanceId(made.id, 1))
    assert desired is not None
    assert desired.dotfiles == URL
