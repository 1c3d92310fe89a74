import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.oci.core.challenges import LARGEST, Challenge, parse
from kit.oci.core.refusals import Refused

DOCKER = (
    'Bearer realm="https://auth.docker.io/token",service="registry.docker.io",'
    'scope="repository:samalba/my-app:pull,push"'
)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (
            DOCKER,
            [
                Challenge(
                    "bearer",
                    {
                        "realm": "https://auth.docker.io/token",
                        "service": "registry.docker.io",
                        "scope": "repository:samalba/my-app:pull,push",
                    },
                )
            ],
        ),
        ("", []),
        (" , ", []),
        ("Negotiate", [Challenge("negotiate")]),
        ("Negotiate YWJj==", [Challenge("negotiate")]),
        (
            'Negotiate, Basic realm = "a \\"b\\", c" , Bearer realm=x',
            [
                Challenge("negotiate"),
                Challenge("basic", {"realm": 'a "b", c'}),
                Challenge("bearer", {"realm": "x"}),
            ],
        ),
        ("BASIC Realm=x", [Challenge("basic", {"realm": "x"})]),
    ],
)
def test_challenges(text: str, found: list[Challenge]) -> None:
    assert parse(text) == found


@pytest.mark.parametrize(
    "text",
    [
        'Bearer realm="open',
        'realm="x"',
        'Basic realm="a", realm="b"',
        'Basic realm="a"b',
        "Basic realm=a b",
        '"',
        "Bearer realm=\x00",
        "x, " * 17,
        "a" * (LARGEST + 1),
    ],
)
def test_what_cannot_be_read_is_refused(text: str) -> None:
    with pytest.raises(Refused, match="challenge"):
        parse(text)


@given(st.text(alphabet='Bearer Basic,="\\realm:\t\x00/é', max_size=200))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        found = parse(text)
    except Refused:
        return
    assert all(one.scheme == one.scheme.lower() for one in found)
