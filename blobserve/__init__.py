"""Static files out of OCI images: VS Code's, for every browser, immutable and compressed.

A request names an image and a file of it. `core` reads names and decides on answers; `store`
knows where on the disk an image's files lie. The registry facade is `registry`.
"""
