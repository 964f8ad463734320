"""Text that must not be seen: it has no repr of its own, so that it cannot slip into logs or tracebacks.

A password stays a ``Secret`` on its way to the encoder, since a traceback can show every variable that it
passes through; ``revealed`` opens it there.
"""

from collections.abc import Iterable, Iterator

__all__ = ["Secret", "revealed"]


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


def revealed(floating: Iterable[tuple[str, object]]) -> Iterator[tuple[str, object]]:
    """The floating fields with their secrets as text; to be handed to the encoder at once."""
    return ((name, value.reveal() if isinstance(value, Secret) else value) for name, value in floating)
