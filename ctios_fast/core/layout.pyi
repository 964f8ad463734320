from typing import Final, NamedTuple

OLDEST_VERSION: Final[int]
NEWEST_VERSION: Final[int]

class FixedField(NamedTuple):
    name: str
    type: str
    offset: int
    size: int
    since: int

class FloatingField(NamedTuple):
    name: str
    tag: int | None
    type: str
    max: int
    since: int
    optional: bool
    repeats: str | None
    group: str | None
    array: str | None

class MessageLayout(NamedTuple):
    number: int
    name: str
    kind: str
    since: int
    fixed_size: int
    fixed: tuple[FixedField, ...]
    floating: tuple[FloatingField, ...]

def layout_of(version: int, number: int) -> MessageLayout | None: ...

class TagRow(NamedTuple):
    tag: int
    name: str | None
    since: int
    max: int

def tag_row(tag: int) -> TagRow | None: ...
