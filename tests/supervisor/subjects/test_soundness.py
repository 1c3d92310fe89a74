"""Image and disks."""

from supervisor.subjects.soundness import SoundnessSubject
from wire.phases import Condition


async def test_what_is_wrong_is_told(context):
    one = SoundnessSubject(context)
    one.state.conditions = {Condition.DISK_FULL: "No space."}
    assert one.observed() == {"conditions": {Condition.DISK_FULL: "No space."}}
    work = one.work()
    assert list(work) == ["soundness"]
    work["soundness"].close()
