"""The line at the door: what it proves, and what is no port."""

from base64 import b64encode

import msgspec
import pytest

from tests.wire.samples import GOLDEN, KEY, SAMPLES, text_of
from wire.door import LONGEST, DoorGiven, asked, password, question, seed
from wire.ssh import host_seed, login_password

OTHER = b64encode(b"k" * 32).decode()


def test_a_document_is_as_it_was() -> None:
    golden = (GOLDEN / "door-given.json").read_text()
    assert text_of("door-given") == golden
    assert msgspec.json.decode(golden, type=DoorGiven) == SAMPLES["door-given"]


def test_what_is_asked_is_understood() -> None:
    line = question(65535, KEY)
    assert line.endswith(b"\n")
    assert len(line) <= LONGEST
    assert asked(line[:-1], KEY) == 65535


def test_what_is_derived_is_of_one_instance_and_one_purpose() -> None:
    """A running pod keeps its supervisor: another derivation would lock everybody out."""
    assert password(KEY) == "0620a1d028711aee6c5d9514cd57ccbb7a210cbcf78ee49a85c7755f84baa884"
    assert seed(KEY).hex() == "cbda434ca0bc273a3760bac0ac102bb3161fe117a098d2a2bfdb346e88375379"
    derived = [one for key in (KEY, OTHER) for one in (password(key), seed(key).hex())]
    derived += [login_password(KEY), host_seed(KEY).hex()]
    assert len(set(derived)) == len(derived)


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"CONNECT 3000",
        question(3000, OTHER)[:-1],
        question(3000, KEY)[:-2],
        question(3000, KEY)[:-1] + b" x",
        question(3000, KEY)[:-1].replace(b"CONNECT", b"GET"),
        f"CONNECT 3000 {password(KEY)[:-1]}ä".encode(),
    ],
)
def test_what_proves_nothing_asks_for_nothing(line: bytes) -> None:
    assert asked(line, KEY) is None


def test_without_a_key_nobody_is_anybody() -> None:
    assert asked(b"CONNECT 3000 ", "") is None
    assert asked(question(3000, KEY)[:-1], "") is None


@pytest.mark.parametrize("port", ["0", "65536", "-1", "x", "", "٣", "000001", "1" * 90])
def test_what_is_no_port_is_none(port: str) -> None:
    assert asked(f"CONNECT {port} {password(KEY)}".encode(), KEY) == 0
