"""What is said of something that is not what it claims to be."""


class Refused(ValueError):
    """A name, a document or a blob is not taken; the text says why, in words for people."""
