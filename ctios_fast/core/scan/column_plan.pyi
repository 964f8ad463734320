from collections.abc import Iterable, Sequence
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
    names: Final[tuple[str, ...]]
    index: Final[dict[str, int]]
    def __init__(
        self,
        version: int,
        message: int,
        names: Iterable[str] | None = None,
        labels: Sequence[str] | None = None,
    ) -> None: ...
