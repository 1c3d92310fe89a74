import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.imagebuilds.dockerfile import Recipe, read


def sources(text: str) -> tuple[str, ...] | None:
    return read(f"FROM a\n{text}\n", {}).sources


@pytest.mark.parametrize(
    ("text", "images"),
    [
        ("FROM alpine\n", ("alpine",)),
        ("from --platform=linux/amd64 Alpine AS one\nFROM one\nFROM scratch", ("Alpine",)),
        ("ARG V=3.20\nFROM alpine:${V}", ("alpine:3.20",)),
        ("ARG V\nFROM alpine:${V:-edge}", ("alpine:edge",)),
        ("FROM a\nCOPY --from=ghcr.io/x/y:1 /z /z\nCOPY --from=0 /q /q", ("a", "ghcr.io/x/y:1")),
        ("FROM a AS b\nFROM c\nCOPY --from=b / /", ("a", "c")),
        (
            "FROM a AS b\nRUN --mount=from=c/d:1,target=/t --mount=from=b,target=/u x",
            ("a", "c/d:1"),
        ),
        ("ARG V=1\nFROM a\nRUN --mount=type=cache,from=t:$V,target=/x make", ("a", "t:1")),
        ("# FROM x\nFROM \\\n  a\n", ("a",)),
    ],
)
def test_images_that_stages_begin_with(text: str, images: tuple[str, ...]):
    assert read(text, {}).images == images


def test_secrets_that_steps_see():
    text = "FROM a\nRUN --mount=type=secret,id=A --mount=type=secret,target=/x,id=B,required cat\n"
    assert read(text, {}).secrets == ("A", "B")
    assert read("FROM a\nRUN --mount=type=secret,target=/x cat\n", {}).secrets == ()


def test_arguments_count_over_defaults():
    assert read("ARG V=1\nFROM a:$V", {"V": "2"}).images == ("a:2",)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("RUN apt-get update", ()),
        ("COPY a b/c /there", ("a", "b/c")),
        ("COPY ./a/ --chown=x /there", ("--chown=x", "a")),
        ("COPY --chown=x --chmod=1 a /there", ("a",)),
        ('ADD ["one file", "/there"]', ("one file",)),
        ("ADD https://h.org/x /there", ()),
        ("COPY . /there", None),
        ("COPY *.txt /there", None),
        ("COPY $A /there", None),
        ("COPY ../a /there", None),
        ("COPY a", None),
        ("RUN --mount=type=bind,target=/x make", None),
        ("RUN --mount=type=cache,target=/x make", ()),
        ("RUN --mount=type=bind,from=a,target=/x make", ()),
        ("RUN --mount=type=cache,target=/c --mount=target=/src make", None),
        ("ONBUILD COPY . /x", None),
        ("RUN <<EOF\nCOPY . /x\nEOF\nCOPY a /x", ("a",)),
        ("RUN echo $((1<<20))\nCOPY a /x", ("a",)),
        ("RUN cat <<<word >x\nCOPY a /x", ("a",)),
        ("COPY a \\\n# said between\n  b /x", ("a", "b")),
    ],
)
def test_what_of_the_context_is_read(text: str, found: tuple[str, ...] | None):
    assert sources(text) == found


@given(st.text())
def test_any_text_is_read(text: str):
    assert isinstance(read(text, {}), Recipe)
