"""What a peer lacks here."""


class MissingError(Exception):
    """A peer cannot be started; the words say what is missing."""
