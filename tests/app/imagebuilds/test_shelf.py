from pathlib import Path

from app.imagebuilds.shelf import Shelf
from app.images.facade import FacadeClient
from kit.oci.layout import Layout
from tests.app.images.test_named import DIGEST, facade
from tests.kit.oci.images import add_image


async def test_what_was_pushed_under_a_key_is_found(tmp_path: Path):
    layout = Layout(tmp_path / "images")
    image = add_image(layout, {"file": b"x"})
    layout.tag(f"built/{'a' * 64}", image)
    shelf = Shelf(tmp_path / "images")
    assert await shelf.digest_of("a" * 64) == image.digest
    assert await shelf.digest_of("b" * 64) == ""
    assert await Shelf(tmp_path / "none").digest_of("a" * 64) == ""


async def test_what_is_not_on_this_machine_may_be_where_the_facade_keeps_it(tmp_path: Path):
    socket = tmp_path / "sock"
    shelf = Shelf(tmp_path / "images", FacadeClient(str(socket)))
    assert await shelf.digest_of("a" * 64) == "", "nobody answers"
    with facade(socket, 200) as asked:
        assert await shelf.digest_of("a" * 64) == DIGEST
    assert asked[0][0] == f"/v2/built/{'a' * 64}/manifests/latest"
    socket.unlink()
    with facade(socket, 404):
        assert await shelf.digest_of("a" * 64) == ""
