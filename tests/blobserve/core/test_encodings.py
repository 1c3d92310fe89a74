import pytest

from blobserve.core.encodings import taken


@pytest.mark.parametrize(
    ("accept", "found"),
    [
        ("", ()),
        ("gzip", ("gzip",)),
        ("br", ("br",)),
        ("gzip, BR;q=0.5", ("br", "gzip")),
        ("gzip, deflate, br, zstd", ("br", "zstd", "gzip")),
        ("br;q=0, zstd", ("zstd",)),
        ("br; q=0.000", ()),
        ("brotli", ()),
        ("*", ()),
    ],
)
def test_codings_that_are_named(accept: str, found: tuple[str, ...]) -> None:
    assert taken(accept) == found
