"""What a tree is, bit for bit, so that two moments can be compared."""

import hashlib
import os
import stat
from pathlib import Path


def fingerprint(root: Path) -> dict[str, tuple]:
    """Everything that must survive, by path: type, mode, owners, times, links, content, xattrs."""
    found: dict[str, tuple] = {}
    for folder, folders, files in os.walk(root):
        for name in [*folders, *files]:
            path = Path(folder, name)
            info = path.lstat()
            kind = stat.S_IFMT(info.st_mode)
            body = ""
            if stat.S_ISLNK(info.st_mode):
                body = str(path.readlink())
            elif stat.S_ISREG(info.st_mode):
                body = hashlib.sha256(path.read_bytes()).hexdigest()
            attributes = tuple(
                (key, os.getxattr(path, key, follow_symlinks=False))
                for key in os.listxattr(path, follow_symlinks=False)
            )
            found[str(path.relative_to(root))] = (
                kind,
                stat.S_IMODE(info.st_mode),
                info.st_uid,
                info.st_gid,
                info.st_mtime_ns,
                info.st_nlink,
                body,
                attributes,
            )
    return found
