from typing import Any, Final

SINGLE: Final = 0
REPEATED: Final = 1
ARRAY: Final = 2
GROUP: Final = 3
VARIABLES: Final = 4
ARRAYS: Final = 5

class KeywordWriter:
    @property
    def number(self) -> int: ...
    @property
    def references(self) -> dict[str, str]: ...
    def __init__(
        self,
        number: int,
        fixed: tuple[tuple[str, str], ...],
        parts: tuple[Any, ...],
        defaults: dict[str, int],
    ) -> None: ...
