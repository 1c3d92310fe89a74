"""Snapshots: what may be shared of a workspace's files, and workspaces that begin as one.

A node keeps the files; here is whose they are, who may open them and until when. Nothing of
its owner's goes along: no home, no variables, no token, no trust.
"""
