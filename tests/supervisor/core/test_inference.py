"""What a repository seems to need."""

import json

import pytest

from supervisor.core.inference import Found, infer


def test_an_empty_repository_needs_nothing():
    assert infer([], "") == Found()


@pytest.mark.parametrize("manifest", ["", "[]", "{", '{"scripts": 3}'])
def test_a_manifest_that_tells_nothing_is_a_manifest(manifest):
    assert infer(["package.json"], manifest).init == ["npm install"]


def test_of_scripts_the_first_that_fits_counts():
    scripts = {"watch": "a", "dev": "b", "compile": "c"}
    found = infer(["package.json"], json.dumps({"scripts": scripts}))
    assert (found.init, found.command) == (["npm install", "npm run compile"], ["npm run dev"])


@pytest.mark.parametrize(
    ("names", "init", "command"),
    [
        (["pom.xml"], ["mvn install -DskipTests"], []),
        (["pom.xml", "mvnw"], ["./mvnw install -DskipTests"], []),
        (
            ["requirements.txt", "main.py", "app.py"],
            ["pip install -r requirements.txt"],
            ["python main.py"],
        ),
        (["pyproject.toml"], ["pip install ."], []),
        (["Cargo.toml"], ["cargo build"], ["cargo run"]),
        (["go.mod", "Makefile"], ["go get", "go build ./...", "go test ./..."], ["go run ."]),
    ],
)
def test_build_files_tell_the_commands(names, init, command):
    found = infer(names, "")
    assert (found.init, found.command) == (init, command)
    assert found.extensions
