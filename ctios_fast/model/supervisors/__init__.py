"""Supervisors: supervision of calls, the companion session, chat, emergencies, and the supervisor's buttons."""
