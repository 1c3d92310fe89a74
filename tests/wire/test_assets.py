from urllib.parse import urlsplit

import pytest

from wire.assets import (
    PRELOAD_PATH,
    foreign_target,
    image_of,
    preload_target,
    read_preload,
    static_root,
)

WORKSPACE = "amber-otter-4k2hw9xz1q"
IMAGE = image_of("0a1b" * 5)


def test_the_address_of_an_images_files_has_no_slash_at_its_end():
    assert static_root("http://ide.localhost:8080", "vscode:1") == (
        "http://ide.localhost:8080/blobserve/vscode:1/__files__"
    )


def test_what_asks_to_load_ahead_is_read_back():
    parts = urlsplit(preload_target(IMAGE, WORKSPACE))
    assert parts.path == PRELOAD_PATH
    assert read_preload(parts.query) == (IMAGE, WORKSPACE)


@pytest.mark.parametrize(
    "query",
    [
        "",
        f"image={IMAGE}",
        f"workspace={WORKSPACE}",
        f"image=other:{'0' * 20}&workspace={WORKSPACE}",
        f"image={IMAGE}/../x&workspace={WORKSPACE}",
        f"image={IMAGE}&workspace=//evil.example",
        f"image={IMAGE}&workspace={WORKSPACE}/../../x",
    ],
)
def test_what_is_not_spelled_by_us_is_not_read(query: str):
    assert read_preload(query) is None


@pytest.mark.parametrize(
    ("target", "asked"),
    [
        ("/vscode:1/__files__/a/b.html?c", "/blobserve/vscode:1/__files__/a/b.html?c"),
        ("/a/b:1/__files__/c", "/blobserve/a/b:1/__files__/c"),
        ("/", ""),
        ("/vscode:1/a.html", ""),
        ("/vscode:1/__files__/", ""),
        ("/__files__/a", ""),
        ("/a?/b/__files__/c", ""),
    ],
)
def test_a_foreign_host_names_files_without_the_prefix(target: str, asked: str) -> None:
    assert foreign_target(target) == asked
