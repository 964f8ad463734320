"""The connection to a CTI Server pair: sockets, handshake, heartbeats, requests and fail-over.

``link`` is one socket; ``requests`` the book of open requests; ``heartbeat`` and ``sides`` are decisions
without I/O; ``connection`` puts them together for a session. Nothing here decodes bytes by hand.
"""
