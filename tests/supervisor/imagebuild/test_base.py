import asyncio
import io
import os
import tarfile
from hashlib import sha256
from pathlib import Path

import pytest

from supervisor.imagebuild.base import measure, pack


async def packed(folder: Path) -> bytes:
    return b"".join([piece async for piece in pack(str(folder))])


def test_the_same_files_are_the_same_layer_whatever_their_order(tmp_path: Path):
    for name, order in (("one", "ab"), ("two", "ba")):
        for file in order:
            (tmp_path / name / file).parent.mkdir(exist_ok=True)
            (tmp_path / name / file).write_text(file)
            os.utime(tmp_path / name / file, (1, 1))
        (tmp_path / name / "proc").mkdir()
        (tmp_path / name / "proc" / "1").write_text("left out")
        for folder in (tmp_path / name / "proc", tmp_path / name):
            os.utime(folder, (1, 1))
    one, two = (asyncio.run(packed(tmp_path / name)) for name in ("one", "two"))
    assert one == two
    with tarfile.open(fileobj=io.BytesIO(one)) as tar:
        names = tar.getnames()
    assert names == [".", "./a", "./b", "./proc"]
    digest, size = asyncio.run(measure(str(tmp_path / "one")))
    assert (digest, size) == (f"sha256:{sha256(one).hexdigest()}", len(one))


def test_what_cannot_be_read_is_no_layer(tmp_path: Path):
    with pytest.raises(OSError, match="cannot all be read"):
        asyncio.run(measure(str(tmp_path / "missing")))
