"""The same path from the command line, and down and up again."""

from tests.e2e.installation import Installation


def test_create_list_stop_start_logs_delete(installation: Installation, repository: str) -> None:
    made = installation.podium_json("workspace", "create", repository, "--trust", "--wait")
    assert made["phase"] == "running"
    assert made["ide_url"].startswith(installation.ide(made["id"]))
    assert set(made["timings"]) >= {"content", "container", "supervisor", "ide"}

    listed = installation.podium_json("workspace", "list")["workspaces"]
    assert made["id"] in {one["id"] for one in listed}

    stopped = installation.podium_json("workspace", "stop", made["id"], "--wait")
    assert stopped["phase"] == "stopped"
    started = installation.podium_json("workspace", "start", made["id"], "--wait")
    assert started["phase"] == "running"

    logs = installation.podium("workspace", "logs", made["id"])
    assert logs.returncode == 0
    assert "running" in logs.stdout

    gone = installation.podium("workspace", "delete", made["id"], "--yes", "--wait")
    assert gone.returncode == 0, gone.stderr
    missing = installation.podium("workspace", "show", made["id"])
    assert missing.returncode == 1


def test_a_bad_url_is_refused_with_cause_and_cure(installation: Installation) -> None:
    for url in ("ext::sh -c id", "file:///etc", "--upload-pack=x", "https://user:pw@"):
        refused = installation.podium("workspace", "create", "--trust", "--", url)
        assert refused.returncode in {1, 2}, (url, refused.stdout)
        assert refused.stderr.strip(), url


def test_down_says_that_workspaces_keep_running(
    installation: Installation, repository: str
) -> None:
    made = installation.podium_json("workspace", "create", repository, "--trust", "--wait")
    down = installation.make("down")
    assert down.returncode == 0, down.stderr
    assert "keep" in down.stdout
    unreachable = installation.podium("workspace", "list")
    assert unreachable.returncode == 3
    up = installation.make("up")
    assert up.returncode == 0, up.stdout + up.stderr
    shown = installation.podium_json("workspace", "show", made["id"])
    assert shown["phase"] == "running"
    installation.podium("workspace", "delete", made["id"], "--yes", "--wait")
