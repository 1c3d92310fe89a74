import pytest

from supervisor.core.largest import greeting, largest
from wire.usage import MOST_FOLDERS, MOST_PATH, Folder

TOPS = ["/workspace", "/home/gitpod"]
MIB = 1 << 20


def lines(**sizes: int) -> list[str]:
    return [f"{1024 * mib}\t/{path.replace('__', '/')}" for path, mib in sizes.items()]


def test_the_folders_that_take_most_are_named_not_those_they_lie_in() -> None:
    told = lines(
        workspace__demo__node_modules=800,
        workspace__demo__src=40,
        workspace__demo=860,
        workspace=1960,
        workspace__data=1100,
        home__gitpod__cache=300,
        home__gitpod=300,
    )
    assert [(one.path, one.size // MIB) for one in largest(told, TOPS)] == [
        ("/workspace/data", 1100),
        ("/workspace/demo/node_modules", 800),
        ("/home/gitpod/cache", 300),
        ("/workspace/demo/src", 40),
    ]


def test_files_that_lie_at_the_top_are_shown_as_it() -> None:
    assert largest(lines(workspace=500), TOPS) == [Folder(path="/workspace", size=500 * MIB)]


def test_of_a_top_with_folders_the_files_right_in_it_are_shown_beside_them() -> None:
    told = lines(workspace__demo=30, workspace=24_030, home__gitpod__cache=2, home__gitpod=3)
    assert [(one.path, one.size // MIB) for one in largest(told, TOPS)] == [
        ("/workspace/*", 24_000),
        ("/workspace/demo", 30),
        ("/home/gitpod/cache", 2),
        ("/home/gitpod/*", 1),
    ]


@pytest.mark.parametrize(
    "odd",
    [
        ["9000\t/workspace/two", "lines"],
        ["9000\t/workspace/demo", "two lines"],
        [f"9000\t/workspace/{'x' * MOST_PATH}"],
    ],
)
def test_what_lies_right_in_a_top_is_not_told_where_not_all_in_it_is_known(odd: list[str]) -> None:
    told = [*odd, *lines(workspace__demo=30, workspace=24_030)]
    assert "/workspace/*" not in [one.path for one in largest(told, TOPS)]


def test_what_is_deeper_or_complained_about_leaves_the_rest_known() -> None:
    odd = [f"9000\t/workspace/demo/{'x' * MOST_PATH}", "du: cannot read directory '/workspace/x'"]
    told = [*odd, *lines(workspace__demo=30, workspace=24_030)]
    assert largest(told, TOPS)[0] == Folder(path="/workspace/*", size=24_000 * MIB)


def test_what_du_could_not_say_and_what_is_small_is_left_out() -> None:
    told = ["du: cannot read directory '/workspace/x': Permission denied", "12\t/workspace/small"]
    assert largest([*told, f"9999999\t/workspace/{'x' * 400}"], TOPS) == []
    many = [f"{2048 + n}\t/workspace/d{n}" for n in range(30)]
    assert len(largest(many, TOPS)) == MOST_FOLDERS


def test_a_terminal_begins_with_them_while_there_is_a_warning() -> None:
    folders = [Folder(path="/workspace/data", size=1_500_000_000)]
    assert greeting("", folders) == ""
    assert greeting("Nearly full.", folders) == "Nearly full.\r\n  1.5 GB  /workspace/data"
