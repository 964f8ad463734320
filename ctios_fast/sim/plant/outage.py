"""The peripheral's link: while it is down clients hear nothing, and calls go on."""

from typing import Final

from ctios_fast.protocol import numbers as messages
from ctios_fast.protocol.enums import (
    AgentState,
    DeviceIDType,
    LocalConnectionState,
    SystemEventID,
)

from .entities import PlantAgent
from .floor import Floor
from .plant_event import Audience, PlantEvent

__all__ = ["Outage"]

_PERIPHERAL_OFFLINE: Final = 4
"""The bit of PGStatus; the server may add others."""


class Outage:
    """Takes the peripheral off-line and back."""

    def __init__(self, floor: Floor) -> None:
        self._floor: Final = floor
        self._states: dict[PlantAgent, tuple[AgentState, int]] = {}
        self._connections: dict[object, LocalConnectionState] = {}

    def set_peripheral(self, *, online: bool, end_calls: bool = True) -> None:
        """Take the peripheral off-line or back on-line; nothing happens if it is that already.

        ``end_calls``: off-line: send END_CALL_EVENT for all calls at once. Else clients have to find out
        later which calls have ended.

        Back on-line, END_CALL_EVENTs that are due come first, then BEGIN_CALL_EVENT for each connection that
        clients do not know, with CALL_DELIVERED_EVENT or CALL_ESTABLISHED_EVENT for its state (cause 50), and
        AGENT_STATE_EVENT for each agent whose state has changed.
        """
        if online is self._floor.online:
            return
        self._floor.online = online
        with self._floor.outlet:
            if online:
                self._floor.outlet.muted = False
                self._system_event(SystemEventID.SYS_PERIPHERAL_ONLINE, 0)
                self._catch_up()
            else:
                self._system_event(SystemEventID.SYS_PERIPHERAL_OFFLINE, _PERIPHERAL_OFFLINE)
                self._go_dark(end_calls)
                self._floor.outlet.muted = True

    def _system_event(self, event: SystemEventID, pg_status: int) -> None:
        fields = {
            "PGStatus": pg_status,
            "ICMCentralControllerTime": 0,
            "SystemEventID": event,
            "SystemEventArg1": self._floor.population.peripheral_id,
            "SystemEventArg2": 0,
            "SystemEventArg3": 0,
            "EventDeviceType": DeviceIDType.DEVID_NONE,
        }
        self._floor.outlet.put(PlantEvent(messages.SYSTEM_EVENT, fields, (), Audience()))

    def _go_dark(self, end_calls: bool) -> None:
        floor = self._floor
        self._states = {a: (a.state, a.reason) for a in floor.population.agents.values()}
        self._connections = {c: c.state for call in floor.calls for c in call.connections}
        if end_calls:
            self._connections = {}
            for call in floor.calls:
                for connection in call.connections:
                    floor.report.end(connection)

    def _catch_up(self) -> None:
        floor, report = self._floor, self._floor.report
        for connection in floor.lost:
            report.end(connection)
        floor.lost.clear()
        for call in floor.calls:
            for c in call.connections:
                before = None if c.known_as is None else self._connections.get(c)
                report.begin(c)
                if c.state is not before:
                    report.state(c)
                    if c.rtp_port:
                        report.rtp(c, started=True)
        for agent, (state, reason) in self._states.items():
            if agent.state is not state or agent.reason != reason:
                floor.agent_report.state(agent)
        self._states = {}
        self._connections = {}
