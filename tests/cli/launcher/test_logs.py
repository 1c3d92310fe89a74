from pathlib import Path

from cli.launcher.logs import trim


def test_a_long_log_is_set_aside_under_a_writer_that_goes_on(tmp_path: Path) -> None:
    log = tmp_path / "server.log"
    with log.open("ab", buffering=0) as writer:
        writer.write(b"x" * 11)
        assert trim(log, limit=10)
        writer.write(b"after")
    assert log.read_bytes() == b"after"
    assert (tmp_path / "server.log.1").read_bytes() == b"x" * 11


def test_a_short_one_is_left_alone(tmp_path: Path) -> None:
    log = tmp_path / "server.log"
    log.write_bytes(b"x" * 10)
    assert not trim(log, limit=10)
    assert not trim(tmp_path / "none", limit=10)
    assert [one.name for one in tmp_path.iterdir()] == ["server.log"]
