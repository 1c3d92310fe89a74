import msgspec
import pytest

from wire.imagebuild import PIECE, BuildResult, LogPiece


@pytest.mark.parametrize("digest", ["", f"sha256:{'a' * 64}"])
def test_a_result_has_a_digest_or_none(digest: str):
    body = msgspec.json.encode(BuildResult(digest=digest))
    assert msgspec.json.decode(body, type=BuildResult).digest == digest


@pytest.mark.parametrize(
    ("kind", "document"),
    [
        (BuildResult, b'{"digest": "sha256:../x"}'),
        (BuildResult, b'{"detail": "' + b"x" * 501 + b'"}'),
        (LogPiece, b'{"offset": -1, "data": ""}'),
        (LogPiece, msgspec.json.encode({"offset": 0, "data": b"x" * (PIECE + 1)})),
    ],
)
def test_what_a_builder_says_has_limits(kind: type, document: bytes):
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(document, type=kind)
