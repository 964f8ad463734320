"""Many frames at once: NumPy columns and public filters."""
