"""Network captures: packets, TCP streams, frames and conversations, read as records."""

from ctios_fast.errors import CaptureError, MissingExtra

from .reader import DEFAULT_PORTS, CaptureReader

__all__ = ["DEFAULT_PORTS", "CaptureError", "CaptureReader", "MissingExtra"]
