from pathlib import Path

from app.imagebuilds.shelf import Shelf
from kit.oci.layout import Layout
from tests.kit.oci.images import add_image


async def test_what_was_pushed_under_a_key_is_found(tmp_path: Path):
    layout = Layout(tmp_path / "images")
    image = add_image(layout, {"file": b"x"})
    layout.tag(f"built/{'a' * 64}", image)
    shelf = Shelf(tmp_path / "images")
    assert await shelf.digest_of("a" * 64) == image.digest
    assert await shelf.digest_of("b" * 64) == ""
    assert await Shelf(tmp_path / "none").digest_of("a" * 64) == ""
