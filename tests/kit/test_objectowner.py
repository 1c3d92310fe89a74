"""Whose a place in an object store is: the first one's, until a later copy of it goes on."""

from pathlib import Path

import pytest

from kit.objectowner import (
    OBJECT,
    OwnedByOther,
    Owner,
    claim,
    kept,
    owner_of,
    parse,
    renew,
    take_over,
)
from tests import objectstore

ME, OTHER = Owner("0" * 32, 5), Owner("1" * 32, 9)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory):
    with objectstore.running(tmp_path_factory.mktemp("store")) as started:
        yield started


def test_a_file_says_who_it_is_and_stays_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "installation"
    made = kept(path, 7.5)
    assert (kept(path, 99.0), made.since, path.stat().st_mode & 0o777) == (made, 7, 0o600)
    assert renew(path, 3.0) == Owner(made.installation, 8)
    assert kept(path, 99.0) == Owner(made.installation, 8)


@pytest.mark.parametrize(
    "text",
    [
        *(b"", b"[]", b"{}", b'{"installation": "../x", "since": 1}'),
        b'{"installation": 1, "since": 1}',
        b'{"installation": "' + b"0" * 32 + b'", "since": "soon"}',
        b'{"installation": "' + b"0" * 32 + b'", "since": 1, "more": 1}',
    ],
)
def test_what_says_nothing(text: bytes) -> None:
    with pytest.raises(ValueError, match=r"JSON|Expecting|installation|literal"):
        parse(text)


def test_the_first_one_has_it_and_another_one_is_refused(store: objectstore.ObjectStore) -> None:
    place = store.below("first")
    assert owner_of(place) is None
    for _again in range(2):
        claim(place, ME)
    with pytest.raises(OwnedByOther, match="installation 00"):
        claim(place, OTHER)
    assert owner_of(place) == ME
    take_over(place, OTHER)
    with pytest.raises(OwnedByOther, match="installation 11"):
        claim(place, ME)


def test_a_copy_that_goes_on_elsewhere_takes_it_and_who_stayed_is_refused(
    store: objectstore.ObjectStore,
) -> None:
    place, restored = store.below("copied"), Owner(ME.installation, 6)
    claim(place, ME)
    claim(place, restored)
    assert owner_of(place) == restored
    with pytest.raises(OwnedByOther, match="goes on elsewhere"):
        claim(place, ME)


def test_an_object_that_says_nothing_is_nobodys_to_write_over(
    store: objectstore.ObjectStore,
) -> None:
    import obstore  # noqa: PLC0415 -- as tests of the store do

    place = store.below("odd")
    obstore.put(place, OBJECT, b"?")
    with pytest.raises(OwnedByOther, match="cannot be read"):
        claim(place, ME)
