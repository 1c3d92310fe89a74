import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.env import SettingError, flag, listener, number, parts, size, text


def test_text_is_stripped_and_an_empty_one_is_the_default() -> None:
    assert text({"A": "  x "}, "A") == "x"
    assert text({"A": "  "}, "A", "y") == text({}, "A", "y") == "y"
    assert text({}, "A", "") == ""


def test_what_must_be_set_is_named() -> None:
    with pytest.raises(SettingError, match="A is not set"):
        text({"A": " "}, "A")


def test_numbers_keep_their_limits() -> None:
    assert number({"A": "7"}, "A", 1, least=7, most=7) == 7
    assert number({}, "A", 1, least=7, most=7) == 1


@pytest.mark.parametrize("value", ["6", "8", "-7", "7.0", "0x7", "7 7", "seven"])
def test_other_numbers_are_refused(value: str) -> None:
    with pytest.raises(SettingError, match="A="):
        number({"A": value}, "A", 7, least=7, most=7)


@given(st.text())
def test_a_number_is_a_number_or_a_refusal(value: str) -> None:
    try:
        found = number({"A": value}, "A", 5, least=1, most=9)
    except SettingError:
        return
    assert 1 <= found <= 9


@pytest.mark.parametrize("value", ["1", "true", "YES", " on "])
def test_on(value: str) -> None:
    assert flag({"A": value}, "A") is True


@pytest.mark.parametrize("value", ["0", "False", "no", "off"])
def test_off(value: str) -> None:
    assert flag({"A": value}, "A", default=True) is False


def test_a_switch_has_a_default_and_nothing_between() -> None:
    assert flag({}, "A") is False
    assert flag({"A": " "}, "A", default=True) is True
    with pytest.raises(SettingError, match="A='maybe'"):
        flag({"A": "maybe"}, "A")


def test_parts_of_a_list_are_never_empty() -> None:
    assert parts({"A": "/a: :/b:"}, "A", ":") == ("/a", "/b")
    assert parts({}, "A", ":") == ()


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("0", 0),
        ("7", 7),
        ("20G", 20 << 30),
        ("20 gib", 20 << 30),
        ("5kb", 5 << 10),
        ("1T", 1 << 40),
    ],
)
def test_sizes_have_units(value: str, found: int) -> None:
    assert size({"A": value}, "A", 1) == found
    assert size({}, "A", 1) == 1


@pytest.mark.parametrize("value", ["-1", "G", "B", "1.5G", "5X", "5GG", "5 G B"])
def test_other_sizes_are_refused(value: str) -> None:
    with pytest.raises(SettingError, match="A="):
        size({"A": value}, "A", 1)


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("0.0.0.0:8000", ("0.0.0.0", 8000)),
        ("[::]:443", ("::", 443)),
        (" 127.0.0.1:9100 ", ("127.0.0.1", 9100)),
    ],
)
def test_a_listener_is_an_address_with_a_port(value: str, found: tuple[str, int]) -> None:
    assert listener({"A": value}, "A") == found
    assert listener({}, "A") is None


@pytest.mark.parametrize("value", ["8000", "localhost:8000", "0.0.0.0", "0.0.0.0:0", "[::]:65536"])
def test_other_listeners_are_refused(value: str) -> None:
    with pytest.raises(SettingError, match="A="):
        listener({"A": value}, "A")
