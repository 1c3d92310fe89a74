"""Which endpoint a head is for: by listener, method, path, proof and what is accepted."""

import time

import pytest

from supervisor.api.endpoint import Refused, Who, answers, converses, streams
from supervisor.api.table import PREFIX, Asked, Listener, Table
from tests.supervisor.api.serving import OWNER, proof
from tests.supervisor.samples import KEY
from wire.proof import PROOF_HEADER, Bearer

NOW = 1_800_000_000.0
TABLE = Table(
    [
        answers("GET", "/v1/all", Who.ANYBODY, print),
        answers("GET", "/v1/mine", Who.PERSON, print),
        answers("POST", "/v1/mine", Who.PERSON, print),
        answers("GET", "/v1/mine/{name}", Who.PERSON, print),
        answers("GET", "/v1/mine/first", Who.PERSON, print),
        streams("/v1/mine", Who.PERSON, print),
        streams("/v1/news", Who.PERSON, print),
        converses("/v1/mine", Who.PERSON, print),
        converses("/v1/talk", Who.PERSON, print),
        answers("GET", "/v1/outside", Who.OUTSIDE, print),
        answers("GET", "/v1/inside", Who.INSIDE, print),
    ]
)


def inside(path: str, method: str = "GET", *, upgrade: bool = False, stream: bool = False) -> str:
    """What answers on the socket, in words."""
    return find(Asked(Listener.SOCKET, method, path, upgrade=upgrade, stream=stream))


def outside(path: str, method: str = "GET", bearer: Bearer = OWNER, **changes: object) -> str:
    """What answers on the port to the proxy."""
    target = PREFIX + path
    late = time.time() - NOW
    proofs = [proof(target, method=method, bearer=bearer, late=late)[PROOF_HEADER]]
    return find(Asked(Listener.PORT, method, target, **{"proofs": proofs, **changes}))  # type: ignore[arg-type] # of any kind


def find(asked: Asked, key: str = KEY) -> str:
    try:
        found = TABLE.find(asked, key, NOW)
    except Refused as refused:
        return f"{refused.status.value} {refused.code}"
    values = " ".join(f"{name}={value}" for name, value in found.values.items())
    return f"{found.endpoint.kind.name} {found.endpoint.pattern} {values}".strip()


def test_kinds_share_a_pattern():
    assert inside("/v1/mine") == "ANSWER /v1/mine"
    assert inside("/v1/mine?x=1", stream=True) == "STREAM /v1/mine"
    assert inside("/v1/mine", upgrade=True) == "SOCKET /v1/mine"
    assert inside("/v1/mine", "HEAD") == "ANSWER /v1/mine"
    assert inside("/v1/mine", "POST", stream=True) == "ANSWER /v1/mine"


def test_what_has_one_kind_has_it_for_everybody():
    assert inside("/v1/news") == "STREAM /v1/news"
    assert inside("/v1/all", stream=True, upgrade=True) == "ANSWER /v1/all"
    assert inside("/v1/talk") == "426 websocket_expected"


def test_a_name_in_a_pattern_is_one_segment():
    assert inside("/v1/mine/a%20b") == "ANSWER /v1/mine/{name} name=a b"
    assert inside("/v1/mine/first") == "ANSWER /v1/mine/first"
    for wrong in ("/v1/mine/", "/v1/mine/a/b", "/v1/mine/a%2fb", "/v1/mine/..", "/v1/mine/%00"):
        assert inside(wrong) == "404 not_found"


def test_another_method_is_told_apart():
    assert inside("/v1/mine", "DELETE") == "405 method_not_allowed"
    assert inside("/v1/none", "DELETE") == "404 not_found"


def test_on_the_port_the_prefix_and_a_proof_are_needed():
    assert outside("/v1/mine") == "ANSWER /v1/mine"
    assert outside("/v1/mine", "POST") == "ANSWER /v1/mine"
    assert outside("/v1/none") == "404 not_found"
    assert find(Asked(Listener.PORT, "GET", "/v1/mine")) == "401 proof_missing"
    assert find(Asked(Listener.PORT, "GET", "/v1/all")) == "401 proof_missing"


def test_without_a_proof_nothing_is_told_apart():
    for path in ("/v1/mine", "/v1/none", "/v1/inside", "/v1/talk", ""):
        assert outside(path, proofs=[]) == "401 proof_missing"
    assert outside("/v1/mine", proofs=["v1 1 u owner 00"]) == "401 proof_missing"
    assert outside("/v1/all", proofs=[]) == "ANSWER /v1/all"
    assert outside("/v1/all", "POST", proofs=[]) == "405 method_not_allowed"


def test_a_proof_is_the_owners():
    assert outside("/v1/mine", bearer=Bearer("u_2", "guest")) == "403 not_the_owner"


def test_before_the_server_has_spoken_only_what_is_anybodys():
    assert find(Asked(Listener.PORT, "GET", PREFIX + "/v1/mine"), "") == "503 not_ready"
    assert find(Asked(Listener.PORT, "GET", PREFIX + "/v1/all"), "") == "ANSWER /v1/all"


def test_what_is_of_one_listener_is_not_on_the_other():
    assert inside("/v1/inside") == "ANSWER /v1/inside"
    assert inside("/v1/outside") == "404 not_found"
    assert outside("/v1/inside") == "404 not_found"
    assert outside("/v1/outside") == "ANSWER /v1/outside"


def test_two_of_one_kind_and_pattern_are_a_mistake():
    with pytest.raises(AssertionError):
        Table([answers("GET", "/v1/x", Who.PERSON, print)] * 2)
