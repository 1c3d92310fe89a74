"""What is said to a caller that asks for nonsense. Pure."""


class Refused(Exception):
    """A request that no correct caller sends."""
