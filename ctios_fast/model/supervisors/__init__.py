"""Supervisors: supervision of calls, the companion session, chat and emergencies."""
