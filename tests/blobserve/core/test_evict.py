from blobserve.core.evict import Used, choose


def test_what_was_used_longest_ago_goes_until_the_rest_fits() -> None:
    files = {"new": Used(10, 3), "old": Used(10, 1), "middle": Used(10, 2)}
    assert choose(files, 30) == []
    assert choose(files, 29) == ["old"]
    assert choose(files, 10) == ["old", "middle"]
    assert choose(files, 0) == ["old", "middle", "new"]


def test_what_is_being_written_stays() -> None:
    files = {"new": Used(10, 3), "old": Used(10, 1)}
    assert choose(files, 10, {"old"}) == ["new"]
    assert choose(files, 0, {"old", "new"}) == []
