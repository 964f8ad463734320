"""The connection to a pair of CTI Servers: sockets, TLS, opening, heartbeats, requests and fail-over.

``connection`` puts the parts together; ``life_cycle`` says in which states it can be. Decisions without I/O:
``search`` (with ``sides``), ``opening``, ``takeover``, ``heartbeat``, ``request_book``. I/O: ``link`` is one
socket, and ``dial`` sets it up. Nothing here decodes bytes by hand.
"""
