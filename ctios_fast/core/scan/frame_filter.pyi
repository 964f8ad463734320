from collections.abc import Iterable, Mapping
from typing import NamedTuple, Self

from typing_extensions import Buffer

from ctios_fast.core.dispatch.dispatcher import FrameGate

from .filter_rules import Condition, Rule

class Selection(NamedTuple):
    offsets: list[int]
    frames: int
    offset: int

def field_kinds(version: int, name: str, messages: Iterable[int] | None = None) -> set[str]: ...
def field_names(version: int, messages: Iterable[int] | None = None) -> set[str]: ...

class FrameFilter(FrameGate):
    def __init__(
        self,
        version: int,
        messages: int | str | Iterable[int | str] | None = None,
        where: Mapping[str, Condition] | None = None,
        *,
        encoding: str | None = None,
    ) -> None: ...
    @property
    def messages(self) -> frozenset[int] | None: ...
    @classmethod
    def of_rules(cls, version: int, rules: tuple[Rule, ...]) -> Self: ...
    def __or__(self, other: FrameFilter, /) -> Self: ...
    def matches(self, frame: Buffer) -> bool: ...
    def select(self, buffer: Buffer, max_frame: int = 65536) -> Selection: ...
