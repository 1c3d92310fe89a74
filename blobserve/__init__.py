"""Static files out of OCI images, and the registry facade.

Empty until the capability that needs it; the folder fixes its place in the layers.
"""
