"""Which fields may stand behind a body."""

import pytest

from proxy.core.message import HOP_BY_HOP
from proxy.core.trailers import announced, may_trail, passed


@pytest.mark.parametrize(
    "name",
    [
        b"grpc-status",
        b"grpc-message",
        b"server-timing",
        b"content-digest",
        b"content-md5",
        b"digest",
        b"etag",
        b"x-amz-checksum-crc32",
        b"x-whatever",
    ],
)
def test_what_applications_say_at_the_end(name):
    assert may_trail(name)


@pytest.mark.parametrize(
    "name",
    [
        *sorted(HOP_BY_HOP),
        b"host",
        b"content-length",
        b"content_length",
        b"transfer_encoding",
        b"content-type",
        b"content-encoding",
        b"content-range",
        b"authorization",
        b"proxy-authorization",
        b"cookie",
        b"set-cookie",
        b"set_cookie",
        b"if-none-match",
        b"cache-control",
        b"x-forwarded-for",
        b"x_forwarded_host",
        b"x-podium-proof",
        b"x_podium_proof",
        b"x-request-id",
        b"x-real-ip",
        b"forwarded",
        b"access-control-allow-origin",
        b"content-security-policy",
        b"location",
        b"origin",
        b"sec-fetch-site",
    ],
)
def test_what_frames_routes_authenticates_or_is_ours_never_trails(name):
    assert not may_trail(name)
    assert passed([(name, b"1"), (b"x-sum", b"2")]) == [(b"x-sum", b"2")]


def test_the_announcement_names_what_will_come():
    headers = [(b"trailer", b"X-Sum, Host"), (b"x", b"y"), (b"trailer", b"Grpc-Status,,")]
    assert announced(headers) == [(b"trailer", b"X-Sum, Grpc-Status")]
    assert announced([(b"trailer", b"Content-Length")]) == []
