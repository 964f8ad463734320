"""Message classes: their base, factory and properties."""
