"""Images that are built here: what from, in which order, with what log, and what became of it.

A build is an instance of kind `imagebuild`, which the reconciler drives like any other; who
waits for its image is `app.workspaces`' business.
"""
