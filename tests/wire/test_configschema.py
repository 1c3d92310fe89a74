"""The schema of .gitpod.yml is one, knows what Gitpod's files have, and explains it."""

from jsonschema import Draft7Validator

from wire.configschema import SCHEMA

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
    "jetbrains": {
        "plugins": ["a"],
        "intellij": {"vmoptions": "-Xmx4g", "plugins": ["b"], "prebuilds": {"version": "both"}},
    },
    "coreDump": {"enabled": True, "softLimit": 1, "hardLimit": 2},
    "github": {"prebuilds": {"master": True, "addCheck": "prevent-merge-on-error"}},
    "experimentalNetwork": True,
    "podium": {"keepAwake": ["npm test*"]},
}


def test_it_is_a_schema():
    Draft7Validator.check_schema(dict(SCHEMA))


def test_every_field_of_a_gitpod_file_is_known():
    assert list(Draft7Validator(dict(SCHEMA)).iter_errors(WHOLE)) == []
    assert set(WHOLE) == set(SCHEMA["properties"])


def test_editors_can_explain_every_field():
    silent = [name for name, one in SCHEMA["properties"].items() if not one.get("description")]
    assert silent == []
    assert all(
        one["description"] for one in SCHEMA["properties"]["tasks"]["items"]["properties"].values()
    )
