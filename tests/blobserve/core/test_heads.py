import pytest
from hypothesis import given
from hypothesis import strategies as st

from blobserve.core.heads import Head, read_head
from blobserve.core.replies import Asked

TARGET = "/blobserve/vscode:1/__files__/out/a.js"


def head(*lines: str, first: str = f"GET {TARGET} HTTP/1.1", host: str = "Host: x") -> bytes:
    return "\r\n".join(one for one in (first, host, *lines) if one).encode("latin-1")


def test_what_counts_of_a_plain_request() -> None:
    found = read_head(
        head(
            "ACCEPT-Encoding:  br, gzip ",
            'If-None-Match: "a"',
            'If-Range: "b"',
            "Range: bytes=0-1",
            "Connection: Keep-Alive",
            "X-BlobServe-InlineVars: {}",
            "Cookie: whatever",
            "Empty:",
        )
    )
    asked = Asked(
        "GET",
        accept_encoding="br, gzip",
        if_none_match='"a"',
        if_range='"b"',
        range="bytes=0-1",
        inline="{}",
    )
    assert found == Head(TARGET, asked)
    assert read_head(head(first=f"HEAD {TARGET} HTTP/1.1")) == Head(TARGET, Asked("HEAD"))


@pytest.mark.parametrize(
    "odd",
    [
        head(first=f"POST {TARGET} HTTP/1.1"),
        head(first=f"GET {TARGET} HTTP/1.0"),
        head(first=f"GET  {TARGET} HTTP/1.1"),
        head(first=f"GET http://x{TARGET} HTTP/1.1"),
        head(first="GET /healthz HTTP/1.1"),
        head(first="GET /v2/ HTTP/1.1"),
        head(host=""),
        head("Host: y"),
        head("Content-Length: 0"),
        head("Transfer-Encoding: chunked"),
        head("Upgrade: websocket"),
        head("Expect: 100-continue"),
        head("Connection: close"),
        head("Range: bytes=0-1", "Range: bytes=2-3"),
        head(" folded: x"),
        head("Name : x"),
        head("no colon"),
        head("A: b\nC: d"),
        head("A: b\x00"),
        head(*[f"A{one}: x" for one in range(70)]),
        head(first="GET /blobserve/" + "a" * 3000 + " HTTP/1.1"),
        b"",
    ],
)
def test_what_is_odd_is_somebody_elses(odd: bytes) -> None:
    assert read_head(odd) is None


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_left(noise: bytes) -> None:
    read_head(noise)
    found = read_head(head() + b"\r\n" + noise)
    assert found is None or found.target == TARGET
