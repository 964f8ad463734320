"""Descriptions of layouts, as ``Codec.describe`` returns them.

They are in a module of their own because creating such classes takes longer than importing a compiled
module, and few programs need them.
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
    """A field of the floating part; ``max`` is its largest data in bytes, 0 if none is stated."""

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
    """The layout of a message in one version; ``fixed_size`` in bytes, without the header."""

    number: int
    name: str
    kind: str
    since: int
    fixed_size: int
    fixed: tuple[FixedField, ...]
    floating: tuple[FloatingField, ...]


class TagRow(NamedTuple):
    """A row of the tag table; ``name`` is None if the reference names no field, ``max`` is in bytes."""

    tag: int
    name: str | None
    since: int
    max: int
