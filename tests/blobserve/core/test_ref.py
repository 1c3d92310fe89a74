"""Which file a target names, and everything that names none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blobserve.core.ref import Wanted, parse

DIGEST = f"sha256:{'0a' * 32}"


@pytest.mark.parametrize(
    ("target", "wanted"),
    [
        ("/blobserve/vscode:1/__files__/out/a.js", Wanted("vscode", "vscode:1", "out/a.js")),
        ("/blobserve/vscode%3A1/__files__/a%20b.js?x=1", Wanted("vscode", "vscode:1", "a b.js")),
        (
            f"/blobserve/a/b-c@{DIGEST}/__files__/node_modules/@x/y.js",
            Wanted("a/b-c", f"a/b-c@{DIGEST}", "node_modules/@x/y.js"),
        ),
        ("/blobserve/vscode:1/__files__/", Wanted("vscode", "vscode:1", "")),
        (
            "/blobserve/my-reg.com:8080/alpine:1.2.3/__files__/additional/path.json",
            Wanted(
                "my-reg.com:8080/alpine", "my-reg.com:8080/alpine:1.2.3", "additional/path.json"
            ),
        ),
    ],
)
def test_a_target_names_a_file_of_an_image(target: str, wanted: Wanted) -> None:
    assert parse(target) == wanted


@pytest.mark.parametrize(
    "target",
    [
        "/",
        "/healthz",
        "/blobserve/",
        "/blobserve/vscode:1",
        "/blobserve/vscode:1/__files__",
        "/blobserve/vscode/__files__/a.js",  # neither tag nor digest
        "/blobserve/vscode@sha256:00/__files__/a.js",
        "/blobserve/VSCode:1/__files__/a.js",
        "/blobserve/../vscode:1/__files__/a.js",
        "/blobserve/vscode:1/__files__/../a.js",
        "/blobserve/vscode:1/__files__/out/..%2fa.js",
        "/blobserve/vscode:1/__files__/out/%2e%2e/a.js",
        "/blobserve/vscode:1/__files__/out/%252e%252e/a.js",
        "/blobserve/vscode:1/__files__/out//a.js",
        "/blobserve/vscode:1/__files__/./a.js",
        "/blobserve/vscode:1/__files__/out\\a.js",
        "/blobserve/vscode:1/__files__/%00",
        "/blobserve/vscode:1/__files__/%ff",
        "/blobserve/vscode:1/__files__/" + "a" * 1024,
        "/x/blobserve/vscode:1/__files__/a.js",
    ],
)
def test_what_names_no_file(target: str) -> None:
    assert parse(target) is None


pieces = st.sampled_from(
    [
        "/blobserve/",
        "a/b",
        ":1",
        "/__files__/",
        "x.js",
        "..",
        "/",
        "%2e%2e",
        "%2f",
        "\\",
        "%00",
        "@",
    ]
)


@given(st.lists(pieces | st.text(max_size=5), max_size=12).map("".join))
def test_any_target_names_a_file_inside_or_nothing(target: str) -> None:
    found = parse(target)
    if found is not None and found.path:
        segments = found.path.split("/")
        assert not {"", ".", ".."} & set(segments)
        assert not set(found.path) & {"\0", "\\", "%"}
