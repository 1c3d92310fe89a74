"""Whose a place in an object store is: the first one's, until a later copy of it goes on."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from obstore.exceptions import GenericError
from obstore.store import S3Store

from kit.objectowner import (
    OBJECT,
    OwnedByOther,
    Owner,
    claim,
    kept,
    owner_of,
    parse,
    renew,
    take_over,
)
from kit.objectstore import credentials_of, opened
from tests import objectstore

ME, OTHER = Owner("0" * 32, 5), Owner("1" * 32, 9)


class Older(ThreadingHTTPServer):
    """A store of single objects that answers a write with a condition by a status of its own."""

    daemon_threads = True

    def __init__(self, answer: int) -> None:
        self.answer = answer
        self.objects: dict[str, bytes] = {}
        super().__init__(("127.0.0.1", 0), _Asked)


class _Asked(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Older

    def do_GET(self) -> None:
        found = self.server.objects.get(self.path)
        self.answer(404 if found is None else 200, found or b"")

    def do_PUT(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        if "if-none-match" in self.headers:
            self.answer(self.server.answer)
            return
        self.server.objects[self.path] = body
        self.answer(200)

    def answer(self, status: int, body: bytes = b"") -> None:
        self.send_response(status)
        self.send_header("etag", '"1"')
        self.send_header("last-modified", "Mon, 02 Nov 2026 10:00:00 GMT")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_words: object) -> None:
        """Say nothing."""


@contextmanager
def older(answer: int, store: objectstore.ObjectStore) -> Iterator[tuple[Older, S3Store]]:
    with Older(answer) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        place = store.place("older", server.server_port)
        yield server, opened(place, credentials_of(store.credentials))
        server.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory):
    with objectstore.running(tmp_path_factory.mktemp("store")) as started:
        yield started


def test_a_file_says_who_it_is_and_stays_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "installation"
    made = kept(path, 7.5)
    assert (kept(path, 99.0), made.since, path.stat().st_mode & 0o777) == (made, 7, 0o600)
    assert renew(path, 3.0) == Owner(made.installation, 8)
    assert kept(path, 99.0) == Owner(made.installation, 8)


@pytest.mark.parametrize(
    "text",
    [
        *(b"", b"[]", b"{}", b'{"installation": "../x", "since": 1}'),
        b'{"installation": 1, "since": 1}',
        b'{"installation": "' + b"0" * 32 + b'", "since": "soon"}',
        b'{"installation": "' + b"0" * 32 + b'", "since": 1, "more": 1}',
    ],
)
def test_what_says_nothing(text: bytes) -> None:
    with pytest.raises(ValueError, match=r"JSON|Expecting|installation|literal"):
        parse(text)


def test_the_first_one_has_it_and_another_one_is_refused(store: objectstore.ObjectStore) -> None:
    place = store.below("first")
    assert owner_of(place) is None
    for _again in range(2):
        claim(place, ME)
    with pytest.raises(OwnedByOther, match="installation 00"):
        claim(place, OTHER)
    assert owner_of(place) == ME
    take_over(place, OTHER)
    with pytest.raises(OwnedByOther, match="installation 11"):
        claim(place, ME)


def test_a_copy_that_goes_on_elsewhere_takes_it_and_who_stayed_is_refused(
    store: objectstore.ObjectStore,
) -> None:
    place, restored = store.below("copied"), Owner(ME.installation, 6)
    claim(place, ME)
    claim(place, restored)
    assert owner_of(place) == restored
    with pytest.raises(OwnedByOther, match="goes on elsewhere"):
        claim(place, ME)


def test_an_object_that_says_nothing_is_nobodys_to_write_over(
    store: objectstore.ObjectStore,
) -> None:
    import obstore  # noqa: PLC0415 -- as tests of the store do

    place = store.below("odd")
    obstore.put(place, OBJECT, b"?")
    with pytest.raises(OwnedByOther, match="cannot be read"):
        claim(place, ME)


@pytest.mark.parametrize("answer", [400, 501])
def test_a_store_that_knows_no_conditions_is_written_and_read_again(
    store: objectstore.ObjectStore, answer: int
) -> None:
    with older(answer, store) as (_, place):
        claim(place, ME)
        assert owner_of(place) == ME
        with pytest.raises(OwnedByOther, match="installation 00"):
            claim(place, OTHER)


@pytest.mark.parametrize("answer", [500, 503])
def test_a_write_that_failed_is_not_done_without_its_condition(
    store: objectstore.ObjectStore, answer: int
) -> None:
    with older(answer, store) as (server, place):
        with pytest.raises(GenericError, match=str(answer)):
            claim(place, ME)
        assert server.objects == {}
