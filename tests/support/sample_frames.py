"""Two frames that tests of captures send: a request to open a session, and an agent's state."""

from ctios_fast.core import codec
from ctios_fast.protocol import numbers as ged
from support.reference_codec import HEADER
from support.strategies import floating, header

__all__ = ["open_request", "state_event"]


def open_request(version: int = 25) -> bytes:
    """An OPEN_REQ that asks for a version."""
    layout = codec(version).describe(ged.OPEN_REQ)
    assert layout is not None
    body = HEADER.pack(1, version).ljust(layout.fixed_size, b"\0")
    return header(ged.OPEN_REQ, body + floating(version, 1, b"test\0") + floating(version, 2, b""))


def state_event(agent: str = "1001", monitor: int = 0, version: int = 25, state: int = 3) -> bytes:
    """An AGENT_STATE_EVENT. Each fixed field that is not a parameter is 7."""
    layout = codec(version).describe(ged.AGENT_STATE_EVENT)
    assert layout is not None
    values = {"MonitorID": monitor, "AgentState": state}
    fixed = b"".join(values.get(field.name, 7).to_bytes(field.size, "big") for field in layout.fixed)
    return header(ged.AGENT_STATE_EVENT, fixed + floating(version, 5, agent.encode("latin-1") + b"\0"))
