"""Monitors: what a session hears beside its own events, teams of agents, and what supervisors monitor."""
