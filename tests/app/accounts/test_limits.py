from app.accounts.limits import CLIENTS, TRIES, WINDOW, Tries


def test_so_many_tries_in_a_window_and_then_none_until_it_has_passed() -> None:
    tries = Tries()
    assert all(tries.allow("a", now) for now in range(TRIES))
    assert not tries.allow("a", TRIES)
    assert not tries.allow("a", WINDOW - 1)
    assert tries.allow("a", WINDOW + 1)


def test_one_client_does_not_lock_out_another() -> None:
    tries = Tries()
    while tries.allow("a", 0):
        pass
    assert tries.allow("b", 0)


def test_refused_tries_do_not_prolong_the_wait() -> None:
    tries = Tries()
    for _ in range(TRIES * 3):
        tries.allow("a", 0)
    assert tries.allow("a", WINDOW + 1)


def test_memory_is_bounded() -> None:
    tries = Tries()
    for number in range(CLIENTS * 2):
        tries.allow(str(number), 0)
    assert len(tries.recent) == CLIENTS
