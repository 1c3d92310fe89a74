"""Paths of restore points as text, and names that are saved."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.content.paths import disposition, read_path, shown, write_path
from app.faults import Malformed


@given(st.lists(st.binary(min_size=1, max_size=20), min_size=1, max_size=4))
def test_every_path_survives_its_text(parts: list[bytes]) -> None:
    clean = [one.replace(b"/", b"x").replace(b"\0", b"y") for one in parts]
    if any(one in {b".", b".."} for one in clean):
        return
    path = b"/".join(clean)
    assert read_path(write_path(path)) == path


def test_the_top_is_empty_and_slashes_around_do_not_count() -> None:
    assert read_path("") == read_path("/") == b""
    assert read_path("/workspace/demo/") == b"workspace/demo"


@pytest.mark.parametrize("text", ["..", "a/../b", "a//b", "./a", "a/%2e%2e", "a%00b", "x" * 5000])
def test_no_path_leads_out(text: str) -> None:
    with pytest.raises(Malformed) as refused:
        read_path(text)
    assert refused.value.code == "path_invalid"


def test_names_are_shown_whatever_they_are() -> None:
    assert shown("grün.txt".encode()) == "grün.txt"
    assert (
        shown(b"a\xff\n\x1b[31mb")
        == "a\N{REPLACEMENT CHARACTER}\N{REPLACEMENT CHARACTER}\N{REPLACEMENT CHARACTER}[31mb"
    )


@given(st.text(max_size=300))
def test_a_saved_name_breaks_no_header(name: str) -> None:
    header = disposition(shown(name.encode(errors="replace")))
    assert header.isascii()
    assert header.isprintable()
    assert header.startswith('attachment; filename="')
    assert header.count('"') == 2
    assert "/" not in header


def test_a_saved_name_keeps_its_letters() -> None:
    assert disposition("grün.txt") == (
        "attachment; filename=\"gr_n.txt\"; filename*=UTF-8''gr%C3%BCn.txt"
    )
