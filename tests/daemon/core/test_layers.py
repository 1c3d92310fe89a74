"""What becomes of entries: hostile ones are refused by name, no step ever leads out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daemon.core.layers import (
    NOBODY,
    Action,
    Allowance,
    Entry,
    Kind,
    Refused,
    Step,
    shown,
    step_of,
)

CAPABILITY = b"\x01\0\0\x02" + bytes(16)


def step(name: bytes, kind: Kind = Kind.FILE, **fields: object) -> Step:
    return step_of(Entry(name=name, kind=kind, **fields))


def test_names_become_segments():
    assert step(b"./usr//bin/./env").path == (b"usr", b"bin", b"env")
    assert step(b"./", Kind.FOLDER).path == ()
    assert step(b"caf\xe9\n\xff").path == (b"caf\xe9\n\xff",)


@pytest.mark.parametrize(
    ("entry", "why"),
    [
        (Entry(b"../etc/passwd", Kind.FILE), "../etc/passwd leads upwards"),
        (Entry(b"a/../../b", Kind.FOLDER), "leads upwards"),
        (Entry(b"/etc/passwd", Kind.FILE), "/etc/passwd is an absolute name"),
        (Entry(b"", Kind.FILE), "'' has no name"),
        (Entry(b"a\0b", Kind.FILE), "has no name"),
        (Entry(b"a" * 5000, Kind.FILE), "has no name"),
        (Entry(b"a" * 256, Kind.FILE), "too long, or too deep"),
        (Entry(b"a/" * 300 + b"b", Kind.FILE), "too long, or too deep"),
        (Entry(b".", Kind.FILE), ". stands in the root's place"),
        (Entry(b"disk", Kind.DEVICE), "disk is a device"),
        (Entry(b"odd", Kind.OTHER), "odd is of a kind"),
        (Entry(b"a/h", Kind.HARDLINK, link=b"../../etc/shadow"), "a/h: ../../etc/shadow leads"),
        (Entry(b"h", Kind.HARDLINK, link=b"/etc/shadow"), "h: /etc/shadow is an absolute name"),
        (Entry(b"h", Kind.HARDLINK, link=b"."), "a second name of the root"),
        (Entry(b"a/s", Kind.SYMLINK, link=b"../../etc"), "a/s is a link out of the image"),
        (Entry(b"s", Kind.SYMLINK, link=b"/a/../../etc"), "s is a link out of the image"),
        (Entry(b"s", Kind.SYMLINK, link=b""), "s is a link to nothing"),
        (Entry(b"a/.wh...", Kind.FILE), "takes away what is no name"),
        (Entry(b".wh.", Kind.FILE), "takes away what is no name"),
    ],
)
def test_what_is_hostile_is_refused_by_name(entry, why):
    with pytest.raises(Refused, match=r".*") as refusal:
        step_of(entry)
    assert why in str(refusal.value)


def test_links_within_the_image_are_the_images_own():
    assert step(b"bin/sh", Kind.SYMLINK, link=b"/bin/busybox").target == b"/bin/busybox"
    assert step(b"a/b/s", Kind.SYMLINK, link=b"../../etc").target == b"../../etc"
    assert step(b"h", Kind.HARDLINK, link=b"./bin/su").link == (b"bin", b"su")


def test_devices_of_dev_are_left_out_since_every_workspace_has_its_own():
    assert step(b"dev/null", Kind.DEVICE).action is Action.SKIP
    assert step(b"./dev/net/tun", Kind.DEVICE).action is Action.SKIP


def test_whiteouts():
    gone = step(b"etc/.wh.motd")
    assert (gone.action, gone.path) == (Action.REMOVE, (b"etc", b"motd"))
    emptied = step(b"etc/.wh..wh..opq")
    assert (emptied.action, emptied.path) == (Action.EMPTY, (b"etc",))
    assert step(b".wh..wh.aufs").action is Action.SKIP


def test_modes_owners_and_times():
    made = step(b"su", mode=0o104755, uid=33333, gid=70000, modified=-3.0)
    assert (made.mode, made.uid, made.gid, made.modified) == (0o4755, 33333, NOBODY, 0)
    assert step(b"x", uid=-1, modified=float("nan")).uid == NOBODY
    assert step(b"x", modified=float("inf")).modified > 0


def test_attributes_that_steer_overlays_or_other_namespaces_are_left_out():
    xattrs = {
        b"security.capability": CAPABILITY,
        b"user.note": b"n",
        b"user.overlay.opaque": b"y",
        b"trusted.overlay.redirect": b"/etc",
        b"security.selinux": b"s",
        b"system.posix_acl_access": b"a",
    }
    assert set(step(b"x", xattrs=xattrs).xattrs) == {b"security.capability", b"user.note"}
    rooted = {b"security.capability": CAPABILITY + bytes(4)}
    assert step(b"x", xattrs=rooted).xattrs == {}


def test_bytes_and_entries_run_out():
    left = Allowance(10, 3)
    left.take(Entry(b"a", Kind.FILE, size=10))
    left.take(Entry(b"d", Kind.SYMLINK, size=10))
    with pytest.raises(Refused, match="b of 1 bytes makes the image larger than PODIUM_IMAGE_LI"):
        left.take(Entry(b"b", Kind.FILE, size=1))
    with pytest.raises(Refused, match="more files than PODIUM_IMAGE_ENTRIES"):
        left.take(Entry(b"c", Kind.FILE))
    with pytest.raises(Refused, match="says that it has -1 bytes"):
        Allowance(10, 3).take(Entry(b"a", Kind.FILE, size=-1))


def test_names_are_shown_on_one_line():
    assert shown(b"a\nb\x1b[31m\xff") == "a\\x0ab\\x1b[31m\\xff"
    assert len(shown(b"a" * 4000)) < 300
    assert shown(b"") == "''"


names = st.lists(
    st.sampled_from([b"a", b"..", b".", b"", b".wh.b", b".wh..wh..opq", b"dev"]) | st.binary(),
    max_size=6,
).map(b"/".join)


@given(
    name=names,
    link=names,
    kind=st.sampled_from(Kind),
    mode=st.integers(0, 1 << 24),
    uid=st.integers(-(1 << 40), 1 << 40),
    modified=st.floats(),
)
def test_no_step_leads_out_of_the_root(name, link, kind, mode, uid, modified):
    entry = Entry(name, kind, link, mode, uid, uid, 0, modified)
    try:
        made = step_of(entry)
    except Refused as refusal:
        told = str(refusal)
    else:
        lead_nowhere_else(made)
        return
    assert told.isprintable()


def lead_nowhere_else(made: Step) -> None:
    for path in (made.path, made.link):
        assert not {b"", b".", b".."} & set(path)
        assert not any(b"/" in one or b"\0" in one for one in path)
    assert 0 <= made.uid < 65536
    assert made.mode <= 0o7777
    depth = len(made.path) - 1 if not made.target.startswith(b"/") else 0
    for one in made.target.split(b"/"):
        depth += -1 if one == b".." else one not in {b"", b"."}
        assert depth >= 0 or not made.target
