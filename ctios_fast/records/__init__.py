"""Frames as records: JSON lines of a stream (``transcript``) and of a network capture (``capture``)."""
