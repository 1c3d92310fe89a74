"""The SSH gateway, a process of its own: `ssh <workspace>@host` leads into the workspace.

It holds no truth: the server says who may enter and until when, the daemon makes the way in.
While nobody is connected, nothing but a few sockets and an interpreter is kept in memory.
"""
