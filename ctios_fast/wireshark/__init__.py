"""The Wireshark dissector: a generator (``generator.py``) and its part in Lua (``engine.lua``)."""

from .generator import dissector, filter_name

__all__ = ["dissector", "filter_name"]
