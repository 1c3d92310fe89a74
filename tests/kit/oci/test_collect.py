import os
import threading
import time
from pathlib import Path

import pytest

from kit.oci.collect import collect
from kit.oci.core.collecting import Keeping
from kit.oci.core.documents import Descriptor
from kit.oci.layout import Layout, Missing
from tests.kit.oci.images import HELLO, add_image
from tests.waiting import until

NOW = 2_000_000_000.0


def old(layout: Layout, seconds: float = 1e6) -> None:
    for digest in layout.digests():
        os.utime(layout.path(digest), (NOW - seconds, NOW - seconds))


def whole(layout: Layout, image: Descriptor) -> bool:
    return all(layout.has(one) for one in layout.blobs_of(image.digest))


def test_what_has_no_name_goes_and_what_has_one_stays(layout: Layout) -> None:
    kept, gone = add_image(layout, HELLO), add_image(layout, {"other": b"x"})
    layout.tag("kept:1", kept)
    old(layout)
    found = collect(layout, Keeping(), NOW)
    assert (found.names, found.blobs) == ([], 3)
    assert whole(layout, kept)
    assert not layout.has(gone.digest)


def test_what_is_young_stays(layout: Layout) -> None:
    image = add_image(layout, HELLO)
    collect(layout, Keeping(), time.time())
    assert whole(layout, image)


def test_over_the_limit_the_least_recently_used_goes(layout: Layout) -> None:
    first, second = add_image(layout, {"a": b"1"}), add_image(layout, {"b": b"2"})
    layout.tag("first:1", first)
    layout.tag("second:1", second)
    old(layout)
    os.utime(layout.path(first.digest), (NOW, NOW))
    most = sum(layout.size(one) for one in layout.blobs_of(first.digest))
    found = collect(layout, Keeping(most=most), NOW, held=["nobody:1"])
    assert found.names == ["second:1"]
    assert whole(layout, first)
    assert list(layout.names()) == ["first:1"]


@pytest.mark.parametrize("by", ["name", "digest"])
def test_what_is_held_stays(layout: Layout, by: str) -> None:
    image = add_image(layout, HELLO)
    layout.tag("a:1", image)
    old(layout)
    held = {"name": "a:1", "digest": image.digest}[by]
    assert not collect(layout, Keeping(most=0, unused=1), NOW, held=[held]).names
    assert whole(layout, image)
    layout.untag("a:1")
    collect(layout, Keeping(), NOW, held=[image.digest])
    assert whole(layout, image)


def test_a_name_of_half_an_image_goes(layout: Layout) -> None:
    image = add_image(layout, HELLO)
    layout.tag("a:1", image)
    layout.path(image.digest).unlink()
    assert collect(layout, Keeping(), NOW).names == ["a:1"]


def test_leftovers_go_unless_somebody_writes_them(layout: Layout) -> None:
    layout.make()
    left, busy = (layout.ingest / f"{letter * 64}.part" for letter in "ab")
    left.write_bytes(b"x")
    os.utime(left, (1, 1))
    with layout.writer(Descriptor("x", "sha256:" + "b" * 64, 10)) as writer:
        writer.write(b"some")
        os.utime(busy, (1, 1))
        collect(layout, Keeping(), NOW)
        assert not left.exists()
        assert busy.exists()


def test_a_reader_goes_on_with_what_is_gone(layout: Layout) -> None:
    described = layout.put_bytes(b"content", "x")
    old(layout)
    with layout.open(described.digest) as file:
        collect(layout, Keeping(), NOW)
        assert not layout.has(described.digest)
        assert file.read() == b"content"


def test_names_that_are_given_meanwhile_are_of_whole_images(layout: Layout, tmp_path: Path) -> None:
    image = add_image(layout, HELLO)
    ended = threading.Event()

    def work() -> None:
        while not ended.is_set():
            collect(layout, Keeping(grace=-1), NOW)

    collector = threading.Thread(target=work)
    collector.start()
    try:
        for number in range(30):
            add_image(layout, HELLO)
            try:
                layout.tag(f"a:{number}", image)
            except Missing:
                continue
            assert whole(layout, image)
            layout.untag(f"a:{number}")
    finally:
        ended.set()
    assert until(lambda: not collector.is_alive())
