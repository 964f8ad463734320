"""Agents: the object, its requests, its message handlers and its states."""
