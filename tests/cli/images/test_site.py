from pathlib import Path

from cli.images.site import without_building


def test_what_only_builds_or_tests_goes(tmp_path: Path):
    gone = ["bin/uvicorn", "grpc/_cython/x.pyx", "cffi/x.h", "numbers/tests/test_a.py"]
    gone += ["faker/providers/person/de_DE/__init__.py", "faker/providers/job/ar/x.py"]
    stays = ["grpc/x.so", "numbers/testing.py", "x.dist-info/METADATA", "x/deep/tests/data.py"]
    stays += ["faker/providers/person/en_US/__init__.py", "faker/providers/person/__init__.py"]
    for name in (*gone, *stays):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("")
    without_building(tmp_path)
    assert [name for name in gone if (tmp_path / name).exists()] == []
    assert all((tmp_path / name).exists() for name in stays)
