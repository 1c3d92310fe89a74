"""What the installation says of restore points."""

from dataclasses import dataclass, field

from app.content.retention import Keep
from app.settings import Settings
from kit.durations import seconds_of
from wire.agent import NO_TIMEOUT

EVERY = 300.0


@dataclass(frozen=True, slots=True)
class Policy:
    """How often, how many, how long."""

    every: float = EVERY
    """Seconds between points of a workspace that runs, when something has changed."""
    keep: Keep = field(default_factory=Keep)
    keep_deleted: float = 7 * 24 * 3600.0
    """Seconds for which a deleted workspace can be restored."""
    check: float = 7 * 24 * 3600.0
    """Seconds after which what is stored of a stopped workspace is looked at again; 0 is never."""
    together: int = 6
    """Points of a workspace at work that are taken out at once: each time all of its repository
    is gone through."""

    def deleted_after(self, now: float) -> float:
        """Return the moment after which what was deleted can be brought back.

        Where no points are made that is only what waits for its last one, however long.
        """
        return now - self.keep_deleted if self.keep_deleted else float("-inf")


def backs_up(settings: Settings) -> bool:
    """Tell whether restore points are made at all."""
    return settings.backup_every != NO_TIMEOUT


def policy_of(settings: Settings) -> Policy:
    """Return what the settings say."""
    return Policy(
        every=seconds_of(settings.backup_every) if backs_up(settings) else EVERY,
        keep=Keep(**settings.keep_points),
        keep_deleted=seconds_of(settings.keep_deleted) if backs_up(settings) else 0.0,
        check=seconds_of(settings.backup_check) if settings.backup_check != NO_TIMEOUT else 0.0,
    )
