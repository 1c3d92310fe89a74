import pytest

from blobserve.core.catalogue import EVERYTHING, NOTHING, read
from kit.oci.core.references import parse
from kit.oci.core.refusals import Refused

WHOLE = """
[[image]]
repository = "ghcr.io/acme/editor"
folder = "ide/out"
ahead = ["1.2.3", "sha256:%s"]

[[image.inline]]
search = "{{BASE}}"
replacement = "${ide}"

[[image]]
repository = "alpine"
""" % ("a" * 64)


def test_what_is_in_it_is_served() -> None:
    catalogue = read(WHOLE)
    entry = catalogue.find(parse("ghcr.io/acme/editor:7"))
    assert entry is not None
    assert entry.file("a.js") == "ide/out/a.js"
    assert entry.inline[0].replacement == "${ide}"
    alpine = catalogue.find(parse("docker.io/library/alpine:3"))
    assert alpine is not None
    assert alpine.file("etc/passwd") == "etc/passwd"
    assert catalogue.find(parse("ghcr.io/acme/other:7")) is None
    assert [str(one) for one in catalogue.ahead()] == [
        "ghcr.io/acme/editor:1.2.3",
        "ghcr.io/acme/editor@sha256:" + "a" * 64,
    ]


def test_nothing_and_everything() -> None:
    assert NOTHING.find(parse("a/b:1")) is None
    assert EVERYTHING.find(parse("a/b:1")) is not None
    assert read("") == NOTHING


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("[[image", "cannot be read"),
        ("[[image]]", "cannot be read"),
        ('[[image]]\nrepository = "a/b"\nfolders = "x"', "cannot be read"),
        ('[[image]]\nrepository = "A B"', "repository"),
        ('[[image]]\nrepository = "a/b"\nfolder = "../x"', "no folder"),
        ('[[image]]\nrepository = "a/b"\nfolder = "/x"', "no folder"),
        ('[[image]]\nrepository = "a/b"\nahead = ["a b"]', "tag"),
        ('[[image]]\nrepository = "*"\nahead = ["1"]', "ahead"),
        ('[[image]]\nrepository = "a/b"\n[[image]]\nrepository = "docker.io/a/b"', "twice"),
        (
            '[[image]]\nrepository = "a/b"\n[[image.inline]]\nsearch = ""\nreplacement = "x"',
            "empty text",
        ),
    ],
)
def test_what_makes_no_sense_is_told(text: str, why: str) -> None:
    with pytest.raises(Refused, match=why):
        read(text)
