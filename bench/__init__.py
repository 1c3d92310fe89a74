"""Measurements that a stranger can repeat, and the page made from their results.

Each benchmark writes raw rounds with machine, versions and commit to
bench/results/<name>.json; `report` makes docs/benchmarks.md from these files.
"""
