"""What a layout looks like to a reader: ``Codec.describe`` gives these rows.

They stand apart from ``layout`` because making such classes takes longer than importing a compiled module,
and few programs ask for them.
"""

from typing import NamedTuple

__all__ = ["FixedField", "FloatingField", "MessageLayout", "TagRow"]


class FixedField(NamedTuple):
    """A field of the fixed part in one version; ``offset`` in bytes from the start of the body."""

    name: str
    type: str
    offset: int
    size: int
    since: int


class FloatingField(NamedTuple):
    """A field that a message lists for its floating part; ``max`` in bytes of data, 0 if none is stated."""

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
    """What one version's message looks like; ``fixed_size`` in bytes, without the header."""

    number: int
    name: str
    kind: str
    since: int
    fixed_size: int
    fixed: tuple[FixedField, ...]
    floating: tuple[FloatingField, ...]


class TagRow(NamedTuple):
    """A row of the tag table; ``name`` is its field's, None where the reference gives none."""

    tag: int
    name: str | None
    since: int
    max: int
