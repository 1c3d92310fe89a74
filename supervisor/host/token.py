"""The instance token, which is read once."""

import errno
import os


def read_once(path: str) -> str:
    """Return the token and remove its file, where whoever reads it can: a pod's secret stays."""
    with open(path) as file:  # noqa: PTH123 - lean start, no pathlib
        token = file.read().strip()
    try:
        os.unlink(path)  # noqa: PTH108 - lean start, no pathlib
    except OSError as error:
        if error.errno != errno.EROFS:
            raise
    return token
