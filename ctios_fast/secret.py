"""Text that must not be seen: it has no repr of its own, so that it cannot slip into logs or tracebacks."""

__all__ = ["Secret"]


class Secret:
    """A password. ``reveal()`` is the one way to its text."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """The text."""
        return self._text

    def __bool__(self) -> bool:
        return bool(self._text)

    def __repr__(self) -> str:
        return "Secret('***')"

    __str__ = __repr__
