"""What settings that are more than a word may say."""

import pytest

from app.settings import from_environ
from kit.env import SettingError

CERTS = {"PODIUM_LINK_CERTS": "/etc/podium/link"}


def test_listeners_on_a_network() -> None:
    settings = from_environ({**CERTS, "PODIUM_LISTEN_AGENT": "0.0.0.0:8002"})
    assert settings.listen_agent == ("0.0.0.0", 8002)
    assert settings.listen_public is settings.listen_internal is None
    assert str(settings.link_certs) == "/etc/podium/link"
    assert from_environ({}).link_certs is None


@pytest.mark.parametrize("name", ["PUBLIC", "INTERNAL", "AGENT"])
def test_no_listener_on_a_network_without_certificates(name: str) -> None:
    with pytest.raises(SettingError, match=f"PODIUM_LISTEN_{name}: set PODIUM_LINK_CERTS"):
        from_environ({f"PODIUM_LISTEN_{name}": "0.0.0.0:8000"})
    with pytest.raises(SettingError, match=f"PODIUM_LISTEN_{name}"):
        from_environ({**CERTS, f"PODIUM_LISTEN_{name}": "localhost"})


def test_a_redis_is_told_by_its_url_and_never_repeated() -> None:
    settings = from_environ({"PODIUM_REDIS": "rediss://podium:secret@redis"})
    assert settings.redis == "rediss://podium:secret@redis"
    assert "secret" not in repr(settings)
    with pytest.raises(SettingError, match="PODIUM_REDIS") as refused:
        from_environ({"PODIUM_REDIS": "http://podium:secret@redis"})
    assert "secret" not in str(refused.value)
