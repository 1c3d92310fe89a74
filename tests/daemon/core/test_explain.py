import pytest

from daemon.core.explain import explain


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("fatal: unable to access 'https://x/': Could not resolve host: x", "host_unknown"),
        ("fatal: unable to access 'https://x/': Failed to connect to x", "clone_unreachable"),
        ("fatal: could not read Username for 'https://x': terminal prompts disabled",
         "clone_auth_required"),
        ("git@x: Permission denied (publickey).", "clone_auth_required"),
        ("fatal: unable to access 'http://x/': The requested URL returned error: 403",
         "clone_auth_required"),
        ("fatal: repository 'http://x/y/' not found", "repository_missing"),
        ("fatal: '/source' does not appear to be a git repository", "repository_missing"),
        ("fatal: Remote branch nope not found in upstream origin", "ref_unknown"),
        ("fatal: remote error: upload-pack: not our ref 0123", "ref_unknown"),
        ("error: RPC failed; curl 28 Operation too slow.", "clone_interrupted"),
        ("ssh: connect to host x port 22: Connection refused", "clone_unreachable"),
        ("ssh: Could not resolve hostname x: Name or service not known", "host_unknown"),
        ("fatal: unable to access 'https://x/': SSL certificate problem: self-signed certificate",
         "certificate_invalid"),
        ("fatal: unable to access 'https://x/': Maximum (20) redirects followed",
         "redirect_refused"),
        ("fatal: write error: No space left on device", "disk_full"),
        ("fatal: transport 'http' not allowed", "protocol_refused"),
        ("fatal: something else", "clone_failed"),
    ],
)  # fmt: skip
def test_what_an_error_means(line, code):
    found = explain(["Cloning into '/target/.podium-clone'...", line])
    assert found.code == code
    assert line in found.detail


def test_silence_and_many_lines():
    assert explain([]).detail == "git ended without a word."
    assert explain(["a", "b", "c", "d"]).detail == "b · c · d"


def test_what_the_remote_says_is_shown_and_decides_nothing():
    lines = ["remote: No space left on device", "fatal: repository 'https://x/y' not found"]
    found = explain(lines)
    assert found.code == "repository_missing"
    assert "No space left" in found.detail


def test_a_host_that_cannot_leave_out_old_versions():
    warning = "warning: filtering not recognized by server, ignoring"
    assert explain([warning, "fatal: write error: File too large"]).code == "partial_unsupported"
    assert explain(["fatal: write error: File too large"]).code == "clone_too_large"
