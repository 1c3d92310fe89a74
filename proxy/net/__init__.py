"""Thin asyncio shells around the core: they move bytes, and decide nothing.

Client connections, upstream connections and their pool, raw relays, the daemon's
dial socket, the route feed's client, redemption of handover codes, the access log.
"""
