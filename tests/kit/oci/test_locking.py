import os
import threading
from pathlib import Path

from kit.oci.locking import is_at, locked, try_lock
from tests.waiting import until


def test_one_thread_at_a_time(tmp_path: Path) -> None:
    inside, most, seen = 0, 0, threading.Lock()

    def work() -> None:
        nonlocal inside, most
        for _ in range(50):
            with locked(tmp_path / "lock"):
                with seen:
                    inside += 1
                    most = max(most, inside)
                with seen:
                    inside -= 1

    threads = [threading.Thread(target=work) for _ in range(4)]
    for one in threads:
        one.start()
    assert until(lambda: not any(one.is_alive() for one in threads))
    assert most == 1


def test_a_lock_that_somebody_has_is_not_taken(tmp_path: Path) -> None:
    first = os.open(tmp_path / "lock", os.O_CREAT | os.O_RDWR)
    second = os.open(tmp_path / "lock", os.O_RDWR)
    assert try_lock(first)
    assert not try_lock(second)
    os.close(first)
    assert try_lock(second)
    os.close(second)


def test_a_file_is_known_by_its_name_until_it_is_moved_or_replaced(tmp_path: Path) -> None:
    path = tmp_path / "part"
    first = os.open(path, os.O_CREAT | os.O_RDWR)
    assert is_at(first, path)
    path.rename(tmp_path / "blob")
    assert not is_at(first, path)
    path.touch()
    assert not is_at(first, path)
    os.close(first)
