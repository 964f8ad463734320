"""What all parts of a plant work on: its population, calls, clock, chance and the events that leave it."""

import random
from collections.abc import Iterator
from typing import Final

from ctios_fast.connection.clock import Clock
from ctios_fast.protocol.enums import (
    CallDirection,
    CallType,
    ControlFailureCode,
    DeviceIDType,
    LocalConnectionState,
)

from .agent_reports import AgentReports
from .call_context import CallContext
from .call_identity import CallIdentity
from .call_machine import Trigger
from .call_records import ACD_TYPES
from .call_reports import CallReports
from .disorder import Disorder
from .entities import Call, Connection, Device, PlantAgent, SkillGroup, TrunkGroup
from .event_outlet import EventOutlet
from .plant_error import ControlRefusal
from .plant_settings import PlantSettings
from .population import Population

__all__ = ["Floor"]

_SECONDS_A_DAY: Final = 86400


class Floor:
    """The data that all parts of the plant share. The parts that use it decide what happens.

    ``online``: whether the peripheral is on-line to the CTI Servers.
    ``calls``: the calls in progress, oldest first.
    ``lost``: connections that ended while the peripheral was off-line and whose END_CALL_EVENT is due.
    """

    def __init__(
        self, population: Population, clock: Clock, chance: random.Random, settings: PlantSettings
    ) -> None:
        self.population: Final = population
        self.clock: Final = clock
        self.chance: Final = chance
        self.settings: Final = settings
        self.disorder: Final = None if settings.disorder is None else Disorder(settings.disorder)
        self.outlet: Final = EventOutlet(self.disorder)
        self.report: Final = CallReports(population.peripheral_id, self.outlet)
        self.agent_report: Final = AgentReports(population, self.outlet)
        self.identity: Final = CallIdentity(settings.connection_ids, chance)
        self.calls: Final[dict[Call, None]] = {}
        self.online = True
        self.lost: Final[list[Connection]] = []
        self._trunk_serial = 0
        self._router_call_id = 0
        self._router_day = -1

    def now(self) -> int:
        """Whole seconds of the clock: what statistics are kept in."""
        return int(self.clock.time())

    # --- calls and connections ----------------------------------------------------------------------

    def new_call(self, call_type: CallType, context: CallContext, *, call_id: int | None = None) -> Call:
        """A call without connections; ``call_id`` where it shares another's."""
        call = Call(self.identity.new_call_id() if call_id is None else call_id, call_type, context)
        call.reference = f"{call.call_id:08x}-{self.now():08x}".encode()
        self.calls[call] = None
        return call

    def connect(
        self,
        call: Call,
        device: Device,
        trigger: Trigger,
        direction: CallDirection,
        *,
        group: SkillGroup | None = None,
        trunk: TrunkGroup | None = None,
    ) -> Connection:
        """Put a device into a call; its events are the caller's affair."""
        trunk_number = 0
        if trunk is not None:
            trunk.in_use += 1
            self._trunk_serial += 1
            trunk_number = self._trunk_serial
        connection_id, id_type = self.identity.new_connection_id(call.call_id, device.number, trunk_number)
        connection = Connection(
            call, device, connection_id, id_type, direction, device.agent, group, created_at=self.now()
        )
        connection.trunk = trunk
        connection.trunk_number = trunk_number
        connection.handled = call.call_type in ACD_TYPES and direction is CallDirection.IN
        connection.trigger(trigger)
        call.connections.append(connection)
        device.connections.append(connection)
        self.identity.add(connection)
        return connection

    def release(self, connection: Connection) -> None:
        """Take a connection out of its device and end its timer; its call keeps it until ``forget``."""
        connection.trigger(Trigger.RELEASE)
        connection.device.connections.remove(connection)
        if connection.timer is not None:
            connection.timer.cancel()
            connection.timer = None
        if connection.trunk is not None:
            connection.trunk.in_use -= 1
            connection.trunk = None
        for other in (connection.supervises, connection.supervised_by):
            if other is not None:
                other.supervises = None if other.supervises is connection else other.supervises
                other.supervised_by = None if other.supervised_by is connection else other.supervised_by

    def end(self, connection: Connection) -> None:
        """Send END_CALL_EVENT and forget a released connection, and its call with the last of them."""
        self.report_end(connection)
        self.forget(connection)

    def report_end(self, connection: Connection) -> None:
        """Send END_CALL_EVENT, now or when the peripheral is on-line again."""
        self.report.end(connection)
        if connection.known_as is not None:
            self.lost.append(connection)

    def forget(self, connection: Connection) -> None:
        """Take a released connection out of its call, and the call out of the plant with the last of them."""
        self.identity.remove(connection.key)
        call = connection.call
        call.connections.remove(connection)
        if not call.connections:
            self.calls.pop(call, None)

    def regroup(self, call: Call, connections: list[Connection], call_id: int) -> None:
        """Make ``connections`` those of ``call``, and ``call_id`` its ConnectionCallID."""
        for connection in connections:
            self.identity.remove(connection.key)
        for connection in connections:
            previous = connection.call
            if previous is not call:
                previous.connections.remove(connection)
                if not previous.connections:
                    self.calls.pop(previous, None)
                call.connections.append(connection)
                connection.call = call
        call.call_id = call_id
        for connection in connections:
            connection.connection_id = self.identity.free_id(call_id, connection.connection_id)
            self.identity.add(connection)

    def outside(self, number: str) -> Device:
        """A device outside the plant, which exists as long as its call."""
        return Device(number, number, DeviceIDType.DEVID_EXTERNAL)

    def free_trunk_group(self) -> TrunkGroup:
        """A trunk group with a free trunk. Raises ControlRefusal if all are in use."""
        for group in self.population.trunk_groups.values():
            if group.in_use < group.size:
                return group
        raise ControlRefusal(
            ControlFailureCode.CF_EXTERNAL_TRUNK_LIMIT_EXCEEDED, "all trunks of the plant carry a call"
        )

    def assign_router_key(self, call: Call) -> None:
        """Give a routed call its key; a call that is routed again gets the next sequence number."""
        if call.router_key is not None:
            day, call_id, sequence = call.router_key
            call.router_key = (day, call_id, sequence + 1)
            return
        day = self.now() // _SECONDS_A_DAY
        if day != self._router_day:  # the counter starts anew at midnight
            self._router_day = day
            self._router_call_id = 0
        self._router_call_id += 1
        call.router_key = (day, self._router_call_id, 0)

    # --- questions ----------------------------------------------------------------------------------

    @staticmethod
    def others(connection: Connection) -> Iterator[Connection]:
        """The other connections of a connection's call that have not ended."""
        for other in connection.call.connections:
            if other is not connection and other.state is not LocalConnectionState.LCS_NULL:
                yield other

    @staticmethod
    def at_device(agent: PlantAgent, *states: LocalConnectionState) -> Connection | None:
        """The agent's newest connection in one of these states, or None."""
        return next((c for c in reversed(agent.device.connections) if c.state in states), None)
