"""The mark of an event that a repair fires for what happened while nothing was heard."""

from typing import Final

__all__ = ["RECOVERED"]

#: The keyword of the mark. Its value is True.
RECOVERED: Final = "Recovered"
