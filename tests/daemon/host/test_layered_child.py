"""The trial of layers on this machine."""

import json

import pytest

from daemon.host.helper import run_helper

pytestmark = pytest.mark.root


async def test_this_machine_has_layers_that_workspaces_can_use(tmp_path):
    tmp_path.chmod(0o700)  # as the folders above content are
    found = json.loads(await run_helper("layered_child", {"folder": str(tmp_path)}))
    assert found["overlay"], found["why"]


async def test_a_file_system_without_them_is_told(tmp_path):
    (tmp_path / "lower").write_text("in the way")
    found = json.loads(await run_helper("layered_child", {"folder": str(tmp_path)}))
    assert not found["overlay"]
    assert found["why"]
