import os
import stat
import subprocess
from pathlib import Path

import pytest

from daemon.host import loops

pytestmark = pytest.mark.root


@pytest.fixture
def image(tmp_path: Path) -> Path:
    path = tmp_path / "image"
    path.touch()
    os.truncate(path, 1 << 20)
    return path


def size_of(device: str) -> int:
    said = subprocess.run(
        ["blockdev", "--getsize64", device], check=True, capture_output=True, text=True
    )
    return int(said.stdout)


def test_a_file_is_a_device_as_long_as_somebody_has_it(image: Path) -> None:
    with loops.device_of(image) as device:
        assert device.startswith("/dev/loop")
        assert size_of(device) == 1 << 20
        Path(device).write_bytes(b"through the device")
        assert loops.has(image)
    assert not loops.has(image)
    assert image.read_bytes().startswith(b"through the device")


def test_a_file_has_one_device_also_after_it_was_renamed(image: Path) -> None:
    with loops.device_of(image) as first, loops.device_of(image) as second:
        assert first == second
        image.rename(image.with_name("other"))
        with loops.device_of(image.with_name("other")) as third:
            assert third == first


def test_a_device_sees_that_its_file_has_grown(image: Path) -> None:
    with loops.device_of(image) as device:
        os.truncate(image, 3 << 20)
        loops.grown(image)
        assert size_of(device) == 3 << 20
    loops.grown(image)  # nobody has it: nothing to tell


def test_a_device_that_a_fixed_dev_does_not_show_is_made(
    image: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dev = tmp_path / "dev"
    dev.mkdir()
    control = Path("/dev/loop-control").stat()
    os.mknod(dev / "loop-control", stat.S_IFCHR | 0o600, control.st_rdev)
    monkeypatch.setattr(loops, "_DEVICES", str(dev))
    with loops.device_of(image) as device:
        assert device.startswith(f"{dev}/loop")
        assert size_of(device) == 1 << 20
        Path(device).unlink()  # as after another start of the container that the daemon is in
        with loops.device_of(image) as again:
            assert again == device, "it has that one still, and gets no other"
    assert not loops.has(image)


def test_a_file_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), loops.device_of(tmp_path / "missing"):
        pass


def test_a_file_by_another_name_has_the_same_device(image: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.hardlink_to(image)
    with loops.device_of(image) as one, loops.device_of(other) as two:
        assert one == two
        image.rename(tmp_path / "renamed")
        assert loops.has(other)
        with loops.device_of(tmp_path / "renamed") as three:
            assert three == one
