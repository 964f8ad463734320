"""The CTI Server half of the simulator: sessions, opening, requests, replies and events."""
