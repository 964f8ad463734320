"""Frames as JSON-shaped records: of one byte stream (``transcript``), of a packet capture (``capture``)."""
