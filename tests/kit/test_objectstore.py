"""Addresses and credentials of object stores."""

import pytest

from kit.objectstore import Place, credentials_of, place_of


def test_an_address_is_a_place_in_a_bucket():
    place = place_of("s3:https://objects.example.org/bucket/a/b/", "eu-central-1")
    assert place == Place("https", "objects.example.org", 443, "bucket", "a/b", "eu-central-1")
    assert place.endpoint == "https://objects.example.org"
    assert place.below("workspaces", "x") == "a/b/workspaces/x"
    local = place_of("s3:http://127.0.0.1:9000/bucket")
    assert (local.endpoint, local.below("x")) == ("http://127.0.0.1:9000", "x")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "https://objects.example.org/bucket",
        "s3:ftp://objects.example.org/bucket",
        "s3:https://objects.example.org",
        "s3:https://objects.example.org/b",
        "s3:https://objects.example.org/bucket/../x",
        "s3:https://objects.example.org/bucket//x",
        "s3:https://key:secret@objects.example.org/bucket",
        "s3:https://objects.example.org/bucket?x",
        "s3:https://bad_host/bucket",
        "s3:https://[::1]/bucket",
        "s3:http://objects.example.org/bucket",
        "s3:http://10.0.0.1/bucket",
        "s3:https://objects.example.org:99999/bucket",
    ],
)
def test_addresses_that_are_none(text):
    with pytest.raises(ValueError, match=r".+") as refused:
        place_of(text)
    assert "secret" not in str(refused.value)


def test_a_region_that_is_none():
    with pytest.raises(ValueError, match="region"):
        place_of("s3:https://objects.example.org/bucket", "-o x")


def test_credentials_are_read_as_others_write_them(tmp_path):
    path = tmp_path / "credentials"
    path.write_text("# ours\n[default]\naws_access_key_id=AKID\naws_secret_access_key = a%b/c+d=\n")
    found = credentials_of(path)
    assert (found.id, found.secret) == ("AKID", "a%b/c+d=")
    assert "a%b" not in repr(found)


@pytest.mark.parametrize(
    "text", ["", "secret", "[default]\naws_access_key_id=x", "[default]\nsecret"]
)
def test_credentials_that_are_none_are_not_shown(tmp_path, text):
    path = tmp_path / "credentials"
    path.write_text(text)
    with pytest.raises(ValueError, match=r"must have \[default\]") as refused:
        credentials_of(path)
    assert "secret\n" not in str(refused.value)
    words = "[default]\naws_access_key_id=x\naws_secret_access_key=two words\n"
    path.write_text(words)
    with pytest.raises(ValueError, match="one word") as refused:
        credentials_of(path)
    assert "two words" not in str(refused.value)
