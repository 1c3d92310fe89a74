"""Errors have the specification's form, and a status that clients act on."""

import json

import pytest

from blobserve.core.faults import Fault


@pytest.mark.parametrize(
    ("fault", "status", "code"),
    [
        (Fault.unauthorized(), 401, "UNAUTHORIZED"),
        (Fault.denied("no"), 403, "DENIED"),
        (Fault.name_invalid("x"), 400, "NAME_INVALID"),
        (Fault.name_unknown("x"), 404, "NAME_UNKNOWN"),
        (Fault.manifest_unknown("x"), 404, "MANIFEST_UNKNOWN"),
        (Fault.manifest_invalid("x"), 400, "MANIFEST_INVALID"),
        (Fault.blob_unknown("x"), 404, "BLOB_UNKNOWN"),
        (Fault.blob_missing("x"), 400, "MANIFEST_BLOB_UNKNOWN"),
        (Fault.digest_invalid("x"), 400, "DIGEST_INVALID"),
        (Fault.upload_unknown("x"), 404, "BLOB_UPLOAD_UNKNOWN"),
        (Fault.upload_invalid("x"), 400, "BLOB_UPLOAD_INVALID"),
        (Fault.out_of_order(7), 416, "BLOB_UPLOAD_INVALID"),
        (Fault.too_large(7), 413, "SIZE_INVALID"),
        (Fault.disk_full(), 507, "UNKNOWN"),
        (Fault.unsupported("no"), 405, "UNSUPPORTED"),
        (Fault.upstream("x"), 502, "UNKNOWN"),
        (Fault.away("x"), 503, "UNKNOWN"),
        (Fault.slow("x"), 504, "UNKNOWN"),
    ],
)
def test_each_has_code_sentence_and_detail(fault: Fault, status: int, code: str) -> None:
    (error,) = json.loads(fault.body)["errors"]
    assert (fault.status, error["code"]) == (status, code)
    assert error["message"]
    assert str(fault).startswith(fault.message)
    assert set(error) == {"code", "message", "detail"}


def test_what_others_said_is_not_repeated_at_any_length() -> None:
    assert len(Fault.upstream("x" * 10_000).body) < 1000
