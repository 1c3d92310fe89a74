"""`gp`, the command inside a workspace: asks the supervisor over its local socket.

Starts often and in scripts, so nothing heavy is imported.
"""
