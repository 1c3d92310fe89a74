"""Names of processes in certificates."""

import pytest

from wire import peers


@pytest.mark.parametrize(
    ("alternatives", "name"),
    [
        (["podium://server"], peers.SERVER),
        (["daemon.podium.internal"], peers.DAEMON),
        (["podium://proxy", "proxy.podium.internal", "release-proxy.default.svc"], peers.PROXY),
        (["podium://server", "proxy.podium.internal"], None),
        (["podium://", ".podium.internal", "server", "server.podium.internal.example.org"], None),
        (["http://podium://server"], None),
        ([], None),
    ],
)
def test_a_certificate_has_one_name(alternatives: list[str], name: str | None) -> None:
    assert peers.named(alternatives) == name


def test_the_dns_name_of_a_process_is_read_as_its_name() -> None:
    assert peers.named([peers.domain_of(peers.BLOBSERVE)]) == peers.BLOBSERVE
