"""Names, tokens and documents that server, builders and the facade agree on."""

import pytest

from wire.registry import (
    InstanceImage,
    PullPasswords,
    PushTicket,
    Token,
    decode_image,
    decode_passwords,
    decode_ticket,
    encode,
    facade_name,
    hash_token,
    is_document,
    read_token,
    same_token,
    spell_token,
)

KEY = "0123456789abcdef" * 4
INSTANCE = "amber-otter-4k2hw9xz1q.3"
SECRET = "s" * 43


def test_a_port_is_spelt_so_that_it_may_stand_in_a_name() -> None:
    assert facade_name("docker.io", "library/python") == "docker.io/library/python"
    assert facade_name("127.0.0.1:5000", "app") == "127.0.0.1_5000/app"


@pytest.mark.parametrize(("kind", "name"), [("built", KEY), ("instance", INSTANCE)])
def test_a_token_names_its_document(kind: str, name: str) -> None:
    token = spell_token(kind, name, SECRET)
    assert read_token(token) == Token(kind, name)
    assert same_token(token, hash_token(token))
    assert not same_token(token, hash_token(f"{token}x"))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "built",
        f"built.{KEY}",
        f"built.{KEY}.short",
        f"built.{KEY[1:]}.{SECRET}",
        f"built.../../etc/passwd.{SECRET}",
        f"instance.amber-otter-4k2hw9xz1q.{SECRET}",
        f"instance.{KEY}.{SECRET}",
        f"remote.{KEY}.{SECRET}",
        f"pull.{INSTANCE}.{SECRET}",
        f"built.{KEY}.{'s' * 600}",
    ],
)
def test_what_names_no_document_is_no_token(text: str) -> None:
    assert read_token(text) is None


def test_names_of_documents_are_safe_in_a_path() -> None:
    assert is_document("built", KEY)
    assert is_document("instance", INSTANCE)
    assert is_document("pull", INSTANCE)
    for name in ("", "..", "a/b", KEY.upper(), f"{KEY}\n", f"{INSTANCE}/..", "x.1"):
        assert not is_document("built", name)
        assert not is_document("instance", name)


def test_documents_are_what_they_were() -> None:
    ticket = PushTicket(token="t", until=5, most=7, reads=["docker.io/library/python"], known=["d"])
    image = InstanceImage(token="t", base=f"built/{KEY}", additions=["ide/x"])
    assert decode_ticket(encode(ticket)) == ticket
    assert decode_image(encode(image)) == image
    assert decode_ticket(encode(image)) is None
    assert decode_image(encode(ticket)) is None
    assert decode_image(b"{") is None
    assert decode_ticket(b"[]") is None


def test_a_starts_passwords() -> None:
    assert decode_passwords(encode(PullPasswords(passwords="h.org:eA=="))) == "h.org:eA=="
    assert decode_passwords(b"{}") == ""
    assert decode_passwords(b"no json") == ""
