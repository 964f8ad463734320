"""What the plant reports: one event with the reference's field names, and whom it concerns.

The plant knows neither sessions nor protocol versions. An event holds every field of the newest version; the
server leaves out what a session's version lacks, puts in each monitor's MonitorID, and fills in what depends
on its sessions (SessionID and CTIClientSignature of AGENT_STATE_EVENT, PGStatus of SYSTEM_EVENT).
"""

from collections.abc import Mapping
from typing import Final, NamedTuple

from ctios_fast.protocol import numbers as messages
from ctios_fast.protocol.enums import UnsolicitedCallEventMessageMask as CallMask

__all__ = ["CALL_MASK_BIT", "Audience", "Floating", "PlantEvent"]

Floating = tuple[tuple[str, object], ...]
"""Floating fields in wire order: name and value. A NamedVariable is (name, value), a NamedArray (name, index,
value)."""

CALL_MASK_BIT: Final[Mapping[int, int]] = {
    getattr(messages, event): bit.value
    for name, bit in CallMask.__members__.items()
    if hasattr(messages, event := name.removesuffix("_MASK") + "_EVENT")
}
"""Message number -> its bit in UnsolicitedCallEventMessageMask."""


class Audience(NamedTuple):
    """Whom an event concerns. A client gets it if one of the keys is its own, or by the All Events service.

    ``devices``: canonical device ids (an agent device's is its instrument).
    ``agents``: agent ids, for agent state events and events of the agent's team.
    ``teams``: team ids.
    ``calls``: ConnectionCallIDs, for call monitors; after a merge the old and the new ones.
    ``call_mask``: the bit of UnsolicitedCallEventMessageMask that lets it through, 0 where no bit filters it.
    ``agent_mask``: the bit of AgentStateMask, 0 where none filters it.
    ``all_events_only``: only sessions with the All Events service get it.
    """

    devices: tuple[str, ...] = ()
    agents: tuple[str, ...] = ()
    teams: tuple[int, ...] = ()
    calls: tuple[int, ...] = ()
    call_mask: int = 0
    agent_mask: int = 0
    all_events_only: bool = False


class PlantEvent(NamedTuple):
    """One unsolicited message.

    ``message``: its number (``ctios_fast.protocol.numbers``).
    ``fields``: the fixed fields of the newest version without MonitorID.
    ``floating``: the floating fields of the newest version, in an order that keeps groups together.
    """

    message: int
    fields: Mapping[str, int]
    floating: Floating
    audience: Audience
