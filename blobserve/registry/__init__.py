"""The registry facade's I/O: documents, images that can be read, uploads, and HTTP.

What is allowed, what a target means and what a composed image looks like is decided in
`blobserve.core`.
"""
