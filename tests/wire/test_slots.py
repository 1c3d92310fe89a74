import pytest

from wire.slots import FIRST_ID, RANGE, SLOTS, is_workspace_address, slot_of_uid


@pytest.mark.parametrize(
    ("uid", "slot"),
    [
        (0, None),
        (33333, None),
        (FIRST_ID - 1, None),
        (FIRST_ID, 0),
        (FIRST_ID + RANGE - 1, 0),
        (FIRST_ID + RANGE + 33333, 1),
        (FIRST_ID + SLOTS * RANGE, None),
    ],
)
def test_ids_tell_the_slot(uid, slot):
    assert slot_of_uid(uid) == slot


@pytest.mark.parametrize("text", ["198.18.0.2", "198.18.255.254"])
def test_addresses_of_workspaces(text):
    assert is_workspace_address(text)


@pytest.mark.parametrize("text", ["127.0.0.1", "198.19.0.2", "198.18.0", "198.18.0.2.1", "::1", ""])
def test_other_addresses(text):
    assert not is_workspace_address(text)
