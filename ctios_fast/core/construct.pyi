from typing import Any, ClassVar, Final

from .message import Message

SINGLE: Final = 0
REPEATED: Final = 1
ARRAY: Final = 2
GROUP: Final = 3
VARIABLES: Final = 4
ARRAYS: Final = 5

class Blueprint:
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

def new_class(module: str, name: str, namespace: dict[str, Any]) -> type[TypedMessage]: ...

class TypedMessage(Message):
    number: ClassVar[int]
    _blueprint: ClassVar[Blueprint]
    _fields: ClassVar[tuple[str, ...]]
