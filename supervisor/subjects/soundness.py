"""Whether image and disks are as a workspace needs them."""

from collections.abc import Coroutine, Mapping
from typing import Any

from supervisor.host.soundness import Soundness
from supervisor.subjects.context import Context
from supervisor.subjects.subject import Subject


class SoundnessSubject(Subject):
    """Says what is wrong; nothing of it keeps the workspace from running."""

    def __init__(self, context: Context) -> None:
        self.state = Soundness(context.account, context.changed)

    def observed(self) -> Mapping[str, Any]:
        """Tell what is wrong."""
        return {"conditions": self.state.conditions}

    def work(self) -> Mapping[str, Coroutine[Any, Any, None]]:
        """Look again and again."""
        return {"soundness": self.state.watch()}
