"""What a name has outlives the process, and goes with its ticket."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from blobserve.registry.pushes import Pushes
from kit.oci.core.digests import digest_of

KEY = "a" * 64
ONE = digest_of(b"one")


def test_what_was_pushed_is_known_after_a_restart(tmp_path: Path) -> None:
    pushes = Pushes(tmp_path)
    assert pushes.of(KEY).blobs == {}
    pushes.add(KEY, ONE, 5)
    pushes.add(KEY, digest_of(b"two"), 7)
    again = Pushes(tmp_path)
    assert again.names() == {KEY}
    assert again.of(KEY).size == 12
    again.forget(KEY)
    assert again.names() == set()
    assert Pushes(tmp_path).of(KEY).blobs == {}
    again.forget(KEY)


def test_blobs_of_one_name_may_end_at_the_same_moment(tmp_path: Path) -> None:
    """Clients push several at once; one that was whole was answered with 500, and a build lost."""
    pushes = Pushes(tmp_path)
    blobs = {digest_of(f"{one}".encode()): one for one in range(200)}
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda one: pushes.add(KEY, *one), blobs.items()))
    assert Pushes(tmp_path).of(KEY).blobs == blobs


def test_a_list_that_cannot_be_read_is_empty(tmp_path: Path) -> None:
    Pushes(tmp_path).add(KEY, ONE, 5)
    for body in ("{", '{"x": 1}', "[]"):
        (tmp_path / "pushed" / KEY).write_text(body)
        assert Pushes(tmp_path).of(KEY).blobs == {}
