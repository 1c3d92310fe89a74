"""The first process of an instance of kind `imagebuild`: one build, then the end.

It has what the supervisor of a workspace has of the platform (agent listener, names) and
nothing for people. RUN is podman's, in a user namespace inside the instance's; the push
token is in this process's memory, and in a file only while nothing of the build runs.
"""
