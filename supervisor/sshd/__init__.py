"""The SSH server of a workspace: a process of its own, run as the person when somebody comes.

It alone may import asyncssh; the supervisor that starts it (`supervisor.host.sshserver`) may not.
Nothing that it knows is worth more than being the person in this workspace.
"""
