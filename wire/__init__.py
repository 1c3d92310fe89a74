"""What crosses a process boundary: ids, hosts, phases, routes, tokens, agent documents.

Pure values and their parsers only: no I/O, no clock, no randomness. Every
deployable may import this package; it imports nothing of ours. The protobuf
files in `wire/proto` are for `app/nodes` and `daemon` alone.
"""
