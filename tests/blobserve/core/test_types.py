import pytest

from blobserve.core.types import is_compressible, type_of


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("out/a.js", "text/javascript; charset=utf-8"),
        ("out/a.CSS", "text/css; charset=utf-8"),
        ("onig.wasm", "application/wasm"),
        ("media/codicon.ttf", "font/ttf"),
        ("folder.js/LICENSE", "application/octet-stream"),
        ("a.unknown", "application/octet-stream"),
    ],
)
def test_a_type_follows_from_the_name_alone(path: str, kind: str) -> None:
    assert type_of(path) == kind


def test_what_compressing_is_worth_trying_on() -> None:
    assert is_compressible("a/b.JS")
    assert not is_compressible("a.png")
    assert not is_compressible("a/b")
