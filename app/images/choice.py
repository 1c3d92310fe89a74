"""Which image a start gets, and what its people are told when it is not the one asked for. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from app.images.aliases import DEFAULT, alias_of
from app.images.devcontainer import ABOVE
from app.images.wish import Wish
from kit.oci.core.references import parse
from kit.oci.core.refusals import Refused
from wire.phases import Condition


@dataclass(frozen=True, slots=True)
class Choice:
    """An image by its name, and what is to be told: a condition and its text, or neither."""

    image: str
    condition: Condition | None = None
    told: str = ""
    awaited: bool = False
    """It is none of this installation's, and is to be fetched first."""


def choose(wish: Wish, built: Mapping[str, str]) -> Choice:
    """Return the image for a wish; `built` are those of this installation, name → digest."""
    if "file" in wish:
        return Choice(wish["file"] or f"{wish.get(ABOVE) or DEFAULT} with features", awaited=True)
    name = wish.get("name", "")
    if not name:
        return Choice(DEFAULT)
    alias = alias_of(name)
    if alias is None:
        return _foreign(name)
    if alias.image not in built:
        told = (
            f"{name} is the image `{alias.image}` here, which is still being built: the default "
            "image is used. It is used at the next start once `podium status` shows it."
        )
        return Choice(DEFAULT, Condition.IMAGE_PENDING, told)
    if alias.lacks:
        told = f"{name} is the image `{alias.image}` here, which does not have {alias.lacks}."
        return Choice(alias.image, Condition.IMAGE_PARTIAL, told)
    return Choice(alias.image)


def _foreign(name: str) -> Choice:
    try:
        reference = parse(name)
    except Refused as error:
        told = f"{name} of .gitpod.yml cannot be an image: {error}. The default image is used."
        return Choice(DEFAULT, Condition.IMAGE_UNKNOWN, told)
    return Choice(str(reference), awaited=True)
