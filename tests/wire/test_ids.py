import pytest
from hypothesis import given
from hypothesis import strategies as st

from wire.ids import InstanceId, is_workspace_id, parse_instance_id, workspace_id_from

ID = "amber-otter-4k2hw9xz1q"


@pytest.mark.parametrize("text", [ID, "ab-cd-01234567", f"{'a' * 16}-{'9' * 16}-{'z' * 11}"])
def test_gitpods_shape_is_an_id(text: str) -> None:
    assert is_workspace_id(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "amber-otter",
        "a-otter-4k2hw9xz1q",
        "amber-otter-4k2hw9x",
        "amber-otter-4k2hw9xz1q2w",
        "Amber-otter-4k2hw9xz1q",
        f"{ID}\n",
        f"{ID}/..",
        "ämber-otter-4k2hw9xz1q",
        "amber-otter-٠١٢٣٤٥٦٧",
    ],
)
def test_anything_else_is_not(text: str) -> None:
    assert not is_workspace_id(text)


@given(st.binary(min_size=9, max_size=32))
def test_what_is_made_is_an_id(entropy: bytes) -> None:
    assert is_workspace_id(workspace_id_from(entropy))


def test_other_entropy_is_another_id() -> None:
    made = {workspace_id_from(bytes([0, 0, *number.to_bytes(7, "big")])) for number in range(999)}
    assert len(made) == 999


@given(st.integers(1, 999_999_999))
def test_an_instance_reads_as_it_is_spelled(n: int) -> None:
    instance = InstanceId(ID, n)
    assert str(instance) == f"{ID}.{n}"
    assert parse_instance_id(str(instance)) == instance


@pytest.mark.parametrize("tail", ["", ".", ".0", ".01", ".-1", ".1.2", ".1000000000", ".1\n", ".x"])
def test_other_numbers_are_no_instance(tail: str) -> None:
    assert parse_instance_id(ID + tail) is None


@given(st.text())
def test_any_text_parses_or_does_not(text: str) -> None:
    found = parse_instance_id(text)
    assert found is None or str(found) == text
