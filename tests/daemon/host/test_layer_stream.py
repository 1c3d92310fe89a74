"""Layers are read once, from front to end, in bounded pieces."""

import gzip
import io
import sysconfig
from hashlib import sha256

import pytest
import zstandard

from daemon.core.layers import Refused
from daemon.host.layer_stream import LARGEST, Begun, Counted, Forward, decompressor, opened

CONTENT = b"layer " * 10_000


def counted(data: bytes, most: int = 1 << 30) -> Counted:
    return Counted(io.BytesIO(data), most, "too long")


@pytest.mark.parametrize("pack", [bytes, gzip.compress, zstandard.compress])
def test_a_layer_is_unpacked_whatever_its_type_says(pack):
    packed = pack(CONTENT)
    module = decompressor(packed[:4], sysconfig.get_path("platlib"))
    plain = Counted(opened(counted(packed), packed[:4], module), 1 << 30, "too long")
    plain.drain()
    assert plain.digest == f"sha256:{sha256(CONTENT).hexdigest()}"


def test_members_and_frames_that_follow_each_other_are_one_layer():
    twice = gzip.compress(CONTENT) * 2
    read = Counted(opened(counted(twice), twice[:4], None), 1 << 30, "too long")
    read.drain()
    assert read.digest == f"sha256:{sha256(CONTENT * 2).hexdigest()}"


def test_one_byte_too_many_is_refused():
    source = counted(b"12345", 4)
    with pytest.raises(Refused, match="too long"):
        source.drain()
    counted(b"1234", 4).drain()


def test_what_was_read_already_comes_first():
    begun = Begun(b"1234", io.BytesIO(b"56"))
    assert [begun.read(3), begun.read(9), begun.read(9), begun.read(9)] == [
        b"123",
        b"4",
        b"56",
        b"",
    ]
    assert Begun(b"1234", io.BytesIO(b"")).read() == b"1234"


def test_a_reader_skips_forward_and_never_goes_back():
    reader = Forward(counted(CONTENT))
    assert reader.seek(5) == reader.tell() == 5
    assert reader.read(6) == CONTENT[5:11]
    with pytest.raises(Refused, match="backwards"):
        reader.seek(4)
    assert reader.seek(1 << 40) == len(CONTENT)
    assert reader.read(1) == b""


@pytest.mark.parametrize("size", [-1, LARGEST + 1])
def test_nothing_is_read_in_large_pieces(size):
    with pytest.raises(Refused, match="at once"):
        Forward(counted(CONTENT)).read(size)


def test_an_end_is_nothing_or_zeros():
    assert Forward(counted(b"")).ended_well
    reader = Forward(counted(b"x" + bytes(512)))
    reader.read(1)
    assert not reader.ended_well
    reader.read(512)
    assert reader.ended_well
