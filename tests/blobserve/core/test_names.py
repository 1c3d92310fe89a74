"""Targets of the distribution API: what is read, and what is refused without a look."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as some

from blobserve.core.faults import Fault
from blobserve.core.names import (
    Asked,
    Built,
    Instance,
    Kind,
    Own,
    Remote,
    is_registrys,
    parse,
    parse_name,
)
from wire.ids import InstanceId

KEY = "0123456789abcdef" * 4
DIGEST = f"sha256:{KEY}"
PYTHON = Remote("docker.io", "library/python")


@pytest.mark.parametrize(
    ("target", "asked"),
    [
        ("/v2/", Asked(Kind.VERSION)),
        ("/v2", Asked(Kind.VERSION)),
        ("/v2/docker.io/library/python/manifests/3.12", Asked(Kind.MANIFEST, PYTHON, "3.12")),
        (f"/v2/docker.io/library/python/blobs/{DIGEST}", Asked(Kind.BLOB, PYTHON, DIGEST)),
        (f"/v2/docker.io/library/python/referrers/{DIGEST}", Asked(Kind.REFERRERS, PYTHON, DIGEST)),
        (f"/v2/built/{KEY}/manifests/latest", Asked(Kind.MANIFEST, Built(KEY), "latest")),
        ("/v2/podium/code/manifests/1.2", Asked(Kind.MANIFEST, Own("podium/code"), "1.2")),
        (f"/v2/built/{KEY}/blobs/uploads/", Asked(Kind.UPLOADS, Built(KEY))),
        (f"/v2/built/{KEY}/blobs/uploads", Asked(Kind.UPLOADS, Built(KEY), "uploads")),
        (f"/v2/built/{KEY}/blobs/uploads/0af", Asked(Kind.UPLOAD, Built(KEY), "0af")),
        (
            f"/v2/127.0.0.1_5000/a/manifests/b/manifests/{DIGEST}",
            Asked(Kind.MANIFEST, Remote("127.0.0.1:5000", "a/manifests/b"), DIGEST),
        ),
        (
            "/v2/instance/amber-otter-4k2hw9xz1q.3/manifests/latest",
            Asked(Kind.MANIFEST, Instance(InstanceId("amber-otter-4k2hw9xz1q", 3)), "latest"),
        ),
    ],
)
def test_what_is_asked_for(target: str, asked: Asked) -> None:
    found = parse(target)
    assert (found.kind, found.repository, found.reference) == (
        asked.kind,
        asked.repository,
        asked.reference,
    )


def test_a_query_is_read() -> None:
    asked = parse("/v2/localhost_5000/x/tags/list?n=3&last=a%2Bb&n=4")
    assert asked.kind is Kind.TAGS
    assert (asked.value("n"), asked.value("last"), asked.value("none")) == ("3", "a+b", "")


@pytest.mark.parametrize(
    ("target", "code"),
    [
        ("/v2/docker.io/manifests/latest", "NAME_UNKNOWN"),
        ("/v2/python/library/manifests/latest", "NAME_UNKNOWN"),
        ("/v2/built/short/manifests/latest", "NAME_UNKNOWN"),
        (f"/v2/built/{KEY}/more/manifests/latest", "NAME_UNKNOWN"),
        ("/v2/instance/amber-otter-4k2hw9xz1q/manifests/latest", "NAME_UNKNOWN"),
        ("/v2/127.0.0.1_0/x/manifests/latest", "NAME_UNKNOWN"),
        ("/v2/127.0.0.1_99999/x/manifests/latest", "NAME_UNKNOWN"),
        ("/v2/127.0.0.1:5000/x/manifests/latest", "NAME_INVALID"),
        ("/v2/docker.io/../../etc/manifests/latest", "NAME_INVALID"),
        ("/v2/docker.io/%2e%2e/manifests/latest", "NAME_INVALID"),
        ("/v2/docker.io/UPPER/manifests/latest", "NAME_INVALID"),
        ("/v2//manifests/latest", "NAME_UNKNOWN"),
        ("/v2/docker.io/x/manifests/.hidden", "MANIFEST_UNKNOWN"),
        ("/v2/docker.io/x/blobs/sha256:short", "DIGEST_INVALID"),
        (f"/v2/docker.io/x/blobs/sha512:{KEY}{KEY}", "DIGEST_INVALID"),
        ("/v2/docker.io/x/tags/other", "NAME_UNKNOWN"),
        ("/v2/_catalog", "NAME_UNKNOWN"),
        (f"/v2/built/{KEY}/blobs/uploads/../x", "NAME_UNKNOWN"),
        ("/v2/docker.io/x/tags/list?" + "&".join("a=1" for _ in range(20)), "NAME_INVALID"),
        ("/v2/docker.io/" + "x" * 3000 + "/manifests/latest", "NAME_INVALID"),
        ("/v2/docker.io/" + "x" * 300 + "/manifests/latest", "NAME_INVALID"),
    ],
)
def test_what_is_refused(target: str, code: str) -> None:
    with pytest.raises(Fault) as refused:
        parse(target)
    assert refused.value.code == code


@given(some.text(max_size=80))
def test_any_target_is_read_or_refused(rest: str) -> None:
    with suppress(Fault):
        found = parse(f"/v2/{rest}")
        assert found.repository is None or parse_name(str(found.repository)) == found.repository


def test_names_are_spelt_as_they_were() -> None:
    for name in (f"built/{KEY}", "instance/amber-otter-4k2hw9xz1q.3", "127.0.0.1_5000/a/b"):
        assert str(parse_name(name)) == name


def test_only_one_version_is_the_registrys() -> None:
    assert is_registrys("/v2/")
    assert is_registrys("/v2?x")
    assert not is_registrys("/v2x")
    assert not is_registrys("/blobserve/v2/__files__/x")
