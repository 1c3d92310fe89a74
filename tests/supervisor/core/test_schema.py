"""The schema of .gitpod.yml is one, and knows what Gitpod's files have."""

from jsonschema import Draft202012Validator

from supervisor.core.schema import SCHEMA

WHOLE = {
    "image": {"file": ".gitpod.Dockerfile", "context": "."},
    "tasks": [
        {
            "name": "API",
            "before": "a",
            "init": "b",
            "prebuild": "c",
            "command": "d",
            "env": {"A": 1},
            "openIn": "bottom",
            "openMode": "tab-after",
        }
    ],
    "ports": [
        {"port": 3000, "onOpen": "ignore", "visibility": "public", "protocol": "https"},
        {"port": "3000-3010", "name": "API", "description": "The API"},
    ],
    "checkoutLocation": "a",
    "workspaceLocation": "a/b",
    "additionalRepositories": [{"url": "https://example.org/a/b", "checkoutLocation": "b"}],
    "mainConfiguration": "https://example.org/a/b",
    "gitConfig": {"core.autocrlf": "input"},
    "env": {"A": "1"},
    "vscode": {"extensions": ["a.b", "c.d@1.2.3"]},
    "jetbrains": {"plugins": ["a"], "intellij": {"vmoptions": "-Xmx4g"}},
    "coreDump": {"enabled": True},
    "github": {"prebuilds": {"master": True}},
    "experimentalNetwork": True,
}


def test_it_is_a_schema():
    Draft202012Validator.check_schema(dict(SCHEMA))


def test_every_field_of_a_gitpod_file_is_known():
    assert list(Draft202012Validator(dict(SCHEMA)).iter_errors(WHOLE)) == []
    assert set(WHOLE) == set(SCHEMA["properties"])
