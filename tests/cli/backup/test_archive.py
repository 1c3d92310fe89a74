"""The file of a backup: what is written is read, and nothing else is."""

import io
import tarfile
from base64 import b85decode
from pathlib import Path

import msgspec
import pytest
import zstandard

from cli.backup import archive
from cli.backup.archive import Damaged, Manifest, Part, Source, WrongPassphrase, source

CONTENT = {"database": b"many pages" * 1000, "master.key": bytes(32), "ssh/host_key": b"secret"}


def made(folder: Path, passphrase: str = "") -> Path:
    sources = [source(name, content) for name, content in CONTENT.items()]
    file = folder / "podium.tar.zst"
    archive.write(file, manifest(sources), sources, passphrase)
    return file


def manifest(sources: list[Source]) -> Manifest:
    return Manifest(1.0, "code", "0025_content", "/home", tuple(one.part for one in sources))


class Taken(io.BytesIO):
    def fileno(self) -> int:
        return self.file.fileno()

    def __init__(self, file: Path) -> None:
        super().__init__()
        self.file = file.open("wb")

    def close(self) -> None:
        self.kept = self.getvalue()
        self.file.close()


def test_what_was_written_is_read(tmp_path: Path) -> None:
    file, taken = made(tmp_path), {}

    def take(part: Part) -> Taken:
        taken[part.name] = Taken(tmp_path / "sink")
        return taken[part.name]

    found = archive.read(file, "", take)
    assert [one.name for one in found.parts] == list(CONTENT)
    assert {name: one.kept for name, one in taken.items()} == CONTENT
    assert found.size == sum(len(one) for one in CONTENT.values())
    assert file.stat().st_mode & 0o777 == 0o600
    assert [one.name for one in tmp_path.iterdir() if one.name != "sink"] == [file.name]


def test_it_is_a_tar_that_others_read(tmp_path: Path) -> None:
    plain = zstandard.ZstdDecompressor().stream_reader(made(tmp_path).read_bytes()).read()
    with tarfile.open(fileobj=io.BytesIO(plain)) as tar:
        assert tar.getnames() == [archive.MANIFEST, *CONTENT]


SEALED = (
    "VP|D6Wo~0~d2n=TZ*DGca%V4gF$yg{Aai4Kd2n<fPh?k0V=!fQFf=eUPHtp)WOjN`T2UY|FbZpCGHoy~XGn5xM_D"
    ";aVK-rHdT4cMNm^}Wb4D*=QE+ubLPkt7c`J2nGzu*(Eg)lePd98<Yd1nUW<pUmH+pk6Q%o~WP-Rs(Qbtp8H*;lWN"
    "jNn^G<R7xNeX)54*i9}GV;hute3-}FaEI8U;CF=G9GaJBAKG_#@@7;YeIn-0Q-m4ub0Ala-RKW?EyWB9rvsnfkUG"
    "wCcNbmh%kOMvM>!E7HB`Rw_j2<0zU0{SI%)7B6S-5({hmoO=8sVo%={fN;p|iM%kN45i^7(-@>(@pI~j_SC+ETNf"
    ">S>z5xXofr_Pag4LKEDuHjk0B%M3rwV*Z2CvKkxzpc{!ISoTJy)oz?#EuBcJDyTz06*at+hIVpMa#PQ(=!~oO}vW"
    "p;8D$=QD3Tv<Trhudy&WIMLK(t&#w#s$s?{Y!xbU&;;le=LM94Uz>hdnbc8ZI~(ShS5j}*d4Np7oC|j|$4v3@%Fq"
    "vLr$bU?>NH#SCSuZ~c|-`5>!M8(LO=4RJ*I+y*}GVmv@gL&q(="
)
"""With "a passphrase", by the format's description, and cheaply: 2^10 rounds of scrypt."""


