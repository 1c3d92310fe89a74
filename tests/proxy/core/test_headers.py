"""What is added to heads and taken from them: nothing of ours goes to user code, or comes back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.core.headers import cookie_name, preflight_headers, request_headers, response_headers
from proxy.core.message import RequestHead, ResponseHead
from tests.proxy.world import IDE, PORT, head, ide_cookie, ports_cookie, upgrade
from wire.tokens import is_platform_cookie


def told(asked, *, user_code=True) -> dict[bytes, bytes]:
    made = request_headers(asked, "http", "192.0.2.7", "r-1", user_code=user_code)
    assert len(made) == len(dict(made)), "a header twice"
    return dict(made)


def answered(*headers: tuple[bytes, bytes], user_code=True, **more) -> list[tuple[bytes, bytes]]:
    response = ResponseHead(200, b"OK", list(headers))
    return response_headers(response, user_code=user_code, **more)


def test_what_the_application_may_believe_is_the_proxys_word():
    forged = {
        "X-Forwarded-For": "1.2.3.4",
        "X-Forwarded-Proto": "https",
        "X-Forwarded-Host": "evil.example",
        "Forwarded": "for=1.2.3.4",
        "X-Real-IP": "1.2.3.4",
        "X-Request-Id": "forged",
        "X-Forwarded-Prefix": "/evil",
        "X-Original-URL": "/admin",
    }
    made = told(head("/", PORT, headers=forged))
    assert made[b"x-forwarded-for"] == b"192.0.2.7"
    assert made[b"x-forwarded-proto"] == b"http"
    assert made[b"x-forwarded-host"] == made[b"host"] == PORT.encode()
    assert made[b"x-request-id"] == b"r-1"
    assert {b"forwarded", b"x-real-ip", b"x-forwarded-prefix", b"x-original-url"}.isdisjoint(made)


def test_a_wish_for_trailers_is_said_anew_as_one_of_this_hop():
    made = told(head("/", PORT, headers={"TE": "gzip;q=0.5, trailers"}))
    assert (made[b"te"], made[b"connection"]) == (b"trailers", b"te")


def test_an_expectation_is_passed_on_by_who_has_a_body():
    wish = {"Expect": "100-Continue"}
    made = told(head("/", PORT, "POST", {**wish, "Content-Length": "2"}))
    assert made[b"expect"] == b"100-continue"
    assert b"expect" not in told(head("/", PORT, headers=wish))


def test_the_platforms_own_are_asked_for_websockets_alone():
    wish = {"Connection": "Upgrade", "Upgrade": "tcp"}
    made = told(head("/", PORT, headers=wish))
    assert (made[b"upgrade"], made[b"connection"]) == (b"tcp", b"Upgrade")
    made = told(head("/", "podium.localhost:8080", headers=wish), user_code=False)
    assert {b"upgrade", b"connection"}.isdisjoint(made)


def test_trailers_are_announced_without_those_that_will_be_dropped():
    wish = {"Transfer-Encoding": "chunked", "Trailer": "X-Checksum, Host, Content_Length"}
    assert told(head("/", PORT, "POST", wish))[b"trailer"] == b"X-Checksum"


@pytest.mark.parametrize("name", ["Transfer_Encoding", "Content_Length", "transfer-ENCODING_"])
def test_framing_cannot_be_spelled_with_underscores(name):
    made = told(head("/", PORT, headers={name: "forged"}))
    assert b"content_length" not in made
    assert b"transfer_encoding" not in made


@pytest.mark.parametrize("user_code", [True, False])
@pytest.mark.parametrize(
    "name", ["X-Podium-Proof", "x-podium-anything", "X_Podium_Proof", "X_Forwarded_For"]
)
def test_nobody_outside_speaks_in_our_name(name, user_code):
    made = told(head("/", PORT, headers={name: "forged"}), user_code=user_code)
    assert name.lower().encode() not in made
    assert b"forged" not in made.values()


def test_our_cookies_never_reach_user_code():
    cookies = f"a=1; {ide_cookie()}; podium_session_abc123=s; b=2; {ports_cookie()}; podium_x=3"
    assert told(head("/", PORT, headers={"Cookie": cookies}))[b"cookie"] == b"a=1; b=2"
    assert b"cookie" not in told(head("/", PORT, headers={"Cookie": ports_cookie()}))


@given(
    st.lists(
        st.sampled_from(
            [
                *[
                    "podium_a=1",
                    "__Host-podium_b=2",
                    "__Secure-podium_c=3",
                    "=podium_d=4",
                    "podium_e",
                ],
                *[
                    "\xa0podium_f=6",
                    "a=1",
                    "a=podium_g=1",
                    "b",
                    "=",
                    "",
                    "x_podium_h=1",
                    '"podium_i=1"',
                ],
            ]
        )
    ),
    st.lists(st.sampled_from(["; ", ";", " ;\t", ";;"]), min_size=12, max_size=12),
)
def test_of_all_cookies_the_others_are_left_in_their_order(pairs, gaps):
    value = "".join(pair + gaps[at % 12] for at, pair in enumerate(pairs)).encode("latin-1").strip()
    asked = RequestHead("GET", "/", "h", [(b"cookie", value)])
    left = told(asked).get(b"cookie", b"") if value else b""
    every = [one.strip() for one in value.split(b";") if one.strip()]
    foreign = [one for one in every if not is_platform_cookie(cookie_name(one))]
    assert [one.strip() for one in left.split(b";") if one.strip()] == foreign


def test_the_dashboard_gets_its_cookies():
    made = told(head("/", "podium.localhost:8080", headers={"Cookie": "a=1"}), user_code=False)
    assert made[b"cookie"] == b"a=1"


def test_the_applications_own_credentials_are_left_alone():
    made = told(head("/", PORT, headers={"Authorization": "Bearer theirs", "X-Api-Key": "k"}))
    assert (made[b"authorization"], made[b"x-api-key"]) == (b"Bearer theirs", b"k")


def test_headers_of_one_hop_stay_on_it():
    asked = {"Connection": "keep-alive, X-Hop", "X-Hop": "1", "TE": "gzip", "Keep-Alive": "5"}
    made = told(head("/", PORT, headers=asked))
    assert {b"connection", b"x-hop", b"te", b"keep-alive"}.isdisjoint(made)


def test_a_websocket_is_asked_for_anew():
    made = told(head("/", PORT, headers=upgrade(f"http://{PORT}")))
    assert (made[b"connection"], made[b"upgrade"]) == (b"Upgrade", b"websocket")
    assert made[b"sec-websocket-version"] == b"13"


def test_framing_is_chosen_anew():
    asked = head("/", PORT, "POST", {"Content-Length": "5"})
    assert told(asked)[b"content-length"] == b"5"
    chunked = head("/", PORT, "POST", {"Transfer-Encoding": "chunked"})
    assert told(chunked)[b"transfer-encoding"] == b"chunked"
    assert b"content-length" not in told(chunked)


@pytest.mark.parametrize(
    "cookie",
    [
        b"podium_ide_abc123=forged; Path=/",
        b"podium_port_abc123_w=forged; Domain=ws.localhost",
        b" podium_ide_abc123 =forged",
        b"=podium_ide_abc123=forged",
        b"__Host-podium_session_abc123=forged",
    ],
)
def test_user_code_cannot_set_our_cookies(cookie):
    kept = answered((b"set-cookie", cookie), (b"set-cookie", b"theirs=1"))
    shown = [value for key, value in kept if key == b"set-cookie"]
    assert shown == [b"theirs=1"]


def test_user_code_cannot_speak_in_our_name_either():
    assert answered((b"x-podium-anything", b"1"), (b"x-other", b"2")) == [(b"x-other", b"2")]


def test_the_servers_answers_pass_unchanged():
    mine = [(b"set-cookie", b"podium_session=1"), (b"x-podium-a", b"1")]
    assert answered(*mine, (b"content-length", b"3"), user_code=False) == mine


def test_who_may_frame_a_private_page_is_added_to_what_the_application_says():
    policy = (b"content-security-policy", b"default-src *")
    kept = answered(policy, (b"x-frame-options", b"DENY"), ancestors=f"'self' http://{IDE}")
    assert policy in kept
    assert b"x-frame-options" not in dict(kept), "the editor is another host"
    named = b"frame-ancestors 'self' http://" + IDE.encode()
    assert (b"content-security-policy", named) in kept


def test_a_public_page_says_itself_who_may_frame_it():
    ancestors = f"'self' http://{IDE}"
    assert answered((b"x-a", b"1"), ancestors=ancestors, shared=True) == [(b"x-a", b"1")]
    kept = answered((b"x-frame-options", b"SAMEORIGIN"), ancestors=ancestors, shared=True)
    assert kept == [(b"content-security-policy", f"frame-ancestors {ancestors}".encode())]


def test_another_host_of_the_workspace_may_read_and_only_it():
    kept = answered(
        (b"access-control-allow-origin", b"*"),
        (b"access-control-allow-credentials", b"false"),
        origin=f"http://{IDE}",
    )
    assert [v for k, v in kept if k == b"access-control-allow-origin"] == [f"http://{IDE}".encode()]
    assert [v for k, v in kept if k == b"access-control-allow-credentials"] == [b"true"]
    assert (b"vary", b"Origin") in kept
    assert (b"access-control-allow-origin", b"*") in answered(
        (b"access-control-allow-origin", b"*")
    )


def test_a_preflight_is_granted_what_it_asks_for_and_no_more():
    wishes = {
        "Access-Control-Request-Method": "PUT",
        "Access-Control-Request-Headers": "x-a, content-type",
    }
    made = dict(preflight_headers(head("/", PORT, "OPTIONS", wishes), f"http://{IDE}"))
    assert made[b"access-control-allow-origin"] == f"http://{IDE}".encode()
    assert made[b"access-control-allow-methods"] == b"PUT"
    assert made[b"access-control-allow-headers"] == b"x-a, content-type"
    plain = head("/", PORT, "OPTIONS", {"Access-Control-Request-Method": "GET"})
    assert b"access-control-allow-headers" not in dict(preflight_headers(plain, f"http://{IDE}"))


def test_names_that_nobody_has_heard_of_do_not_push_the_rules_out():
    odd = {f"Odd-{number}": "1" for number in range(200)}
    for round_ in range(40):
        told(head("/", PORT, headers={f"{name}-{round_}": "1" for name in odd}))
    forged = {"X-Podium-Proof": "1", "X_Podium_Proof": "1", "X_Forwarded_For": "1"}
    assert {b"x-podium-proof", b"x_podium_proof", b"x_forwarded_for"}.isdisjoint(
        told(head("/", PORT, headers=forged))
    )
    assert answered((b"x-podium-a", b"1"), (b"a", b"2")) == [(b"a", b"2")]
