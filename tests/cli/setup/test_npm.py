from pathlib import Path

from cli.setup.npm import Npm, environment_of


def test_the_machines_own_node_and_python_are_never_used():
    environment = environment_of(Path("/n"), {"PATH": "/root/.pyenv/shims:/usr/bin", "HOME": "/h"})
    assert environment["PATH"].startswith("/n/bin:")
    assert "pyenv" not in environment["PATH"]
    assert environment["PYTHON"] == "/usr/bin/python3"
    assert environment["npm_config_nodedir"] == "/n"
    assert environment["HOME"] == "/h"


def test_node_tells_its_version_by_its_headers(tmp_path: Path):
    header = tmp_path / "include/node/node_version.h"
    header.parent.mkdir(parents=True)
    header.write_bytes(b"#define NODE_MAJOR_VERSION 24")
    npm = Npm(tmp_path)
    assert npm.version() == b"#define NODE_MAJOR_VERSION 24"
    assert npm.node == tmp_path / "bin/node"
