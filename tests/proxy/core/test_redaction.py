"""An address in a log: bounded, and without its secrets, however they are spelt."""

from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.core.redaction import SHOWN, shown_target
from tests.proxy.core.play import Play
from tests.proxy.world import IDE, OPEN_PORT, PORT, WORKSPACE, make_grant, request


@pytest.mark.parametrize(
    ("target", "shown"),
    [
        ("/a?b=c", "/a?b=c"),
        ("/.podium/grant?code=hush", "/.podium/grant?code=[redacted]"),
        ("/?a=1&token=hush&b=2", "/?a=1&token=[redacted]&b=2"),
        ("/?access_token=hush", "/?access_token=[redacted]"),
        ("/?Password=hush&x", "/?Password=[redacted]&x"),
        ("/?client_secret=hush", "/?client_secret=[redacted]"),
        ("/?tkn=hush", "/?tkn=[redacted]"),
        ("/token=shown", "/token=shown"),
        ("/new?url=https://ada:hush@h.org/x", "/new?url=https://[redacted]@h.org/x"),
        (
            "/new?url=https%3A%2F%2Fada%3Ahu%25sh%40h.org%2Fx",
            "/new?url=https%3A%2F%2F[redacted]%40h.org%2Fx",
        ),
        ("/new?url=https%3A%2F%2Fh.org%2Fx@y", "/new?url=https%3A%2F%2Fh.org%2Fx@y"),
        ("/new?url=https://ada:hu/sh@h.org/x", "/new?url=[redacted]@h.org/x"),
        ("/new?ref=main&url=ada:hush@h.org/x&y", "/new?ref=main&url=[redacted]@h.org/x&y"),
        ("/new?url=https%253A%252F%252Fada%253Ahush%2540h.org", "/new?url=[redacted]%2540h.org"),
        ("/new?url=git@h.org%3Aada/x", "/new?url=[redacted]@h.org%3Aada/x"),
        ("/?to%6Ben=hush", "/?to%6Ben=[redacted]"),
        ("/?to%256Ben=hush", "/?to%256Ben=[redacted]"),
        ("/?api_key[]=hush&b", "/?api_key[]=[redacted]&b"),
        ("/?X-Amz-Signature=hush&X-Amz-Date=1", "/?X-Amz-Signature=[redacted]&X-Amz-Date=1"),
        ("/?X-Amz-Credential=hush", "/?X-Amz-Credential=[redacted]"),
        ("/?sv=1;sig=hush", "/?sv=1;sig=[redacted]"),
        ("/a?b=c?token=hush", "/a?b=c?token=[redacted]"),
        ("/?a=1#id_token=hush", "/?a=1#id_token=[redacted]"),
        ("/?next=%2Fback%3Fcode%3Dhush&b=2", "/?next=[redacted]&b=2"),
        ("/?next=%252Fback%253Fcode%253Dhush", "/?next=[redacted]"),
        ("/?q=%7B%22password%22%3A%22hush%22%7D", "/?q=[redacted]"),
        ("/?token%3Dhush", "/?[redacted]"),
        ("/files/eyJhbGciOi.eyJzdWIiOiIx.c2ln", "/files/[redacted]"),
        ("/?encode=shown", "/?encode=[redacted]"),
    ],
)
def test_what_sounds_secret_is_left_out(target, shown):
    assert shown_target(target) == shown


def test_strangers_do_not_fill_the_disk():
    assert len(shown_target("/" + "a" * 16_000)) == SHOWN


@pytest.mark.parametrize("part", ["%25", "?token=", "%2525token=&", "url=:%2f%2f", ":a@", "eyJ."])
def test_a_long_address_costs_no_more_than_a_short_one(part):
    """What is looked at is bounded: the result is that of the beginning alone."""
    target = "/?url=" + part * 4000
    assert shown_target(target) == shown_target(target[:2048])


NAMES = [
    *["token", "access_token", "id_token", "refresh-token", "tkn", "code", "password", "secret"],
    *["client_secret", "key", "apiKey", "api_key", "signature", "sig", "X-Amz-Signature", "jwt"],
    *["X-Amz-Security-Token", "X-Amz-Credential", "X-Goog-Signature", "SAMLassertion", "otp"],
]
SECRETS = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-", min_size=12, max_size=43)
PLACES = [
    "/?{name}={value}",
    "/a/b?x=1&{name}={value}&y=2",
    "/?x=1;{name}={value}",
    "/?x={name}%3D{value}",
    "/?next=https%3A%2F%2Fh.org%2F%3F{name}%3D{value}",
    "/?next=%252F%253F{name}%253D{value}",
    "/.podium/grant?{name}={value}",
    "/new?url=https://ada:{value}@h.org/x?{name}=1",
]


@given(
    SECRETS,
    st.sampled_from(NAMES),
    st.sampled_from(PLACES),
    st.sampled_from(
        [str.lower, str.upper, str.title, lambda name: f"%{ord(name[0]):02x}{name[1:]}"]
    ),
    st.sampled_from(
        [IDE, PORT, OPEN_PORT, "podium.localhost:8080", "ide.localhost:8080", "nobody"]
    ),
)
def test_no_secret_of_an_address_is_in_a_line(secret, name, place, spelt, host):
    play = Play()
    play.through(request(place.format(name=spelt(name), value=secret), host))
    play.answer(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
    assert play.records
    for record in play.records:
        assert secret not in record.target


@pytest.mark.parametrize("place", ["/{}", "/a/{}/b", "/?x={}", "/?x={}&y=1", "/a?{}"])
def test_a_token_that_is_known_by_its_form_needs_no_name(place):
    token = make_grant("ide")
    assert token.partition(".")[2] not in shown_target(place.format(token))
    assert token not in shown_target(place.format(quote(token)))


def test_what_is_no_secret_stays():
    for target in (
        f"/?folder=/workspace/{WORKSPACE}&type=Management&skipWebSocketFrames=false",
        "/blobserve/vscode@sha256:" + "0" * 64 + "/__files__/out/main.js",
        "/static/app.3f9c1d2e.min.js?v=1.2.3",
        "/search?q=a:b&page=2",
    ):
        assert shown_target(target) == target
