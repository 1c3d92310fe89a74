import gzip
import io
import json
import tarfile
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.imagebuilds.features import (
    MANIFEST,
    Described,
    Feature,
    NoFeature,
    describe,
    name_of,
    options_of,
    ordered,
    read,
    variables_of,
)


def packed(described: Mapping[str, Any] | None, **files: str) -> bytes:
    """Return a feature's layer."""
    out = io.BytesIO()
    texts = dict(files) if described is None else {**files, MANIFEST: json.dumps(described)}
    with tarfile.open(fileobj=out, mode="w:gz") as tar:
        for name, text in texts.items():
            member = tarfile.TarInfo(f"./{name}")
            member.size = len(text.encode())
            tar.addfile(member, io.BytesIO(text.encode()))
    return out.getvalue()


def feature(reference: str, needs: tuple[str, ...] = (), after: tuple[str, ...] = ()) -> Feature:
    return Feature(reference, "s", "sha256:1", 1, {}, {}, needs, after)


def names(*features: Feature, first: tuple[str, ...] = ()) -> list[str]:
    return [one.reference for one in ordered(features, first)]


def test_a_feature_describes_itself():
    said = {
        "id": "node",
        "options": {"version": {"default": "lts"}, "pnpm": {"default": True}, "n": {}},
        "containerEnv": {"PATH": "/opt/node/bin:${PATH}", "A B": "x", "C": "1\n2"},
        "dependsOn": {"ghcr.io/a/common:2": {"user": "ada"}, "ghcr.io/a/git:1": "2.4"},
        "installsAfter": ["ghcr.io/a/common"],
    }
    assert describe(packed(said, **{"install.sh": "true"})) == Described(
        {"version": "lts", "pnpm": "true"},
        {"PATH": "/opt/node/bin:${PATH}"},
        {"ghcr.io/a/common:2": {"user": "ada"}, "ghcr.io/a/git:1": {"version": "2.4"}},
        ("ghcr.io/a/common",),
    )


@pytest.mark.parametrize(
    ("layer", "why"),
    [
        (b"", "cannot be read|has no"),
        (b"\x1f\x8bnothing", "cannot be read"),
        (packed(None, x="1"), "has no devcontainer-feature.json"),
        (gzip.compress(bytes(70 << 20), 9), "more than 64 MB"),
    ],
)
def test_what_is_no_feature_says_why(layer: bytes, why: str):
    with pytest.raises(NoFeature, match=why):
        describe(layer)


@pytest.mark.parametrize("text", [b"[]", b'"x"'])
def test_a_description_is_an_object(text: bytes):
    with pytest.raises(NoFeature):
        read(text)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_any_description_is_read_or_none(said: Any):
    fields = ("options", "containerEnv", "dependsOn", "installsAfter")
    assert isinstance(read(json.dumps(dict.fromkeys(fields, said)).encode()), Described)


def test_options_become_variables_of_the_script():
    described = Described({"version": "lts", "install-tools": "true", "1st": "x"})
    found = variables_of(described, options_of({"version": 20, "pnpm": False, "list": [1]}))
    assert {name: found[name] for name in ("VERSION", "INSTALL_TOOLS", "_ST", "PNPM")} == {
        "VERSION": "20",
        "INSTALL_TOOLS": "true",
        "_ST": "x",
        "PNPM": "false",
    }
    assert "LIST" not in found
    assert (found["_REMOTE_USER"], found["_REMOTE_USER_HOME"]) == ("gitpod", "/home/gitpod")
    assert options_of("20") == {"version": "20"}


def test_what_a_feature_needs_comes_before_it_and_what_it_follows_too():
    a, b, c = (f"ghcr.io/x/{name}:1" for name in "abc")
    assert names(feature(a), feature(b), feature(c)) == [a, b, c]
    assert names(feature(a, needs=(c,)), feature(b), feature(c)) == [b, c, a]
    assert names(feature(a, after=("ghcr.io/x/c", "ghcr.io/x/z")), feature(c)) == [c, a]
    assert names(feature(a), feature(b), feature(c), first=("ghcr.io/x/c",)) == [c, a, b]
    assert names(feature(a, needs=(b,)), feature(b), first=("ghcr.io/x/a",)) == [b, a]
    with pytest.raises(NoFeature, match="circle"):
        names(feature(a, needs=(b,)), feature(b, after=("ghcr.io/x/a",)))


def test_a_name_has_no_version():
    assert name_of("127.0.0.1:5000/X/y:1.2") == "127.0.0.1:5000/x/y"
    assert name_of("ghcr.io/x/y@sha256:1") == name_of("ghcr.io/x/y") == "ghcr.io/x/y"
