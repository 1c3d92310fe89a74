"""Files by URL: placed with the right digest, tried again, or told why not."""

import os

import pytest

from daemon.host.downloads import TRIES, DownloadFailed
from tests.daemon.filehost import CONTENT, files_host, get


@pytest.fixture
def host():
    with files_host() as server:
        yield server


def test_files_are_placed_in_folders_that_are_made(host, tmp_path):
    get(host, tmp_path, "/a", "/led", place="deep/down/{}")
    assert {one.name for one in (tmp_path / "deep" / "down").iterdir()} == {"a", "led"}
    assert (tmp_path / "deep" / "down" / "a").read_bytes() == CONTENT
    assert [one.name for one in tmp_path.iterdir()] == ["deep"]


def test_a_host_that_is_away_is_asked_again(host, tmp_path):
    get(host, tmp_path, "/late")
    assert len(host.asked) == TRIES
    with pytest.raises(DownloadFailed, match="Service Unavailable"):
        get(host, tmp_path, "/away")


@pytest.mark.parametrize(
    ("path", "more", "said"),
    [
        ("/missing", {}, "download_failed: .*non-OK download response: Not Found"),
        ("/out", {}, "download_failed: .*another kind of address"),
        ("/a", {"digest": "sha256:" + "0" * 64}, "download_digest: "),
        ("/a", {"largest": 100}, "download_too_large: "),
    ],
)
def test_what_is_wrong_is_told_and_nothing_is_placed(host, tmp_path, path, more, said):
    with pytest.raises(DownloadFailed, match=said):
        get(host, tmp_path, path, **more)
    assert not (tmp_path / path.strip("/")).exists()
    assert len(host.asked) == 1


def test_a_host_that_does_not_listen_is_told(tmp_path):
    class Nobody:
        server_port = 1

    with pytest.raises(DownloadFailed, match="refused"):
        get(Nobody(), tmp_path, "/a")


def test_a_host_that_sends_nothing_is_given_up_and_told(host, tmp_path):
    with pytest.raises(DownloadFailed, match=r"download_failed: .*has sent nothing for 0.1 s"):
        get(host, tmp_path, "/silent", patience=0.1)
    assert len(host.asked) == TRIES


def test_less_than_was_announced_is_no_file(host, tmp_path):
    with pytest.raises(DownloadFailed, match=r"download_failed: .*IncompleteRead"):
        get(host, tmp_path, "/short")
    assert len(host.asked) == TRIES


def test_a_place_that_cannot_be_is_told(host, tmp_path):
    (tmp_path / "there").write_text("a file")
    with pytest.raises(DownloadFailed, match="download_failed: there/a cannot be put there"):
        get(host, tmp_path, "/a", place="there/{}")
    assert [one.name for one in tmp_path.iterdir()] == ["there"]


@pytest.mark.parametrize("kind", ["fifo", "link"])
def test_what_the_tree_has_under_its_own_name_is_no_matter(host, tmp_path, kind):
    mine, elsewhere = tmp_path / ".podium-download", tmp_path / "elsewhere"
    if kind == "fifo":
        os.mkfifo(mine)
    else:
        mine.symlink_to(elsewhere)
    get(host, tmp_path, "/a")
    assert [one.name for one in tmp_path.iterdir()] == ["a"]
    assert not (tmp_path / "a").is_symlink()
    assert (tmp_path / "a").read_bytes() == CONTENT
