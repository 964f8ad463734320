"""``/dev/full``: a device that every write fails on, as on a disk without space."""

from pathlib import Path

import pytest

__all__ = ["needs_full_device"]

needs_full_device = pytest.mark.skipif(not Path("/dev/full").exists(), reason="the system has no /dev/full")
