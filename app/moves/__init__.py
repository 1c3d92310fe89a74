"""Workspaces on several nodes: which there are, who goes where, and what is left behind.

A workspace is on one node at a time, as its row says; a move is a stop, a restore point and a
restore elsewhere. Above `app.content`, whose points it goes by.
"""
