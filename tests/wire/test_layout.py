from hashlib import sha256
from pathlib import PurePosixPath

from hypothesis import given
from hypothesis import strategies as st

from wire.layout import Layout, tag_of

LAYOUT = Layout(PurePosixPath("/var/lib/podium"), PurePosixPath("/var/cache/podium"))


def test_the_tag_is_six_characters_of_the_homes_hash() -> None:
    assert LAYOUT.tag == sha256(b"/var/lib/podium").hexdigest()[:6]


@given(st.text(min_size=1))
def test_a_tag_is_safe_in_every_name(home: str) -> None:
    tag = tag_of(home)
    assert len(tag) == 6
    assert set(tag) <= set("0123456789abcdef")


def test_two_homes_share_nothing_but_the_cache_and_the_ranges() -> None:
    other = Layout(PurePosixPath("/srv/podium"), LAYOUT.cache)
    names = [
        name
        for name, value in vars(Layout).items()
        if isinstance(value, property) and name not in {"ranges", "assets"}
    ]
    assert names
    assert all(getattr(LAYOUT, name) != getattr(other, name) for name in names)
    assert LAYOUT.ranges == other.ranges


def test_socket_paths_are_short_enough_for_the_kernel() -> None:
    sockets = (
        LAYOUT.public_socket,
        LAYOUT.internal_socket,
        LAYOUT.agent_socket,
        LAYOUT.daemon_socket,
        LAYOUT.dial_socket,
    )
    assert all(len(f"{one}.new") < 108 for one in sockets)
    assert len(set(sockets)) == len(sockets)


def test_what_is_private_stands_in_no_folder_that_workspaces_see() -> None:
    for secret in (LAYOUT.internal_socket, LAYOUT.dial_socket, LAYOUT.master_key):
        assert LAYOUT.agent_run not in secret.parents


def test_artefacts_are_named_by_digest_below_the_cache() -> None:
    for path in (LAYOUT.supervisor_bundle("d1"), LAYOUT.ide_tree("d1"), LAYOUT.image_root("d1")):
        assert LAYOUT.cache in path.parents
        assert "d1" in path.parts
