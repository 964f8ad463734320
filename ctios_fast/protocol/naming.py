"""Names of the reference in Python's spelling: ``AgentState`` becomes ``agent_state``."""

import re

__all__ = ["snake_case"]

#: Abbreviations that run into what follows them, cut where a reader would cut them.
_COMPOUNDS = {"CTIOSCIL": "CtiosCil", "MRDs": "Mrds", "MRDID": "MrdID", "IPV6": "Ipv6"}
_COMPOUND = re.compile("|".join(_COMPOUNDS))
_BOUNDARY = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_OTHER = re.compile(r"\W+")


def snake_case(name: str) -> str:
    """A field's, enumeration's or member's name in lower case with underscores."""
    cut = _COMPOUND.sub(lambda match: _COMPOUNDS[match[0]], name)
    return _OTHER.sub("_", _BOUNDARY.sub("_", cut)).strip("_").lower()
