"""Skill groups: the object, its message handlers, its events."""
