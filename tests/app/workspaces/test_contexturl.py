"""Links with a prefix, as Gitpod's users have them in READMEs and bookmarks."""

import pytest

from app.faults import Malformed
from app.workspaces.contexturl import ContextUrl, Opener, snapshot_of, split

ADDRESS = "https://github.com/ada/demo"


@pytest.mark.parametrize(
    "link",
    [
        ADDRESS,
        f"#{ADDRESS}",
        f"/{ADDRESS}",
        f"#/{ADDRESS}",
        f" {ADDRESS} ",
        f"https://gitpod.io/#{ADDRESS}",
        f"http://podium.localhost:8080/#{ADDRESS}",
        f"https://gitpod.io#{ADDRESS}",
    ],
)
def test_the_address_is_what_is_left(link: str) -> None:
    assert split(link) == ContextUrl(ADDRESS)


@pytest.mark.parametrize(
    "address",
    [
        "github.com/ada/demo",
        "git@github.com:ada/demo.git",
        "ssh://git@host/ada/demo.git",
        "file:///srv/git/demo",
        "https://github.com/ada/demo/blob/main/a.py#L10",
        "https://bitbucket.org/ada/demo/src/x?at=feature/y",
        "https://dev.azure.com/a/b/_git/c?version=GBmain",
        "https://host/projects/P/repos/r/commits?until=a&merges=include",
    ],
)
def test_an_address_is_left_as_it_is(address: str) -> None:
    assert split(address) == ContextUrl(address)


def test_variables_come_before_the_address() -> None:
    found = split(f"https://gitpod.io/#STAGE=test,LEVEL=v1.2/{ADDRESS}")
    assert found == ContextUrl(ADDRESS, {"STAGE": "test", "LEVEL": "v1.2"})


def test_a_program_that_the_click_came_from_is_told() -> None:
    found = split(f"referrer:jetbrains-gateway:goland/{ADDRESS}")
    assert found == ContextUrl(ADDRESS, opener=Opener("jetbrains-gateway", "goland"))
    assert split(f"#referrer:vscode/{ADDRESS}").opener == Opener("vscode")


def test_prefixes_do_not_stack() -> None:
    found = split(f"imagebuild/A=b/{ADDRESS}")
    assert found == ContextUrl(f"A=b/{ADDRESS}", build_image=True)


@pytest.mark.parametrize("link", [f"open-prebuild/abc/{ADDRESS}"])
def test_what_cannot_be_opened_yet_is_said(link: str) -> None:
    with pytest.raises(Malformed) as refused:
        split(link)
    assert refused.value.code == "context_unsupported"


def test_there_is_an_end_to_variables() -> None:
    many = ",".join(f"A{n}=1" for n in range(80))
    assert len(split(f"{many}/{ADDRESS}").variables) == 50
    assert split(f"A={'x' * 300},B=1/{ADDRESS}").variables == {"B": "1"}


def test_a_snapshots_link_is_told_from_others() -> None:
    for link in ("snapshot/abc", "#snapshot/abc", "https://podium.example/#snapshot/abc"):
        assert snapshot_of(link) == "abc"
        with pytest.raises(Malformed) as refused:
            split(link)
        assert refused.value.code == "context_snapshot"
    assert snapshot_of(ADDRESS) == snapshot_of("snapshot/a/b") == ""
