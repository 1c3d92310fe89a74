import subprocess
from pathlib import Path

import pytest
from msgspec import structs

from supervisor.imagebuild.features import dockerfile, files_of, layer_of, script
from wire.imagebuild import FeaturePart

PART = FeaturePart(
    reference="ghcr.io/x/node:1",
    source="ghcr.io/x/node",
    layer="sha256:1",
    size=1,
    variables={"VERSION": "it's $(touch /tmp/x); \n`x`", "_REMOTE_USER": "gitpod"},
    environment={"PATH": "/opt/bin:${PATH}", "SAID": 'a "b" \\ c'},
)


def test_a_feature_is_unpacked_installed_and_taken_away():
    lines = dockerfile("alpine", [PART, structs.replace(PART, environment={})]).splitlines()
    assert lines == [
        "FROM alpine",
        "USER 0",
        "COPY scripts /tmp/.podium-features",
        'RUN ["/bin/sh", "/tmp/.podium-features/user.sh"]',
        "ADD 0.tar /tmp/.podium-features/0/",
        'ENV PATH="/opt/bin:${PATH}"',
        'ENV SAID="a \\"b\\" \\\\ c"',
        'RUN ["/bin/sh", "/tmp/.podium-features/0.sh", "ghcr.io/x/node:1"]',
        "ADD 1.tar /tmp/.podium-features/1/",
        'RUN ["/bin/sh", "/tmp/.podium-features/1.sh", "ghcr.io/x/node:1"]',
        'RUN ["/bin/sh", "-c", "rm -rf /tmp/.podium-features"]',
    ]
    assert layer_of(1) == "1.tar"
    assert set(files_of("alpine", [PART])) == {"Dockerfile", "scripts/user.sh", "scripts/0.sh"}


def test_no_option_is_obeyed_by_the_shell(tmp_path: Path):
    (tmp_path / "install.sh").write_text('#!/bin/sh\nprintf %s "$VERSION"\n')
    text = script(0, PART).replace("cd /tmp/.podium-features/0", f"cd {tmp_path}")
    ran = subprocess.run(["/bin/sh", "-c", text], check=True, capture_output=True, text=True)
    assert ran.stdout == PART.variables["VERSION"]


def test_a_script_that_fails_fails(tmp_path: Path):
    (tmp_path / "install.sh").write_text("#!/bin/sh\nexit 7\n")
    text = script(0, PART).replace("cd /tmp/.podium-features/0", f"cd {tmp_path}")
    with pytest.raises(subprocess.CalledProcessError) as failed:
        subprocess.run(["/bin/sh", "-c", text], check=True)
    assert failed.value.returncode == 7
