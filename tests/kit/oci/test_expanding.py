import contextlib
import gzip
import io
import tracemalloc

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from kit.oci.core.refusals import Refused
from kit.oci.expanding import expanded

CONTENT = bytes(range(256)) * 20_000
PACKED = {
    "plain": CONTENT,
    "gzip": gzip.compress(CONTENT),
    "gzip in members": gzip.compress(CONTENT[:1000]) + gzip.compress(CONTENT[1000:]),
    "zstd": zstandard.compress(CONTENT),
    "zstd in frames": zstandard.compress(CONTENT[:1000]) + zstandard.compress(CONTENT[1000:]),
    "nothing": b"",
}


@pytest.mark.parametrize("kind", PACKED)
def test_whatever_it_is_compressed_with(kind: str) -> None:
    found = b"".join(expanded(io.BytesIO(PACKED[kind]), 1 << 30))
    assert found == (CONTENT if kind != "nothing" else b"")


@pytest.mark.parametrize("kind", ["gzip", "zstd"])
def test_what_is_damaged_is_refused(kind: str) -> None:
    whole = PACKED[kind]
    middle = len(whole) // 2
    damaged = [whole[:middle] + b"\xff" * 30 + whole[middle + 30 :]]
    if kind == "gzip":  # zstd's frames end where the file does
        damaged.append(whole[:-9])
    for one in damaged:
        with pytest.raises(Refused, match="damaged"):
            list(expanded(io.BytesIO(one), 1 << 30))


def zstd_bomb() -> bytes:
    compressor = zstandard.ZstdCompressor(level=19).compressobj()
    return b"".join(compressor.compress(bytes(1 << 20)) for _ in range(256)) + compressor.flush()


@pytest.mark.parametrize("bomb", [gzip.compress(bytes(256 << 20), 1), zstd_bomb()])
def test_a_bomb_stops_at_the_limit_and_takes_no_memory(bomb: bytes) -> None:
    assert len(bomb) < 2 << 20
    tracemalloc.start()
    with pytest.raises(Refused, match="more than 67108864 bytes"):
        for _ in expanded(io.BytesIO(bomb), 64 << 20):
            pass
    assert tracemalloc.get_traced_memory()[1] < 32 << 20
    tracemalloc.stop()


SMALL = {name: content for name, content in PACKED.items() if len(content) < 1 << 17}


@given(
    st.sampled_from(sorted(SMALL)),
    st.integers(0, 1 << 16),
    st.binary(min_size=1, max_size=20),
    st.sampled_from(["cut", "changed"]),
)
def test_any_layer_is_expanded_or_refused(name: str, place: int, noise: bytes, how: str) -> None:
    """However it is changed: it ends, and gives no more than the limit."""
    whole = SMALL[name]
    place = place % (len(whole) + 1)
    changed = whole[:place] + noise + (b"" if how == "cut" else whole[place + len(noise) :])
    count = 0
    with contextlib.suppress(Refused):
        for piece in expanded(io.BytesIO(changed), 6 << 20):
            count += len(piece)
    assert count <= 6 << 20
