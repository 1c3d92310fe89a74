"""The workspace daemon: content and containers of one node, behind a few gRPC calls.

With the launcher the only root process; takes ids, digests and class names only.
"""
