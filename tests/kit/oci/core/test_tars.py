import io
import subprocess
import tarfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.oci.core.refusals import Refused
from kit.oci.core.tars import Kind, Member, Walker

FORMATS = [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT]


def packed(members: list[tuple[tarfile.TarInfo, bytes]], kind: int = tarfile.PAX_FORMAT) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=kind) as tar:
        for member, content in members:
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return out.getvalue()


def of_type(name: str, flag: bytes, target: str = "") -> tarfile.TarInfo:
    made = tarfile.TarInfo(name)
    made.type, made.linkname = flag, target
    return made


def walk(archive: bytes, piece: int = 1 << 20) -> list[Member]:
    walker = Walker()
    found = []
    for place in range(0, len(archive), piece):
        found += walker.feed(archive[place : place + piece])
    assert walker.between
    return found


LONG = "folder/" * 40 + "file"
WITHOUT_LONG = "a" * 90 + "/" + "b" * 90


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("piece", [1, 511, 10_000_000])
def test_where_each_file_lies(kind: int, piece: int) -> None:
    contents = {"a": b"1", "folder/b": b"x" * 1000, "ä": b"", WITHOUT_LONG: b"2" * 512}
    if kind != tarfile.USTAR_FORMAT:
        contents[LONG] = b"3"
    archive = packed([(tarfile.TarInfo(name), one) for name, one in contents.items()], kind)
    found = walk(archive, piece)
    assert {one.name: archive[one.start : one.start + one.size] for one in found} == contents
    assert {one.kind for one in found} == {Kind.FILE}


@pytest.mark.parametrize("form", ["gnu", "pax"])
@pytest.mark.parametrize("pieces", [3, 9, 60])
@pytest.mark.parametrize("piece", [511, 10_000_000])
def test_a_sparse_file_is_no_file_and_what_follows_is_found(
    tmp_path: Path, form: str, pieces: int, piece: int
) -> None:
    """Its bytes do not lie together; its map may be longer than a header (GNU tar's own format)."""
    with (tmp_path / "holes").open("wb") as file:
        for number in range(pieces):
            file.seek(number << 18)
            file.write(b"x" * 4096)
    (tmp_path / "next").write_bytes(b"here")
    command = ["tar", "-C", str(tmp_path), "-cf", "-", "--sparse", f"--format={form}"]
    command += ["--hole-detection=raw", "holes", "next"]
    archive = subprocess.run(command, check=True, capture_output=True).stdout
    sparse, after = walk(archive, piece)
    assert (sparse.kind, after.kind) == (Kind.OTHER, Kind.FILE)
    assert archive[after.start : after.start + after.size] == b"here"


def test_links_folders_and_devices() -> None:
    archive = packed(
        [
            (of_type("folder/", tarfile.DIRTYPE), b""),
            (of_type("hard", tarfile.LNKTYPE, "folder/a"), b""),
            (of_type("soft", tarfile.SYMTYPE, "../" * 60 + "etc/passwd"), b""),
            (of_type("null", tarfile.CHRTYPE), b""),
            (of_type("pipe", tarfile.FIFOTYPE), b""),
        ]
    )
    assert [(one.name, one.kind, one.target) for one in walk(archive)] == [
        ("folder", Kind.OTHER, ""),
        ("hard", Kind.HARD_LINK, "folder/a"),
        ("soft", Kind.LINK, "../" * 60 + "etc/passwd"),
        ("null", Kind.OTHER, ""),
        ("pipe", Kind.OTHER, ""),
    ]


def test_contents_can_be_left_out() -> None:
    archive = packed([(tarfile.TarInfo(one), b"x" * 5000) for one in "abc"])
    walker, place, names = Walker(), 0, []
    while not walker.ended:
        names += [one.name for one in walker.feed(archive[place : place + 512])]
        place += 512
        place += walker.skippable
        walker.jump(walker.skippable)
    assert names == ["a", "b", "c"]
    assert walker.position == place


def damaged(**fields: bytes) -> bytes:
    """A header with other fields, and the right sum."""
    places = {"size": 124, "type": 156, "name": 0}
    block = bytearray(tarfile.TarInfo("a").tobuf(tarfile.USTAR_FORMAT))
    for name, value in fields.items():
        block[places[name] : places[name] + len(value)] = value
    block[148:156] = b" " * 8
    block[148:156] = b"%06o\0 " % sum(block)
    return bytes(block)


@pytest.mark.parametrize(
    ("archive", "why"),
    [
        (b"<html>" * 200, r"no tar|without a number"),
        (damaged(size=b"\x80" + b"\xff" * 11), "bytes"),
        (damaged(size=b"\xff" * 12), "negative"),
        (damaged(size=b"99999999999\0"), "without a number"),
        (damaged(type=b"x", size=b"77777777777\0"), "header of"),
        (damaged(type=b"L", size=b"00000000000\0"), "header of"),
        (damaged(type=b"x", size=b"00000000005\0") + b"9 a=b".ljust(512, b"\0"), "pax header"),
        (damaged(type=b"x", size=b"00000000005\0") + b"hello".ljust(512, b"\0"), "pax header"),
        (
            damaged(type=b"x", size=b"00000000012\0")
            + b"10 size=x\n".ljust(512, b"\0")
            + damaged(),
            "pax header",
        ),
        (
            damaged(type=b"L", size=b"00000012000\0") + b"a" * 5120 + damaged(),
            "4096 characters",
        ),
    ],
)
def test_what_is_no_tar_or_lies_is_refused(archive: bytes, why: str) -> None:
    with pytest.raises(Refused, match=why):
        walk(archive)


def test_a_damaged_header() -> None:
    archive = bytearray(packed([(tarfile.TarInfo("a"), b"x")]))
    archive[3] = 7
    with pytest.raises(Refused, match="no tar"):
        walk(bytes(archive))


def test_half_an_archive_does_not_end() -> None:
    walker = Walker()
    list(walker.feed(packed([(tarfile.TarInfo("a"), b"x" * 5000)])[:1000]))
    assert not walker.between


NAMES = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=200).filter(
    lambda one: one.strip("/") and not one.endswith("/") and "\0" not in one
)


@given(
    st.lists(st.tuples(NAMES, st.binary(max_size=1500)), max_size=6),
    st.sampled_from(FORMATS[1:]),
    st.integers(1, 3000),
)
def test_it_reads_what_tarfile_writes(
    files: list[tuple[str, bytes]], kind: int, piece: int
) -> None:
    archive = packed([(tarfile.TarInfo(name), content) for name, content in files], kind)
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        theirs = [(one.name, one.offset_data, one.size) for one in tar]
    assert [(one.name, one.start, one.size) for one in walk(archive, piece)] == theirs


@given(st.binary(max_size=2000))
def test_any_bytes_are_read_or_refused(archive: bytes) -> None:
    try:
        list(Walker().feed(archive))
    except Refused:
        return


@given(st.binary(max_size=520), st.integers(0, 511))
def test_a_changed_archive_is_read_or_refused(noise: bytes, place: int) -> None:
    archive = bytearray(packed([(tarfile.TarInfo("ä" * 120), b"x" * 600)]))
    archive[place : place + len(noise)] = noise
    try:
        list(Walker().feed(bytes(archive)))
    except Refused:
        return
