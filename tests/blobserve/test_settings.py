from pathlib import PurePosixPath

import pytest

from blobserve.settings import Settings
from kit.env import SettingError


def test_the_defaults_are_an_installations() -> None:
    settings = Settings.from_environ({})
    assert settings.layout.assets == PurePosixPath("/var/cache/podium/assets")
    assert settings.quiet == 600


def test_what_cannot_be_understood_is_named() -> None:
    with pytest.raises(SettingError, match="PODIUM_ASSETS_QUIET"):
        Settings.from_environ({"PODIUM_ASSETS_QUIET": "soon"})
