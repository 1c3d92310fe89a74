import json
import logging
import subprocess
import sys

import pytest

from kit.log import redact

SCRIPT = """
import logging
import structlog
from kit.log import configure
configure("server", "info")
log = structlog.get_logger("x")
log.debug("unseen")
log.info("signed_in", user="u1", token="abc", url="https://ada:pw@example.org/x")
logging.getLogger("foreign").warning("plain %s", "words")
try:
    1 / 0
except ZeroDivisionError:
    log.exception("failed")
"""


def test_every_line_is_json_with_process_level_and_time() -> None:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True, timeout=30
    )
    lines = [json.loads(line) for line in done.stderr.splitlines()]
    assert [one["event"] for one in lines] == ["signed_in", "plain words", "failed"]
    assert [one["level"] for one in lines] == ["info", "warning", "error"]
    assert all(one["process"] == "server" and one["timestamp"] for one in lines)
    assert "ZeroDivisionError" in lines[2]["exception"]
    assert done.stdout == ""
    assert "abc" not in done.stderr
    assert "pw" not in done.stderr
    assert lines[0]["url"] == "https://[redacted]@example.org/x"


@pytest.mark.parametrize(
    "key", ["token", "instance_token", "Authorization", "cookie", "set-cookie", "nonce", "code"]
)
def test_secret_sounding_keys_are_redacted(key: str) -> None:
    assert redact(None, "info", {"event": "e", key: "s3cret"})[key] == "[redacted]"


def test_the_rest_stays_as_it_is() -> None:
    event = {"event": "token_made", "exit_codes": 3, "user": "u1", "n": 5, "level": logging.INFO}
    assert redact(None, "info", dict(event)) == event
