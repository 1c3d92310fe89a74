"""Documents are read anew each time: one that is gone, or cannot be read, is none."""

from pathlib import Path

from app.images.tickets import Tickets
from blobserve.registry.documents import Documents
from wire.registry import InstanceImage, PushTicket, Token

KEY = "a" * 64
INSTANCE = "amber-otter-4k2hw9xz1q.3"


async def test_what_the_server_has_written(tmp_path: Path) -> None:
    tickets, documents = Tickets(tmp_path), Documents(tmp_path)
    assert documents.read("built", KEY) is None
    tickets.open_build(KEY, until=5)
    tickets.open_instance(INSTANCE, f"built/{KEY}", [])
    assert isinstance(documents.read("built", KEY), PushTicket)
    assert isinstance(await documents.of(Token("instance", INSTANCE)), InstanceImage)
    (tmp_path / f"built/{KEY}.json").write_text("{")
    assert documents.read("built", KEY) is None
    tickets.close_build(KEY)
    assert documents.passwords(INSTANCE) == documents.passwords("../x") == ""
    tickets.open_pull(INSTANCE, "h.org:eA==")
    assert documents.passwords(INSTANCE) == "h.org:eA=="
    assert await documents.of(Token("built", KEY)) is None
