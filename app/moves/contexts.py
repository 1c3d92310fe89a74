"""What the page of a start elsewhere is drawn from."""

from dataclasses import dataclass
from typing import ClassVar

from app.moves.structs import Elsewhere
from app.web.render import Context


@dataclass(frozen=True, slots=True)
class ElsewhereContext(Context):
    """Whether a workspace may start without its node, and as what."""

    template: ClassVar[str] = "moves/elsewhere.html"

    workspace: str
    name: str
    offer: Elsewhere
