import pytest

from kit.oci.core import media
from kit.oci.core.media import Packing, check_manifest, packing_of, packing_of_bytes, plain
from kit.oci.core.refusals import Refused


def test_layers_say_how_they_are_compressed() -> None:
    assert packing_of(media.OCI_LAYER) is Packing.PLAIN
    assert packing_of(media.DOCKER_LAYER_GZIP) is Packing.GZIP
    assert packing_of(media.OCI_LAYER_ZSTD) is Packing.ZSTD
    for other in ("", media.OCI_CONFIG, "application/vnd.in-toto+json"):
        with pytest.raises(Refused, match="no layer"):
            packing_of(other)


def test_bytes_count_more_than_what_was_said() -> None:
    assert packing_of_bytes(b"\x1f\x8b\x08\x00") is Packing.GZIP
    assert packing_of_bytes(b"\x28\xb5\x2f\xfd") is Packing.ZSTD
    assert packing_of_bytes(b"etc/") is Packing.PLAIN
    assert packing_of_bytes(b"") is Packing.PLAIN


def test_a_content_type_without_parameters() -> None:
    assert plain("Text/HTML; charset=utf-8") == "text/html"


def test_manifests_that_are_read() -> None:
    for good in media.MANIFESTS | media.INDEXES:
        check_manifest(good)
        assert good in media.ACCEPT
    with pytest.raises(Refused, match="given up"):
        check_manifest("application/vnd.docker.distribution.manifest.v1+prettyjws")
    with pytest.raises(Refused, match="no image"):
        check_manifest("text/html")
