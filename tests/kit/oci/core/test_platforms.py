import pytest

from kit.oci.core import media
from kit.oci.core.documents import Descriptor, Index, Platform
from kit.oci.core.platforms import AMD64, choose, of_machine
from kit.oci.core.refusals import Refused


def entry(platform: Platform | None, letter: str, kind: str = media.OCI_MANIFEST) -> Descriptor:
    return Descriptor(kind, "sha256:" + letter * 64, 10, platform=platform)


ATTESTATION = entry(Platform("unknown", "unknown"), "d")


def test_the_manifest_of_this_machine() -> None:
    arm = entry(Platform("arm64", "linux", "v8"), "a")
    amd = entry(Platform("amd64", "linux"), "b")
    index = Index(2, [ATTESTATION, arm, amd])
    assert choose(index) is amd
    assert choose(index, of_machine("aarch64")) is arm
    assert choose(Index(2, [entry(Platform("arm64", "linux"), "e")]), of_machine("aarch64"))
    assert choose(Index(2, [entry(Platform("amd64", "linux", "v1"), "e")]), AMD64)


@pytest.mark.parametrize(
    "found", [None, Platform("amd64", "windows"), Platform("arm", "linux", "v7")]
)
def test_an_index_without_it(found: Platform | None) -> None:
    with pytest.raises(Refused, match="no manifest for platform linux-amd64 found"):
        choose(Index(2, [entry(found, "a")]))


def test_an_index_that_leads_to_an_index() -> None:
    with pytest.raises(Refused, match="is no manifest"):
        choose(Index(2, [entry(AMD64, "a", media.OCI_INDEX)]))


def test_a_machine_that_nobody_tried() -> None:
    assert of_machine("x86_64") == AMD64
    with pytest.raises(Refused, match="riscv64"):
        of_machine("riscv64")
