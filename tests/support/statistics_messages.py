"""Statistics messages of a CTI Server, packed by hand with ``struct``, and their figures by name.

It imports nothing of the package, as ``struct_server`` does not.
"""

import struct
from collections.abc import Mapping

from support.struct_server import NULL_SKILL_GROUP, PERIPHERAL, Frame, Peer, text

QUERY_AGENT_STATISTICS_REQ, QUERY_AGENT_STATISTICS_CONF = 112, 113
QUERY_GROUP_STATISTICS_REQ, QUERY_GROUP_STATISTICS_CONF = 114, 115

#: What a server sends for a figure that it does not know.
UNKNOWN = 0xFFFFFFFF


def _words(text: str) -> list[str]:
    return text.split()


#: Figures of an agent, for the session and for the day.
_OF_AGENT = _words("""
    AvailTime LoggedOnTime NotReadyTime ICMAvailableTime RoutableTime
    AgentOutCalls AgentOutCallsTalkTime AgentOutCallsTime AgentOutCallsHeld AgentOutCallsHeldTime
    HandledCalls HandledCallsTalkTime HandledCallsAfterCallTime HandledCallsTime
    IncomingCallsHeld IncomingCallsHeldTime
    InternalCalls InternalCallsTime InternalCallsRcvd InternalCallsRcvdTime
    InternalCallsHeld InternalCallsHeldTime
    AutoOutCalls AutoOutCallsTalkTime AutoOutCallsTime AutoOutCallsHeld AutoOutCallsHeldTime
    PreviewCalls PreviewCallsTalkTime PreviewCallsTime PreviewCallsHeld PreviewCallsHeldTime
    ReservationCalls ReservationCallsTalkTime ReservationCallsTime ReservationCallsHeld
    ReservationCallsHeldTime
    BargeInCalls InterceptCalls MonitorCalls WhisperCalls EmergencyCalls
""")
#: Figures of a skill group at this moment.
_NOW = _words("""
    AgentsLoggedOn AgentsAvail AgentsNotReady AgentsReady
    AgentsTalkingIn AgentsTalkingOut AgentsTalkingOther
    AgentsWorkNotReady AgentsWorkReady AgentsBusyOther AgentsReserved AgentsHold
    AgentsICMAvailable AgentsApplicationAvailable
    AgentsTalkingAutoOut AgentsTalkingPreview AgentsTalkingReservation
    RouterCallsQNow LongestRouterCallQNow CallsQNow CallsQTimeNow LongestCallQNow
""")
#: Figures of an agent that a skill group lacks.
_NOT_OF_GROUP = frozenset({"ICMAvailableTime", "RoutableTime", "InternalCalls", "InternalCallsTime"})
_OF_GROUP = [name for name in _OF_AGENT if name not in _NOT_OF_GROUP]

AGENT_FIGURES = [f"{name}{period}" for period in ("Session", "Today") for name in _OF_AGENT]
GROUP_FIGURES = [
    *_NOW,
    *(
        name
        for period, queued in (("To5", "5"), ("ToHalf", "Half"), ("Today", "Today"))
        for name in (
            *(f"{each}{period}" for each in _OF_GROUP),
            f"CallsQ{queued}",
            f"CallsQTime{queued}",
            f"LongestCallQ{queued}",
        )
    ),
]


def numbered(names: list[str]) -> dict[str, int]:
    """A value for each figure that no other one has."""
    return {name: 1000 + number for number, name in enumerate(names)}


def _packed(names: list[str], figures: Mapping[str, int]) -> bytes:
    assert set(figures) <= set(names), set(figures) - set(names)
    return struct.pack(f">{len(names)}I", *(figures.get(name, 0) for name in names))


def agent_statistics_conf(
    peer: Peer,
    request: Frame,
    figures: Mapping[str, int] | None = None,
    *,
    agent_id: str = "1001",
    instrument: str = "3001",
    peripheral_id: int = PERIPHERAL,
) -> None:
    """Answer a query for an agent's statistics; a figure that is not given is 0."""
    fixed = struct.pack(">II", request.invoke_id, peripheral_id) + _packed(AGENT_FIGURES, figures or {})
    device = [(4, text(instrument)), (5, text(agent_id)), (6, text(instrument))]
    peer.send(QUERY_AGENT_STATISTICS_CONF, fixed, device)


def group_statistics_conf(
    peer: Peer,
    request: Frame,
    figures: Mapping[str, int] | None = None,
    *,
    number: int | None = None,
    group_id: int = NULL_SKILL_GROUP,
    peripheral_id: int = PERIPHERAL,
) -> None:
    """Answer a query for a skill group's statistics; a figure that is not given is 0.

    ``number``: SkillGroupNumber, that of the request unless given.
    """
    asked = group_asked(request) if number is None else number
    fixed = struct.pack(">IIII", request.invoke_id, peripheral_id, asked, group_id)
    peer.send(QUERY_GROUP_STATISTICS_CONF, fixed + _packed(GROUP_FIGURES, figures or {}))


async def answer_group_queries(peer: Peer, *groups: int, figures: Mapping[str, int] | None = None) -> None:
    """Receive a query for the statistics of each of the groups, in any order, and answer it."""
    asked = []
    for _ in groups:
        request = await peer.receive(QUERY_GROUP_STATISTICS_REQ)
        asked.append(group_asked(request))
        group_statistics_conf(peer, request, figures)
    assert sorted(asked) == sorted(groups)


def agent_asked(request: Frame) -> str:
    """The agent that a query is about. It carries nothing but the PeripheralID and the AgentID."""
    assert request.number == QUERY_AGENT_STATISTICS_REQ, request
    assert request.fixed("II")[1] == PERIPHERAL
    [(tag, value)] = request.floating("II")
    assert tag == 5
    return value.rstrip(b"\0").decode("ascii")


def group_asked(request: Frame) -> int:
    """The skill group that a query is about, by number: its SkillGroupID is NULL_SKILL_GROUP."""
    assert request.number == QUERY_GROUP_STATISTICS_REQ, request
    _, peripheral_id, number, group_id = request.fixed("IIII")
    assert (peripheral_id, group_id) == (PERIPHERAL, NULL_SKILL_GROUP)
    assert request.floating("IIII") == []
    return int(number)
