"""Mounts that show a tree."""

from pathlib import PurePosixPath

from daemon.core.mountinfo import Mount, Place, mounts_of, place_of

HOST = """\
22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
30 22 8:1 /srv/my\\040data /data ro,nosuid shared:2 - ext4 /dev/sda1 rw
41 22 7:3 / /var/lib/podium/content/otter rw shared:9 - ext4 /dev/loop3 rw
no line
"""
TREE = PurePosixPath("/var/lib/podium/content/otter/workspace")


def test_lines_are_read_with_their_escapes_and_others_left_out() -> None:
    assert mounts_of(HOST)[1] == Mount("8:1", "/srv/my data", "/data", writable=False)
    assert len(mounts_of(HOST)) == 3
    gone = "41 22 7:3 /workspace//deleted /w rw - ext4 /dev/loop3 rw"
    assert mounts_of(gone)[0].root == "/workspace"


def test_a_folder_is_on_the_mount_nearest_to_it() -> None:
    mounts = mounts_of(HOST)
    assert place_of(TREE, mounts) == Place("7:3", "/workspace")
    fox = PurePosixPath("/var/lib/podium/content/fox/home")
    assert place_of(fox, mounts) == Place("8:1", str(fox))
    assert place_of(PurePosixPath("/data/x"), mounts) == Place("8:1", "/srv/my data/x")
    assert place_of(TREE, []) is None


def test_a_folder_is_shown_by_itself_and_by_what_is_in_it() -> None:
    place = Place("7:3", "/workspace")
    for root, shown in (
        ("/workspace", True),
        ("/workspace/demo", True),
        ("/", False),
        ("/workspaces", False),
    ):
        assert place.shown_by(Mount("7:3", root, "/x", writable=True)) is shown
    assert not place.shown_by(Mount("7:4", "/workspace", "/x", writable=True))
