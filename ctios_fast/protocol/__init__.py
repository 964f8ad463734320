"""The CTI Server protocol (GED-188) as data: the transcription, its loader and what is made from it.

``ged188.toml`` is the one source. ``loader`` reads it (build, tests, docs); ``generate`` writes from it
the tables of the compiled core, the message numbers (``messages``) and the enumerations (``enums``).
Nothing here is compiled and nothing here touches a socket.
"""
