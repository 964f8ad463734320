from collections.abc import Iterable
from typing import Final, NamedTuple

class ColumnField(NamedTuple):
    name: str
    code: str
    masked: bool
    text: bool

class ColumnPlan:
    message: Final[int]
    name: Final[str]
    fields: Final[tuple[ColumnField, ...]]
    def __init__(self, version: int, message: int, names: Iterable[str] | None = None) -> None: ...
