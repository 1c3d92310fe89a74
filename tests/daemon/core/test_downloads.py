"""Which files may be asked for."""

import pytest

from daemon.core.downloads import MOST, Download, downloads_of, in_folder
from daemon.core.refused import Refused

URL, DIGEST = "https://example.org/a.tar", "sha256:" + "0" * 64


def test_plain_ones_are_taken_as_they_are():
    found = downloads_of([(URL, "data/a.tar", DIGEST), (URL, "b", DIGEST)], "demo")
    assert found == (Download(URL, "data/a.tar", DIGEST), Download(URL, "b", DIGEST))


@pytest.mark.parametrize(
    "url",
    [
        *("", "a.tar", "ftp://h.org/a", "file:///etc/passwd", "https://", "https:///a"),
        *("https://ada:pw@h.org/a", "https://h.org/a b", "https://h.org/\u00fc", "https://[::1"),
        "https://h.org/" + "a" * 2048,
    ],
)
def test_addresses_that_are_none(url):
    with pytest.raises(Refused):
        downloads_of([(url, "a", DIGEST)], "demo")


@pytest.mark.parametrize(
    "path",
    [
        *("", "/etc/passwd", "../a", "a/../b", "a//b", "./a", "a\\b", "a\n", ".podium/a"),
        *(".docker-root/a", "demo/a", "demo", ".podium-clone/a", "a" * 2049),
        *(".podium-download", ".podium-download/a", ".podiumx", "a/" + "\u00fc" * 128),
    ],
)
def test_places_that_are_none(path):
    with pytest.raises(Refused):
        downloads_of([(URL, path, DIGEST)], "demo")


@pytest.mark.parametrize("digest", ["", "sha256:", "md5:0", "sha256:" + "G" * 64, "0" * 64])
def test_digests_that_are_none(digest):
    with pytest.raises(Refused):
        downloads_of([(URL, "a", digest)], "demo")


@pytest.mark.parametrize("paths", [("a", "a/b"), ("a/b/c", "x", "a"), ("a/b", "a/b/c")])
def test_no_file_is_a_folder_of_another_one(paths):
    with pytest.raises(Refused):
        downloads_of([(URL, path, DIGEST) for path in paths], "demo")
    downloads_of([(URL, path, DIGEST) for path in ("a/b", "a/c", "ab")], "demo")


def test_a_repository_that_lies_elsewhere_is_gits_as_well():
    files = downloads_of([(URL, path, DIGEST) for path in ("a/b", "c")], "demo")
    assert [in_folder(files, one) for one in ("demo", "a", "c", "b")] == ["", "a/b", "c", ""]


def test_there_is_an_end_to_them_and_none_twice():
    with pytest.raises(Refused):
        downloads_of([(URL, str(n), DIGEST) for n in range(MOST + 1)], "demo")
    with pytest.raises(Refused):
        downloads_of([(URL, "a", DIGEST)] * 2, "demo")
