"""The simulated servers: sessions, OPEN_REQ, requests, and who gets which event."""
