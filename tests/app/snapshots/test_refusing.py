from app.snapshots import refusing


def test_each_has_words_of_its_own_and_says_what_helps() -> None:
    told = [
        refusing.too_many("A workspace may have 20."),
        refusing.invalid_time(),
        refusing.unknown(),
        refusing.away("b", "is being emptied"),
    ]
    assert len({one.code for one in told}) == len(told)
    assert all(one.title and one.cure for one in told)
    assert "node b, which is being emptied" in told[-1].detail
