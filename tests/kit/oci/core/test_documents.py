import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.oci.core import media
from kit.oci.core.documents import (
    LARGEST,
    Config,
    Descriptor,
    Index,
    Manifest,
    check_image,
    describe,
    encode,
    read_config,
    read_manifest,
)
from kit.oci.core.refusals import Refused

DIGEST = "sha256:" + "a" * 64
PART = {"mediaType": media.OCI_CONFIG, "digest": DIGEST, "size": 7}
LAYER = {"mediaType": media.OCI_LAYER_GZIP, "digest": "sha256:" + "b" * 64, "size": 100}
MANIFEST: dict[str, Any] = {"schemaVersion": 2, "config": PART, "layers": [LAYER, LAYER]}
INDEX: dict[str, Any] = {"schemaVersion": 2, "manifests": [{**PART, "platform": {"os": "linux"}}]}


def read(document: object, media_type: str = "") -> Manifest | Index:
    return read_manifest(json.dumps(document).encode(), media_type)


def test_a_manifest() -> None:
    found = read(MANIFEST, media.OCI_MANIFEST)
    assert isinstance(found, Manifest)
    assert [one.digest[7] for one in found.blobs] == ["a", "b"]
    assert found.size == 107
    check_image(found)
    assert read_manifest(encode(found)) == found


def test_an_index_by_what_was_said_or_by_what_it_holds() -> None:
    for said in ("", media.OCI_INDEX, media.DOCKER_INDEX):
        assert isinstance(read(INDEX, said), Index)
    assert isinstance(read({**MANIFEST, "annotations": None}), Manifest)


@pytest.mark.parametrize(
    ("document", "said", "why"),
    [
        ({**MANIFEST, **INDEX}, "", "at the same time"),
        ({**MANIFEST, "mediaType": media.OCI_MANIFEST}, media.DOCKER_MANIFEST, "says that it is"),
        ({**MANIFEST, "mediaType": 7}, "", "says that it is"),
        (MANIFEST, "text/html", "no image"),
        (INDEX, media.OCI_MANIFEST, "index stands where"),
        (MANIFEST, media.OCI_INDEX, "no index"),
        ({**MANIFEST, "schemaVersion": 3}, "", "version 3"),
        ({"schemaVersion": 1, "fsLayers": []}, "", "given up"),
        ({**MANIFEST, "layers": [LAYER] * 501}, "", "501 layers"),
        ({**MANIFEST, "layers": [{**LAYER, "size": -1}]}, "", "-1 bytes"),
        ({**MANIFEST, "layers": [{**LAYER, "size": 1 << 50}]}, "", "bytes"),
        ({**MANIFEST, "layers": [{**LAYER, "digest": "sha256:../x"}]}, "", "no sha256"),
        ({**MANIFEST, "layers": 3}, "", "no manifest"),
        ({**INDEX, "manifests": INDEX["manifests"] * 1001}, "", "index"),
        ({}, "", "no manifest"),
        ([], "", "no JSON object"),
    ],
)
def test_lies_are_refused(document: object, said: str, why: str) -> None:
    with pytest.raises(Refused, match=why):
        read(document, said)


@pytest.mark.parametrize(
    "body", [b"<html>", b"\xff\xfe", b"[" * 100_000, b"{" * 9, b" " * (LARGEST + 1)]
)
def test_what_is_no_document_is_refused(body: bytes) -> None:
    with pytest.raises(Refused):
        read_manifest(body)


def test_a_layer_of_another_type_makes_no_image() -> None:
    found = read({**MANIFEST, "layers": [{**LAYER, "mediaType": "application/vnd.in-toto+json"}]})
    assert isinstance(found, Manifest)
    with pytest.raises(Refused, match="no layer"):
        check_image(found)


def test_a_configuration_tells_of_as_many_layers_as_there_are() -> None:
    manifest = read(MANIFEST)
    assert isinstance(manifest, Manifest)
    whole = {"os": "linux", "config": {"Env": ["A=b"], "Cmd": None}, "rootfs": {"type": "layers"}}
    whole["rootfs"] = {"type": "layers", "diff_ids": [DIGEST, DIGEST]}
    found = read_config(json.dumps(whole).encode(), manifest)
    assert found.config is not None
    assert (found.config.env, found.config.cmd) == (["A=b"], None)
    whole["rootfs"] = {"type": "layers", "diff_ids": [DIGEST]}
    with pytest.raises(Refused, match="1 layers"):
        read_config(json.dumps(whole).encode(), manifest)
    whole["rootfs"] = {"type": "layers", "diff_ids": ["x", "y"]}
    with pytest.raises(Refused, match="no sha256"):
        read_config(json.dumps(whole).encode(), manifest)
    assert read_config(b"{}") == Config()


def test_describing_a_content() -> None:
    described = describe(b"", media.OCI_CONFIG)
    assert described == Descriptor(media.OCI_CONFIG, described.digest, 0)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                ["manifests", "layers", "config", "schemaVersion", "digest", "size", "x"]
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=20,
)


@given(JSON, st.sampled_from(["", *sorted(media.MANIFESTS | media.INDEXES)]))
def test_any_json_is_read_or_refused(document: object, said: str) -> None:
    try:
        found = read(document, said)
    except Refused:
        return
    assert read_manifest(encode(found)) == found


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    for reader in (read_manifest, read_config):
        try:
            reader(body)
        except Refused:
            continue
