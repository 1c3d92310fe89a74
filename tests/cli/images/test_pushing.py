from pathlib import Path

import pytest

from cli.images.pushing import push, words


class Told:
    """Stands for a step: keeps what it would run."""

    def __init__(self) -> None:
        self.commands: list[list[str]] = []

    def run(self, command: list[str]) -> None:
        self.commands.append(command)


def test_digests_stay_what_they_are():
    command = words(Path("/x/oci"), "registry.example.org/p/podium-proxy:1", plain=False)
    assert "--preserve-digests" in command
    assert command[-2:] == ["oci:/x/oci:latest", "docker://registry.example.org/p/podium-proxy:1"]


@pytest.mark.parametrize(
    ("to", "plain"),
    [
        ("localhost:5000/podium-proxy:1", True),
        ("127.0.0.1:5000/a/podium-proxy:1", True),
        ("registry.example.org:5000/podium-proxy:1", False),
        ("localhost.example.org/podium-proxy:1", False),
    ],
)
def test_only_a_registry_of_this_machine_is_asked_without_tls(to: str, *, plain: bool):
    step = Told()
    push(step, Path("/x/oci"), to)
    assert ("--dest-tls-verify=false" in step.commands[0]) == plain