def test_one_with_a_passphrase_opens_with_that_one_alone(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(b85decode(SEALED))
    assert archive.is_sealed(file)
    assert [one.name for one in archive.read(file, "a passphrase").parts] == ["master.key"]
    with pytest.raises(WrongPassphrase, match="It has a passphrase"):
        archive.read(file, "")
    with pytest.raises(WrongPassphrase, match="does not open"):
        archive.read(file, "another passphrase")


@pytest.mark.torture  # its key takes seconds of a processor, on purpose
def test_what_is_written_with_a_passphrase_is_read(tmp_path: Path) -> None:
    file = made(tmp_path, "a passphrase")
    assert archive.is_sealed(file)
    assert len(archive.read(file, "a passphrase").parts) == len(CONTENT)


def test_a_passphrase_for_one_that_has_none(tmp_path: Path) -> None:
    with pytest.raises(WrongPassphrase, match="has no passphrase"):
        archive.read(made(tmp_path), "a passphrase")


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    file = made(tmp_path)
    before = file.read_bytes()
    with pytest.raises(FileExistsError):
        made(tmp_path)
    assert file.read_bytes() == before


def test_a_disk_that_takes_nothing_leaves_nothing(tmp_path: Path) -> None:
    class Failing(io.BytesIO):
        def read(self, _size: int | None = -1) -> bytes:
            raise OSError(5, "Input/output error")

    one = Source(Part("database", 5, "0" * 64), Failing(b"12345"))
    with pytest.raises(OSError, match="Input/output"):
        archive.write(tmp_path / "file", manifest([one]), [one], "")
    assert list(tmp_path.iterdir()) == []


def test_every_cut_is_seen(tmp_path: Path) -> None:
    file = made(tmp_path)
    whole = file.read_bytes()
    for length in range(0, len(whole), 7):
        file.write_bytes(whole[:length])
        with pytest.raises(Damaged):
            archive.read(file, "")


def test_every_flipped_byte_is_seen_or_does_no_harm(tmp_path: Path) -> None:
    file = made(tmp_path)
    whole, unharmed = file.read_bytes(), archive.read(file, "")
    for at in range(len(whole)):
        file.write_bytes(whole[:at] + bytes([whole[at] ^ 0x55]) + whole[at + 1 :])
        try:
            assert archive.read(file, "") == unharmed, at  # a bit that nothing hangs on
        except Damaged:
            continue


def packed(folder: Path, text: bytes, *members: tuple[str, bytes, bytes]) -> Path:
    plain = io.BytesIO()
    with tarfile.open(fileobj=plain, mode="w") as tar:
        for name, content, kind in ((archive.MANIFEST, text, tarfile.REGTYPE), *members):
            member = tarfile.TarInfo(name)
            member.size, member.type, member.linkname = len(content), kind, "/etc/shadow"
            tar.addfile(member, io.BytesIO(content))
    file = folder / "odd.tar.zst"
    file.write_bytes(zstandard.ZstdCompressor().compress(plain.getvalue()))
    return file


FILE = tarfile.REGTYPE
ONE = source("master.key", b"key")


@pytest.mark.parametrize(
    ("parts", "members", "said"),
    [
        ((ONE.part,), (), "not where it should be"),
        ((ONE.part,), (("master.key", b"", tarfile.SYMTYPE),), "not where it should be"),
        ((ONE.part,), (("master.key", b"other", FILE),), "bytes"),
        ((ONE.part,), (("master.key", b"kez", FILE),), "not what was written"),
        ((ONE.part,), (("master.key", b"key", FILE), ("more", b"", FILE)), "more in it"),
        ((Part("../etc/passwd", 3, ""),), (), "names what cannot be"),
        ((Part("/etc/passwd", 3, ""),), (), "names what cannot be"),
        ((Part("ssh/../x", 3, ""),), (), "names what cannot be"),
        ((ONE.part, ONE.part), (), "names what cannot be"),
    ],
)
def test_nothing_else_is_taken(tmp_path: Path, parts, members, said) -> None:
    text = msgspec.json.encode(Manifest(1.0, "", "", "", parts))
    with pytest.raises(Damaged, match=said):
        archive.read(packed(tmp_path, text, *members), "")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b'{"format": 2, "other": 1}', "Its format is 2"),
        (b"{", "manifest cannot be read"),
        (b'{"format": 1}', "manifest cannot be read"),
    ],
)
def test_a_manifest_that_cannot_be_read(tmp_path: Path, text: bytes, said: str) -> None:
    with pytest.raises(Damaged, match=said):
        archive.read(packed(tmp_path, text), "")
