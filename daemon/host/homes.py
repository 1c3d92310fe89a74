"""Homes of workspaces as their images have them."""

import os
import shutil
import stat
from pathlib import Path

from daemon.host.git import USER
from daemon.host.removal import remove


def is_filled(skeleton: Path) -> bool:
    """Tell whether there is a home, reached through no link, with something in it."""
    if not all(is_folder(one) for one in (skeleton.parent, skeleton)):
        return False
    return next(skeleton.iterdir(), None) is not None


def is_folder(path: Path) -> bool:
    """Tell whether there is a folder, and no link to one."""
    return path.is_dir() and not path.is_symlink()


def make_folder(path: Path, mode: int) -> None:
    """Make a folder that belongs to the workspace's user."""
    path.mkdir()
    path.chmod(mode)
    os.chown(path, USER, USER)


def copy_home(skeleton: Path, home: Path) -> None:
    """Copy the image's home with owners, modes, xattrs and links as they are, following none."""
    remove(home)
    if any(one.is_symlink() for one in (skeleton, skeleton.parent)) or not skeleton.is_dir():
        make_folder(home, 0o750)
        return
    shutil.copytree(skeleton, home, symlinks=True, ignore=_only_plain, copy_function=_copy_file)
    for folder, folders, names in os.walk(home):
        source = skeleton / Path(folder).relative_to(home)
        _own_like(source, Path(folder))
        for name in names:
            _own_like(source / name, Path(folder, name))
        for name in folders:
            if Path(folder, name).is_symlink():
                _own_like(source / name, Path(folder, name))


def _only_plain(folder: str, names: list[str]) -> set[str]:
    """Leave out what is no file, folder or link: devices and sockets are no home's business."""
    found = {name: Path(folder, name).lstat().st_mode for name in names}
    return {
        name
        for name, mode in found.items()
        if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode) or stat.S_ISLNK(mode))
    }


def _copy_file(source: str, target: str) -> None:
    shutil.copy2(source, target, follow_symlinks=False)


def _own_like(source: Path, target: Path) -> None:
    found = source.lstat()
    os.lchown(target, found.st_uid, found.st_gid)
    if not stat.S_ISLNK(found.st_mode):
        target.chmod(stat.S_IMODE(found.st_mode))
