"""Sans-io: events in, commands out; `now` and randomness are given.

No sockets, no clock, no asyncio, no logging. Everything that decides what a request
may do, or how bytes become messages, lives here and is tested without a network.
"""
