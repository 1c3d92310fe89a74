"""Pages are told when something has moved on, and only then."""

from app.content.progress import TOPIC, Progress, Progresses
from app.web.events import Hint
from tests.app.content.conftest import Safe

HALF = Progress(text="writing", done=1, total=2)


async def test_a_move_is_told_to_who_looks_at_it(safe: Safe) -> None:
    progresses = Progresses(safe.control.store)
    async with safe.control.store._hints.subscribe() as subscription:
        progresses.put("rp-1", HALF, "amber-otter-0", "u1")
        progresses.put("rp-1", HALF, "amber-otter-0", "u1")
        hints, _ = subscription.take()
    assert hints == [Hint(topic=TOPIC, id="amber-otter-0", version=0, owner="u1")]
    assert progresses.of("rp-1") == HALF
    progresses.drop("rp-1")
    assert progresses.of("rp-1") is None
