"""The error of a command that cannot be carried out."""

__all__ = ["CommandError"]


class CommandError(ValueError):
    """A command is not understood, or the rules of the contact centre forbid it; nothing has changed.

    Its text is one sentence: the "error" of the answer.
    """
