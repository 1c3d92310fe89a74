"""S: variables of a workspace, passwords for registries, and what it takes."""

from pathlib import Path

from kit.oci.core.secrets import Credentials, read_image_auth
from supervisor.core.environment import person_environment
from supervisor.host.processes import Account
from supervisor.host.reaper import Reaper
from supervisor.host.terminals import Terminals
from supervisor.host.vitals import Vitals
from tests.supervisor.samples import wish

ROWS = {"S1", "S3", "S9", "S11", "S13"}
HOME = {"HOME": "/home/gitpod", "USER": "gitpod"}


def variables(image: dict[str, str]) -> dict[str, str]:
    return person_environment(wish(), image, "/home/gitpod", "gitpod", "/bin/bash")


def test_s1_s3_home_and_user_are_ours() -> None:
    for image in ({}, dict.fromkeys(("SUPERVISOR_ADDR", "HOME", "USER"), "foobar")):
        made = variables(image)
        assert {name: made[name] for name in HOME} == HOME
        assert "SUPERVISOR_ADDR" not in made


def test_s9_s11_a_registrys_name_may_have_a_port() -> None:
    assert list(read_image_auth("myregistry.com:secrettoken")) == ["myregistry.com"]
    found = read_image_auth("myregistry.com:5000:supersecret")
    assert found == {"myregistry.com:5000": Credentials(raw="supersecret")}


async def test_s13_what_cannot_be_read_is_as_it_was(tmp_path: Path) -> None:
    account = Account(1, 1, "me", str(tmp_path), "/bin/sh")
    reaper = Reaper()
    terminals = Terminals(reaper, account, lambda: None)
    (tmp_path / "memory.current").write_text("1")
    (tmp_path / "memory.max").write_text("10")
    (tmp_path / "cpu.max").write_text("500000 100000")
    root = str(tmp_path)
    seen = Vitals(reaper, account, terminals, lambda: None, log=f"{root}/log", root=root)
    seen.look({})
    first = seen.usage
    assert first is not None
    assert (first.memory, first.memory_limit, first.cores) == (1, 10, 5.0)
    for name in ("memory.current", "memory.max", "cpu.max"):
        (tmp_path / name).unlink()
    seen.look({})
    assert seen.usage == first
