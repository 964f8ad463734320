"""What an agent's ended call adds to its figures, by the kind of the call."""

from typing import Final

from ctios_fast.protocol.enums import CallDirection, CallType

from .entities import CallRecord, Connection, PlantAgent, SkillGroup
from .tallies import INDEX, AgentTallies, CallFigures, Tallies

__all__ = ["ACD_TYPES", "HANDED_OVER_TYPES", "count", "record_of"]

ACD_TYPES: Final = frozenset(
    {
        CallType.CALLTYPE_ACD_IN,
        CallType.CALLTYPE_PREROUTE_ACD_IN,
        CallType.CALLTYPE_PREROUTE_DIRECT_AGENT,
        CallType.CALLTYPE_TRANSFER_IN,
        CallType.CALLTYPE_OVERFLOW_IN,
    }
)
"""Call types that make an answered call a handled one."""

HANDED_OVER_TYPES: Final = frozenset(
    {CallType.CALLTYPE_OFFERED, CallType.CALLTYPE_CONSULT_OFFERRED, CallType.CALLTYPE_CONFERENCE}
)
"""Call types that a transfer or a conference gives: the call counts as handled for the agent that got it."""


def _outgoing(stem: str) -> CallFigures:
    return CallFigures(stem, f"{stem}TalkTime", "", f"{stem}Time", f"{stem}Held", f"{stem}HeldTime")


_HANDLED: Final = CallFigures(
    "HandledCalls",
    "HandledCallsTalkTime",
    "HandledCallsAfterCallTime",
    "HandledCallsTime",
    "IncomingCallsHeld",
    "IncomingCallsHeldTime",
)
_INTERNAL: Final = CallFigures(
    "InternalCalls", "", "", "InternalCallsTime", "InternalCallsHeld", "InternalCallsHeldTime"
)
_RECEIVED: Final = CallFigures(
    "InternalCallsRcvd", "", "", "InternalCallsRcvdTime", "InternalCallsHeld", "InternalCallsHeldTime"
)
_AGENT_OUT: Final = _outgoing("AgentOutCalls")
_BY_TYPE: Final = {
    CallType.CALLTYPE_AUTO_OUT: _outgoing("AutoOutCalls"),
    CallType.CALLTYPE_PREVIEW: _outgoing("PreviewCalls"),
    CallType.CALLTYPE_RESERVATION: _outgoing("ReservationCalls"),
}


def record_of(connection: Connection, now: int) -> CallRecord | None:
    """The record of an agent's connection that ends at ``now``; None if it was never established."""
    if connection.established_at < 0:
        return None
    kind = _BY_TYPE.get(connection.call.call_type)
    incoming = connection.direction is CallDirection.IN
    if kind is None:
        if incoming:
            kind = _HANDLED if connection.handled else _RECEIVED
        else:
            kind = _INTERNAL if connection.internal else _AGENT_OUT
    held = connection.held_time + (now - connection.held_at if connection.held_at >= 0 else 0)
    return CallRecord(
        kind, connection.group, now - connection.established_at, connection.held_count, held, incoming
    )


def count(agent: PlantAgent, record: CallRecord, after: int, now: int) -> None:
    """Add a call to the figures of its agent, and of the call's group if the agent is in it.

    ``after``: seconds of after-call work.
    """
    for tallies in _tallies(agent, record.group):
        kind = record.kind
        tallies.add(INDEX[kind.calls], 1, now)
        if kind.talk:
            tallies.add(INDEX[kind.talk], record.talk, now)
        if kind.after:
            tallies.add(INDEX[kind.after], after, now)
        tallies.add(INDEX[kind.time], record.talk + (after if kind.talk else 0), now)
        if record.held_count:
            tallies.add(INDEX[kind.held], 1, now)
            tallies.add(INDEX[kind.held_time], record.held_time, now)


def count_action(agent: PlantAgent, figure: str, now: int) -> None:
    """Count a supervisor's action or an emergency, in the agent's first group."""
    for tallies in _tallies(agent, None):
        tallies.add(INDEX[figure], 1, now)


def _tallies(agent: PlantAgent, group: SkillGroup | None) -> list[Tallies]:
    """Where something is counted: at the agent, and in the group or else in the agent's first one."""
    if agent.tallies is None:
        agent.tallies = AgentTallies()
    found: list[Tallies] = [agent.tallies]
    member = agent.membership(group)
    if member is None and agent.memberships:
        member = agent.memberships[0]
    if member is not None:
        found.append(member.group.tallies)
    return found
