from collections.abc import Iterable, Mapping
from typing import NamedTuple, final

from typing_extensions import Buffer

from .filter_rules import Condition

class Selection(NamedTuple):
    offsets: list[int]
    frames: int
    offset: int

def field_kinds(version: int, name: str, messages: Iterable[int] | None = None) -> set[str]: ...
def field_names(version: int, messages: Iterable[int] | None = None) -> set[str]: ...

@final
class FrameFilter:
    def __init__(
        self,
        version: int,
        messages: int | str | Iterable[int | str] | None = None,
        where: Mapping[str, Condition] | None = None,
    ) -> None: ...
    @property
    def version(self) -> int: ...
    @property
    def messages(self) -> frozenset[int] | None: ...
    @classmethod
    def parse(cls, text: str, version: int) -> FrameFilter: ...
    def __or__(self, other: FrameFilter, /) -> FrameFilter: ...
    def matches(self, frame: Buffer) -> bool: ...
    def select(self, buffer: Buffer, max_frame: int = 65536) -> Selection: ...
