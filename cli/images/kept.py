"""Results of parts on disk: a folder for each key, with what came out of it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from cli.images.graph import Part, key
from cli.setup.stage import build_once

_OUTPUT = "output"
_ROOT_ONLY = 0o700


@dataclass(slots=True)
class Kept:
    """What was built below one folder, and what came out of the parts so far."""

    folder: Path
    outputs: dict[str, str] = field(default_factory=dict)
    fresh: list[str] = field(default_factory=list)
    """Names of parts that this run has built."""

    def place(self, part: Part) -> Path:
        """Return the folder of a part whose needs are there."""
        return self.folder / part.name / key(part, self.outputs)

    def have(self, part: Part, build: Callable[[Path], str]) -> Path:
        """Build a part unless it is there; `build` fills a folder and returns what came out.

        Set-user-id programs of roots are in these folders, so only root looks in.
        """
        place = self.place(part)

        def whole(fresh: Path) -> None:
            came = build(fresh)
            (fresh / _OUTPUT).write_text(came)

        if build_once(place, whole, mode=_ROOT_ONLY):
            self.fresh.append(part.name)
        self.outputs[part.name] = (place / _OUTPUT).read_text()
        return place
