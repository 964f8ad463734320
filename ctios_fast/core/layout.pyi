from typing import Final

from .layout_info import MessageLayout, TagRow

OLDEST_VERSION: Final[int]
NEWEST_VERSION: Final[int]

def layout_of(version: int, number: int) -> MessageLayout | None: ...
def tag_row(tag: int) -> TagRow | None: ...
def shown_number(number: int) -> str: ...
