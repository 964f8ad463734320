"""Messages encoded for one protocol version, without the fields that the version lacks.

Everything above deals in the fields of the newest version. A ``FrameEncoder`` belongs to a version, not to a
client, so that an event is encoded once for all clients that speak it.
"""

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Final, NamedTuple

from ctios_fast.core import NEWEST_VERSION, Codec, codec

__all__ = ["Floating", "FrameEncoder", "encoder", "has_monitor_id", "with_monitor_id"]

Floating = Iterable[tuple[str, object]]

_HEADER: Final = 8
_SHORT_NAMES_UNTIL: Final = 19
_MAX_SHORT_NAME: Final = 31  # characters of LoginName below version 20


class _Shape(NamedTuple):
    fixed: frozenset[str]
    floating: frozenset[str]


class FrameEncoder:
    """Encodes in one version."""

    def __init__(self, version: int) -> None:
        self.version: Final = version
        self.codec: Final[Codec] = codec(version)
        self._shapes: dict[int, _Shape | None] = {}

    def _shape(self, number: int) -> _Shape | None:
        layout = self.codec.describe(number)
        if layout is None or layout.since > self.version:
            return None
        return _Shape(
            frozenset(field.name for field in layout.fixed if field.since <= self.version),
            frozenset(field.name for field in layout.floating if field.since <= self.version),
        )

    def encode(self, number: int, fields: Mapping[str, int], floating: Floating = ()) -> bytes | None:
        """One frame, or None if the version lacks the message."""
        try:
            shape = self._shapes[number]
        except KeyError:
            shape = self._shapes[number] = self._shape(number)
        if shape is None:
            return None
        fixed, known = shape
        kept = [item for item in floating if item[0] in known]
        if not fields.keys() <= fixed:
            fields = {name: fields[name] for name in fields if name in fixed}
        if self.version <= _SHORT_NAMES_UNTIL:
            kept = [_shortened(item) for item in kept]
        return self.codec.encode(number, fields, kept)

    def lacks(self, number: int) -> bool:
        """Whether the version lacks a message."""
        return self._shape(number) is None


def _shortened(item: tuple[str, object]) -> tuple[str, object]:
    name, value = item
    if name == "LoginName" and isinstance(value, str):
        return name, value[:_MAX_SHORT_NAME]
    return item


@cache
def encoder(version: int) -> FrameEncoder:
    """The ``FrameEncoder`` of a version, created once."""
    return FrameEncoder(version)


@cache
def has_monitor_id(number: int) -> bool:
    """Whether a message begins with MonitorID."""
    layout = codec(NEWEST_VERSION).describe(number)
    return layout is not None and bool(layout.fixed) and layout.fixed[0].name == "MonitorID"


def with_monitor_id(frame: bytes, monitor_id: int) -> bytes:
    """A copy of a frame that begins with MonitorID, for another monitor."""
    return frame[:_HEADER] + monitor_id.to_bytes(4, "big") + frame[_HEADER + 4 :]
