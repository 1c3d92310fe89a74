"""The time zone of everything that runs for the person."""

import os

from wire.timezones import is_time_zone

ZONES = "/usr/share/zoneinfo"


def zone_of(told: str, folder: str = ZONES) -> str:
    """Return the name that may be TZ: empty where the image does not know the zone.

    The C library would take an unknown name for UTC under a false name.
    """
    there = is_time_zone(told) and os.path.isfile(f"{folder}/{told}")  # noqa: PTH113 - lean start, no pathlib
    return told if there else ""
