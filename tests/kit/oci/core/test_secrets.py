import base64
import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.oci.core.refusals import Refused
from kit.oci.core.secrets import (
    Credentials,
    decode,
    host_of,
    is_ecr,
    read_docker_config,
    read_image_auth,
)


def b64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def test_a_config_of_docker() -> None:
    found = read_docker_config(
        json.dumps(
            {
                "auths": {
                    "https://index.docker.io/v1/": {"auth": b64("ada:secret")},
                    "GHCR.io": {"username": "bob", "password": "pw"},
                    "corp.io:5000": {"identitytoken": "refresh-me", "username": "<token>"},
                    "empty.io": {},
                },
                "credsStore": "ignored",
            }
        ).encode()
    )
    assert found["docker.io"] == Credentials("ada", "secret")
    assert found["docker.io"].basic == "Basic " + b64("ada:secret")
    assert found["ghcr.io"] == Credentials("bob", "pw")
    assert found["corp.io:5000"].refresh == "refresh-me"
    assert found["empty.io"].basic == ""
    assert "secret" not in repr(found)


@pytest.mark.parametrize("content", [b"", b"{", b'{"auths": 3}', b"secret\xff"])
def test_what_is_none_is_refused_and_not_repeated(content: bytes) -> None:
    with pytest.raises(Refused) as told:
        read_docker_config(content)
    assert "secret" not in str(told.value)
    assert told.value.__cause__ is None


def test_gitpods_variable() -> None:
    found = read_image_auth(f"ghcr.io:{b64('a:b')}, corp.io:5000:{b64('c:d')},broken,:x")
    assert found == {"ghcr.io": Credentials("a", "b"), "corp.io:5000": Credentials("c", "d")}


@pytest.mark.parametrize(
    ("encoded", "found"),
    [
        (b64("myregistry.com:mytoken"), Credentials("myregistry.com", "mytoken")),
        (b64("a:b:c"), Credentials("a:b", "c")),
        (b64("user2:pass2\n"), Credentials("user2", "pass2")),
        (b64("justauser"), Credentials(raw=b64("justauser"))),
        ("", Credentials(raw="")),
        ("not base64!", Credentials(raw="not base64!")),
    ],
)
def test_user_and_password_of_their_base64(encoded: str, found: Credentials) -> None:
    assert decode(encoded) == found


def test_hosts_by_their_keys() -> None:
    assert host_of("https://index.docker.io/v1/") == "docker.io"
    assert host_of("https://user@ghcr.io/x") == "ghcr.io"
    assert host_of("ghcr.io/org") == "ghcr.io"


def test_amazons_registries() -> None:
    assert is_ecr("422899872803.dkr.ecr.eu-central-1.amazonaws.com")
    assert is_ecr("422899872803.dkr.ecr.eu-central-1.amazonaws.com/private-repo-demo:latest")
    assert is_ecr("422899872803.dkr.ecr.cn-north-1.amazonaws.com.cn")
    assert not is_ecr("422899872803.dkr.ecr.eu-central-1.amazonaws.com.evil.org.x")
    assert not is_ecr("ghcr.io")


@given(st.dictionaries(st.text() | st.sampled_from(["https://[", "a.io", "//["]), st.text()))
def test_any_config_is_read_or_refused(entries: dict[str, str]) -> None:
    body = json.dumps({"auths": {name: {"auth": auth} for name, auth in entries.items()}})
    try:
        found = read_docker_config(body.encode())
    except Refused as error:
        assert not [one for one in entries.values() if len(one) > 3 and one in str(error)]  # noqa: PT017 - nothing of a password
    else:
        assert all(isinstance(one, Credentials) for one in found.values())


@given(st.binary(max_size=200))
def test_any_bytes_are_a_config_or_refused(body: bytes) -> None:
    with contextlib.suppress(Refused):
        read_docker_config(body)


@given(
    st.text() | st.lists(st.sampled_from(["a.io", ":", ",", "https://[", "]", "eDp5"])).map("".join)
)
def test_any_variable_holds_passwords_or_none(text: str) -> None:
    assert all(isinstance(one, Credentials) for one in read_image_auth(text).values())
