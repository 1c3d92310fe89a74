"""Limits that have to fit one another, and the programs on the other side."""

import uvicorn

from proxy.core.patience import BUFFERED_BODY, DRAIN, KEPT_UPSTREAM, Patience
from proxy.core.requests import MAX_HEAD

NODE_KEEP_ALIVE = 5.0
"""Seconds after which Node closes an idle connection (http.Server.keepAliveTimeout)."""


def test_kept_connections_are_let_go_before_the_other_side_does():
    config = uvicorn.Config("none")
    assert min(config.timeout_keep_alive, NODE_KEEP_ALIVE) > KEPT_UPSTREAM


def test_every_wait_is_bounded_but_the_one_for_an_upstream():
    bounded = [one for one in Patience if one is not Patience.NOTHING]
    assert all(0 < one.seconds <= 120 for one in bounded)
    assert Patience.NOTHING.seconds == float("inf")


def test_a_drain_leaves_time_before_the_launcher_kills():
    assert DRAIN < 5


def test_a_head_fits_the_buffer():
    assert MAX_HEAD < BUFFERED_BODY
