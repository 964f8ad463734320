from typing import TypeVar, final

_V = TypeVar("_V")

@final
class TextDict(dict[str, _V]):
    def __init__(self, kind: type[_V]) -> None: ...
    @property
    def kind(self) -> type[_V]: ...
    def find(self, text: bytes) -> _V | None: ...
