"""Calls: the object, what its connections share, its message handlers, its states, its events."""
