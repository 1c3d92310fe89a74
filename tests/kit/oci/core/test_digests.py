import pytest

from kit.oci.core.digests import digest_of, hexadecimal, is_digest, spelt
from kit.oci.core.refusals import Refused

OF_NOTHING = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def test_the_digest_of_a_content() -> None:
    assert digest_of(b"") == OF_NOTHING
    assert spelt(hexadecimal(OF_NOTHING)) == OF_NOTHING


@pytest.mark.parametrize(
    "text",
    [
        "",
        "sha256:",
        "sha256:../../etc/passwd",
        OF_NOTHING.upper(),
        OF_NOTHING + "0",
        OF_NOTHING + "\n",
        OF_NOTHING.replace("sha256", "sha512"),
        OF_NOTHING.removeprefix("sha256:"),
        OF_NOTHING.replace("e3", "\u0661\u0662"),
    ],
)
def test_what_is_no_digest_names_no_file(text: str) -> None:
    assert not is_digest(text)
    with pytest.raises(Refused, match="no sha256 digest"):
        hexadecimal(text)
