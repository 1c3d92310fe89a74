"""Restore points: when one is made, how long it is kept, what people do with them.

Rows are the truth about what is wanted; nodes make, read and remove. Nothing of a
repository's format may live here, and no key outside of `repositories`.
"""
