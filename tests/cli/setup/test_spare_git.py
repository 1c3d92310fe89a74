"""A git for images that have none, tried where there is nothing but busybox."""

import pytest

from tests.cli.setup.built import Built, BusyboxRoot


@pytest.mark.root
def test_git_runs_in_a_root_that_has_none(built: Built, busybox: BusyboxRoot):
    busybox.bind(built.folder("python"), ".supervisor")
    commands = (
        "export HOME=/tmp PATH=/bin:/.supervisor/bin; git init -q /tmp/a && cd /tmp/a && "
        "git -c user.name=A -c user.email=a@b commit -q --allow-empty -m one && "
        "git log --format=%s && git submodule status && "
        "git ls-remote https://127.0.0.1:9/x 2>&1"
    )
    done = busybox.run("/bin/sh", "-c", commands)
    assert done.stdout.splitlines()[0] == "one", done.stderr
    assert "Failed to connect to 127.0.0.1 port 9" in done.stdout
