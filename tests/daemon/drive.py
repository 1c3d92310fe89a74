"""A disk whose power can be lost at any moment, as often as one likes.

    with Drive(folder) as drive:              # drive.data: an ext4, to be written to
        drive.lose(Loss.ORDER)                # at any moment, while it is written to
        with drive.left(Loss.ORDER, place):   # what that has left is mounted at `place`

Three file systems in files, one in another: what is written to `data` is in a file of the second,
and that one's file in the first. To freeze a file system lets no write into it pass, and so a
copy of a file there is what had reached that disk at one moment. What the kernel still holds back
of `data` is not in it. A tmpfs is below all of them: nobody's disk wears out.
"""

import fcntl
import itertools
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Final, Self

from tests.nodehost import NodeHost, sweep_host
from tests.waiting import until

_FREEZE: Final = 0xC004_5877
_THAW: Final = 0xC004_5878
_SIZES: Final = {"outer": 6 << 30, "middle": 5 << 30, "data": 4 << 30}
"""Bytes; the files have holes, and take what is written."""
_ABOVE: Final = {"outer": "", "middle": "outer", "data": "middle"}
_CHUNK: Final = 1 << 20
_TRIES: Final = 300
"""So often it is tried to unmount what may soon be let go of."""


class Loss(StrEnum):
    """What a disk without power keeps."""

    ORDER = "order"
    """All that it was given, up to one moment."""
    CACHE = "cache"
    """What it was told to flush, and of the rest whatever it has come to."""


class Drive:
    """The file systems; below `folder`, in memory."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.data = folder / "data"
        self._left = folder / "left.image"

    def __enter__(self) -> Self:
        self._folder.mkdir()
        _run("mount", "-t", "tmpfs", "-o", "size=4g,mode=700", "tmpfs", self._folder)
        for name, size in _SIZES.items():
            image, place = self._image(name), self._folder / name
            image.touch()
            os.truncate(image, size)
            _format(image)
            _mount(image, place)
        return self

    def __exit__(self, *_reason: object) -> None:
        for name in reversed(_SIZES):
            _unmount(self._folder / name)
        _unmount(self._folder)
        self._folder.rmdir()

    def _image(self, name: str) -> Path:
        return self._folder / _ABOVE[name] / f"{name}.image"

    def lose(self, loss: Loss) -> None:
        """Keep what a disk has when its power is lost now, in place of what was kept before."""
        copied, frozen = {Loss.ORDER: ("data", "middle"), Loss.CACHE: ("middle", "outer")}[loss]
        with _frozen(self._folder / frozen):
            _copy(self._image(copied), self._left)

    @contextmanager
    def left(self, loss: Loss, place: Path) -> Iterator[None]:
        """Mount what was kept: its journal is replayed. All that is done to it is thrown away."""
        between, data = self._folder / "left", self._left
        try:
            if loss is Loss.CACHE:
                _mount(data, between)
                data = between / "data.image"
            _mount(data, place)
            try:
                yield
            finally:
                _unmount(place)
        finally:
            if between.is_mount():
                _unmount(between)
            self._left.unlink()


@contextmanager
def on_drive(host: NodeHost, drive: Drive) -> Iterator[NodeHost]:
    """Put a host's data folder on the drive, before it starts; it is stopped at the end."""
    home = Path(host.layout.home)
    _run("cp", "-a", f"{home}/.", drive.data)
    _run("mount", "--bind", drive.data, home)
    try:
        yield host
    finally:
        power_off(host)
        _unmount(home)
        host.stop()


def power_off(host: NodeHost) -> None:
    """End what the end of a machine ends: processes, mounts, networks, the run folder."""
    host.kill()
    sweep_host(host)
    layout = host.layout
    shutil.rmtree(layout.run)
    Path(layout.agent_run).mkdir(parents=True)
    for folder in (layout.instances_run, layout.daemon_run):
        Path(folder).mkdir(mode=0o700)


@contextmanager
def _frozen(place: Path) -> Iterator[None]:
    folder = os.open(place, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.ioctl(folder, _FREEZE, 0)
        try:
            yield
        finally:
            fcntl.ioctl(folder, _THAW, 0)
    finally:
        os.close(folder)


def _copy(image: Path, to: Path) -> None:
    """Copy what is not a hole."""
    size, place = image.stat().st_size, 0
    with image.open("rb") as source, to.open("wb") as target:
        target.truncate(size)
        while place < size:
            try:
                begin = os.lseek(source.fileno(), place, os.SEEK_DATA)
            except OSError:  # nothing but a hole
                break
            place = os.lseek(source.fileno(), begin, os.SEEK_HOLE)
            os.lseek(target.fileno(), begin, os.SEEK_SET)
            while begin < place:
                begin += os.sendfile(
                    target.fileno(), source.fileno(), begin, min(_CHUNK, place - begin)
                )


def _format(image: Path) -> None:
    # no tables are made in the background, and what is removed is given back at once
    extra = "lazy_itable_init=1,lazy_journal_init=1,nodiscard"
    _run("mkfs.ext4", "-q", "-F", "-m", "0", "-J", "size=16", "-E", extra, image)


def _mount(image: Path, place: Path) -> None:
    place.mkdir(exist_ok=True)
    _run("mount", "-o", "loop,noinit_itable,discard,errors=remount-ro", image, place)


def _unmount(place: Path) -> None:
    """Unmount, as soon as devices of files on it have let go of them.

    Another run's container that began meanwhile has a copy of every mount, which ends with it:
    then nobody here sees it any more.
    """
    tries = itertools.count()

    def gone() -> bool:
        how = ["--lazy"] if next(tries) >= _TRIES else []
        command = ["umount", *how, str(place)]
        return subprocess.run(command, check=False, capture_output=True).returncode == 0

    until(gone)


def _run(*command: object) -> None:
    done = subprocess.run([str(one) for one in command], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
