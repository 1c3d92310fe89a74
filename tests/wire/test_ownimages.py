"""Names of the installation's own images, and of what is laid above a base."""

import pytest

from wire.ownimages import above, is_own, own_name, read_above


def test_names() -> None:
    assert own_name("code", "1.139.1") == "podium/code:1.139.1"
    assert is_own("podium/default")
    for name in ("podium", "podium/", "podium/other", "docker.io/podium/code", "podium/code/x"):
        assert not is_own(name)


def test_what_is_laid_above_a_base_is_named_by_kind_and_folder() -> None:
    found = read_above(above("ide", "0123456789ab"))
    assert found is not None
    assert (found[0].image, found[0].inside, found[1]) == ("code", "ide", "0123456789ab")
    assert read_above("jupyterlab/0123456789ab") is not None


@pytest.mark.parametrize("name", ["ide/", "ide/../../x", "code/0123456789ab", "ide/0123456789ab\n"])
def test_what_is_none(name: str) -> None:
    assert read_above(name) is None
