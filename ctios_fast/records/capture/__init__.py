"""Network captures, read as records. ``reader`` is the entry; the other modules are its steps."""

from ctios_fast.errors import CaptureError, MissingExtra

from .reader import DEFAULT_PORTS, CaptureCounters, CapturedFrame, CaptureReader, PacketCounters

__all__ = [
    "DEFAULT_PORTS",
    "CaptureCounters",
    "CaptureError",
    "CaptureReader",
    "CapturedFrame",
    "MissingExtra",
    "PacketCounters",
]
