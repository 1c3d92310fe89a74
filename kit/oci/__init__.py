"""OCI images: what they are called and made of, a store of them on the disk, and registries.

`core` is pure. Beside it stand the layout on the disk, the registry's client, pulls, and what
removes images that nobody needs.
"""
