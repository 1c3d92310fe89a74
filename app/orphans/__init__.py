"""Orphans: what lies on a node and no row asks for, found by comparing the node with the database.

What to make of one is decided in `judging`, from rows alone. Only what a row proves to be
nobody's goes by itself; the rest is told, and people decide.
"""
