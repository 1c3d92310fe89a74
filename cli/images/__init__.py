"""Container images of Podium's own services: a graph of parts, each built when its inputs change.

`graph`, `components` and `locked` decide and are pure; the others build. Only `make images` runs
this, from a checkout's own virtual environment.
"""
