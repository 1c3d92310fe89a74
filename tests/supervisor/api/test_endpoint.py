"""What an endpoint sees of a request."""

from http import HTTPStatus

import pytest
from msgspec import Struct

from supervisor.api.endpoint import Call, Kind, Refused, Who, answers, converses, streams


class Wish(Struct, forbid_unknown_fields=True):
    name: str


def test_a_body_is_read_as_its_struct():
    assert Call("PUT", "/v1/x", body=b'{"name": "a"}').document(Wish) == Wish("a")


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"name": 1}', b'{"name": "a", "b": 1}'])
def test_another_body_is_refused_with_the_reason(body):
    with pytest.raises(Refused) as refused:
        Call("PUT", "/v1/x", body=body).document(Wish)
    assert (refused.value.status, refused.value.code) == (HTTPStatus.BAD_REQUEST, "body_invalid")
    assert refused.value.detail


def test_three_kinds():
    made = [
        answers("DELETE", "/v1/x", Who.PERSON, print),
        streams("/v1/x", Who.PERSON, print),
        converses("/v1/x", Who.PERSON, print),
    ]
    assert [(one.method, one.kind) for one in made] == [
        ("DELETE", Kind.ANSWER),
        ("GET", Kind.STREAM),
        ("GET", Kind.SOCKET),
    ]
