"""What the dialog of share links is drawn from."""

from dataclasses import dataclass
from typing import ClassVar

from app.shares.policy import Links, Policy
from app.shares.structs import LEAST_PASSWORD, ShareView
from app.web.render import Context
from kit.durations import seconds_of, words_of

_OFFERED = {"1h": "1 hour", "24h": "1 day", "168h": "7 days", "720h": "30 days"}
_USUAL = "24h"


@dataclass(frozen=True, slots=True)
class Lasts:
    """A time that the dialog offers."""

    lasts: str
    title: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class SharesContext(Context):
    """The links of one port, and the form for another."""

    template: ClassVar[str] = "shares/dialog.html"

    workspace: str
    port: int
    shares: list[ShareView]
    """Without the one that was just made."""
    lasts: list[Lasts]
    """Empty where links are switched off."""
    needs_password: bool
    least_password: int
    made: ShareView | None = None


def shares_context(
    workspace: str,
    port: int,
    shares: list[ShareView],
    policy: Policy,
    made: ShareView | None = None,
) -> SharesContext:
    """Return what the dialog shows; `made` is the link that was just made."""
    return SharesContext(
        workspace=workspace,
        port=port,
        shares=[one for one in shares if made is None or one.id != made.id],
        lasts=offered(policy),
        needs_password=policy.links is Links.PASSWORD,
        least_password=LEAST_PASSWORD,
        made=made,
    )


def offered(policy: Policy) -> list[Lasts]:
    """Return the times that the policy allows; its longest when it allows none of the usual."""
    if policy.links is Links.OFF:
        return []
    allowed = {
        lasts: title for lasts, title in _OFFERED.items() if seconds_of(lasts) <= policy.longest
    } or {f"{int(policy.longest)}s": words_of(policy.longest)}
    chosen = _USUAL if _USUAL in allowed else list(allowed)[-1]
    return [Lasts(lasts, title, lasts == chosen) for lasts, title in allowed.items()]
