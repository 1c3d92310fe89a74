"""Answers as values: negotiation, conditions, ranges, and what every answer carries."""

import pytest

from blobserve.core.compose import Piece
from blobserve.core.replies import KEPT, Asked, Reply, answer, refuse

PLAIN = Piece("layer1", 512, 1000, "one")
PACKED = Piece("layer2", 512, 300, "two")
HARDER = Piece("/home/x.br", 0, 250, "three")
FONT = Piece("layer1", 4096, 50, "one")
FILES = {"a.js": PLAIN, "a.js.br": PACKED, "f.ttf": FONT}
BROWSER = "gzip, deflate, br, zstd"


def asked(path: str = "a.js", better: dict[str, Piece] | None = None, **headers: str) -> Reply:
    return answer(Asked("GET", **headers), FILES, better or {}, path)


def test_a_browser_gets_what_was_compressed_and_keeps_it_for_good() -> None:
    reply = asked(accept_encoding=BROWSER)
    assert (reply.status, reply.piece) == (200, PACKED)
    assert reply.headers["Content-Encoding"] == "br"
    assert reply.headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert reply.headers["Cache-Control"] == KEPT
    assert "immutable" in KEPT
    assert reply.headers["Vary"] == "Accept-Encoding"
    assert reply.headers["Access-Control-Allow-Origin"] == "*"
    assert reply.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert reply.headers["X-Content-Type-Options"] == "nosniff"


def test_who_does_not_know_brotli_gets_the_file_under_another_tag() -> None:
    plain, packed = asked(), asked(accept_encoding=BROWSER)
    assert plain.piece == PLAIN
    assert "Content-Encoding" not in plain.headers
    assert plain.headers["Vary"] == "Accept-Encoding"
    assert plain.headers["ETag"] != packed.headers["ETag"]


def test_what_was_compressed_harder_since_takes_its_place() -> None:
    reply = asked(better={"a.js.br": HARDER}, accept_encoding=BROWSER)
    assert reply.piece == HARDER
    assert asked(better={"a.js.br": HARDER}).piece == PLAIN


def test_a_file_that_is_never_compressed_does_not_vary() -> None:
    reply = asked("f.ttf", accept_encoding=BROWSER)
    assert reply.piece == FONT
    assert "Vary" not in reply.headers


def test_what_is_not_there_is_not_asked_for_again_soon() -> None:
    reply = asked("b.js")
    assert (reply.status, reply.piece) == (404, None)
    assert "max-age" in reply.headers["Cache-Control"]
    assert reply.headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert reply.headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize("given", ['"one"', 'W/"one"', '"x", "one"', "*"])
def test_who_has_it_already_gets_nothing(given: str) -> None:
    reply = asked(if_none_match=given)
    assert (reply.status, reply.piece) == (304, None)
    assert reply.headers["ETag"] == '"one"'


def test_a_tag_of_another_encoding_does_not_match() -> None:
    assert asked(if_none_match='"one"', accept_encoding=BROWSER).status == 200


@pytest.mark.parametrize(
    ("wanted", "start", "size", "said"),
    [
        ("bytes=0-0", 0, 1, "bytes 0-0/1000"),
        ("bytes=10-19", 10, 10, "bytes 10-19/1000"),
        ("bytes=990-", 990, 10, "bytes 990-999/1000"),
        ("bytes=990-5000", 990, 10, "bytes 990-999/1000"),
        ("bytes=-10", 990, 10, "bytes 990-999/1000"),
        ("bytes=-5000", 0, 1000, "bytes 0-999/1000"),
    ],
)
def test_a_part_is_of_the_plain_file(wanted: str, start: int, size: int, said: str) -> None:
    reply = asked(range=wanted, accept_encoding=BROWSER)
    assert reply.status == 206
    assert reply.piece == Piece("layer1", 512 + start, size, "one")
    assert reply.headers["Content-Range"] == said
    assert "Content-Encoding" not in reply.headers


@pytest.mark.parametrize("wanted", ["bytes=1000-", "bytes=5000-6000", "bytes=-0"])
def test_a_part_that_does_not_exist(wanted: str) -> None:
    reply = asked(range=wanted)
    assert (reply.status, reply.piece) == (416, None)
    assert reply.headers["Content-Range"] == "bytes */1000"


@pytest.mark.parametrize("wanted", ["bytes=1-2,5-6", "bytes=-", "bytes=9-1", "lines=1-2", "x"])
def test_other_ranges_get_the_whole(wanted: str) -> None:
    assert (asked(range=wanted).status, asked(range=wanted).piece) == (200, PLAIN)


def test_a_part_of_another_version_is_not_given() -> None:
    assert asked(range="bytes=0-1", if_range='"old"').status == 200
    assert asked(range="bytes=0-1", if_range='"one"').status == 206
    assert answer(Asked("HEAD", range="bytes=0-1"), FILES, {}, "a.js").status == 200


def test_whoever_takes_no_brotli_gets_what_else_was_compressed() -> None:
    zstd, gzip = Piece("layer2", 900, 400, "four"), Piece("layer2", 1500, 500, "five")
    files = {**FILES, "a.js.zst": zstd, "a.js.gz": gzip}
    for accept, piece, coding in (
        (BROWSER, PACKED, "br"),
        ("gzip, zstd", zstd, "zstd"),
        ("gzip", gzip, "gzip"),
        ("br;q=0, gzip;q=0.1", gzip, "gzip"),
        ("deflate", PLAIN, None),
    ):
        reply = answer(Asked("GET", accept_encoding=accept), files, {}, "a.js")
        assert (reply.piece, reply.headers.get("Content-Encoding")) == (piece, coding)
        assert reply.headers["Vary"] == "Accept-Encoding"


def test_an_answer_that_may_change_says_so() -> None:
    reply = answer(Asked("GET"), FILES, {}, "a.js", "public, no-cache")
    assert reply.headers["Cache-Control"] == "public, no-cache"


def test_a_refusal_is_kept_by_nobody() -> None:
    reply = refuse(405, "No.", Allow="GET, HEAD")
    assert (reply.status, reply.headers["Allow"]) == (405, "GET, HEAD")
    assert reply.headers["Cache-Control"] == "no-store"
    assert reply.text == "No.\n"
