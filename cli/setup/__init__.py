"""Builds what an installation runs on, each part once, named by the hash of what went in.

`digests` and `steps` decide and are pure; `stage` builds atomically under a lock;
`commands` and `progress` run and tell; the other modules build one part each. Nothing here
starts a process of the platform.
"""
