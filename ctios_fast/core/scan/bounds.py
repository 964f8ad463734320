"""The bounds of columns that a program may change."""

from typing import Final

__all__ = ["DEFAULT_MAX_ROWS", "MAX_STRING"]

#: Longest STRING or UNSPEC value that the reference documents, in bytes. Default of ``max_string``.
MAX_STRING: Final = 255

#: Default of the largest number of rows that a batch handler gets at a time.
DEFAULT_MAX_ROWS: Final = 4096
