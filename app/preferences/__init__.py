"""The Settings page, where people see and change what is theirs across all domains.

It has no tables: what it shows belongs to git access and to trust.
"""
