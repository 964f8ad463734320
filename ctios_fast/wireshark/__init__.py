"""The Wireshark dissector: generated from the protocol's data."""

from .generator import dissector, filter_name

__all__ = ["dissector", "filter_name"]
