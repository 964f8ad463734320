"""Consult calls, conferences and transfers, and what they do to the ids of calls.

A conference or a transfer makes one call of two. The settings choose how clients learn the new ids
(``IdChange``). Where two orders of the events are permitted, the plant's disorder chooses one.
"""

from typing import Final

from ctios_fast.protocol import numbers as messages
from ctios_fast.protocol.enums import (
    CallType,
    ConsultType,
    ControlFailureCode,
    EventCause,
    LocalConnectionState,
)

from .call_context import CallContext
from .call_control import CallControl
from .call_data_limits import check_context
from .call_flow import CallFlow, Destination
from .desk import AgentDesk
from .entities import Call, Connection, Device, SkillGroup
from .floor import Floor
from .plant_error import ControlRefusal
from .plant_settings import IdChange

__all__ = ["CallMerging"]

_CONNECT: Final = LocalConnectionState.LCS_CONNECT
_HOLD: Final = LocalConnectionState.LCS_HOLD
_INITIATE: Final = LocalConnectionState.LCS_INITIATE
_NULL: Final = LocalConnectionState.LCS_NULL
_CONSULT_TYPES: Final = frozenset(kind.value for kind in ConsultType)


class CallMerging:
    """The operations that make a second call of an agent's device, and one call of two."""

    def __init__(self, floor: Floor, desk: AgentDesk, flow: CallFlow, control: CallControl) -> None:
        self._floor: Final = floor
        self._desk: Final = desk
        self._flow: Final = flow
        self._control: Final = control
        flow.when_joined = self._joined

    # --- consult ------------------------------------------------------------------------------------

    def consult(
        self,
        active: Connection,
        dialed: str,
        consult_type: int = ConsultType.CT_UNSPECIFIED,
        *,
        context: CallContext | None = None,
        group: SkillGroup | None = None,
        call_type: CallType = CallType.CALLTYPE_CONSULT,
    ) -> Connection:
        """Hold ``active`` and call ``dialed`` from the same device; return the new call's connection.

        ``consult_type``: ConsultType: unspecified, for a transfer, for a conference.
        ``context``: data that replace those which the new call inherits from the active one.

        Raises ControlRefusal: CF_NO_ACTIVE_CALL unless the call is connected, CF_NO_CALL_TO_COMPLETE for a
        supervisor's listening, CF_RESOURCE_BUSY if the device has another call, CF_VALUE_OUT_OF_RANGE for
        another consult type or data that events cannot carry, CF_INVALID_CALLED_DEVICE if the agent calls
        itself.
        """
        control, flow, floor = self._control, self._flow, self._floor
        control.require(active, ControlFailureCode.CF_NO_ACTIVE_CALL, _CONNECT)
        agent = control.require_agent(active)
        if consult_type not in _CONSULT_TYPES:
            raise ControlRefusal(
                ControlFailureCode.CF_VALUE_OUT_OF_RANGE, f"ConsultType is 0, 1 or 2, not {consult_type}"
            )
        if any(c is not active for c in agent.device.connections):
            raise ControlRefusal(
                ControlFailureCode.CF_RESOURCE_BUSY, f"device {agent.instrument} has a second call already"
            )
        self._require_other(active)
        control.check_dialed(agent, dialed)
        destination = flow.destination(dialed)
        data = active.call.context.copy()
        data.dialed_number = dialed
        if context is not None:
            data = _replaced(data, context)
        check_context(data)
        original = active.call
        shared = original.call_id if self._may_share_id(original) else None
        with floor.outlet:
            flow.hold(active, EventCause.CEC_CONSULT)
            call = floor.new_call(call_type, data, call_id=shared)
            call.original = original
            called = destination.device(floor)
            connection = flow.originate(call, agent, group or active.group, called)
            connection.internal = not destination.outside
            flow.extend(connection, destination, called)
        return connection

    def _may_share_id(self, original: Call) -> bool:
        """Whether clients can tell the original and a consult call apart if both have one id.

        They could not with a third call under the id, nor if a party of the original had yet to answer: whose
        CALL_ESTABLISHED_EVENT it is, they see by the call that lacks a connected destination.
        """
        return (
            self._floor.settings.shared_consult_id
            and self._has_own_id(original)
            and all(c.state in (_CONNECT, _HOLD) for c in original.connections)
        )

    def _has_own_id(self, call: Call) -> bool:
        return self._floor.identity.connections_of(call) == len(call.connections)

    # --- two calls become one -----------------------------------------------------------------------

    def conference(self, held: Connection, active: Connection) -> Connection:
        """Make one call of a held and an active call of a device; return the device's connection in it.

        Raises ControlRefusal: CF_NO_HELD_CALL, CF_NO_ACTIVE_CALL, CF_INVALID_OBJECT_STATE if the two are not
        calls of one device, CF_CONFERENCE_MEMBER_LIMIT_EXCEEDED.
        """
        control = self._control
        control.require(held, ControlFailureCode.CF_NO_HELD_CALL, _HOLD)
        control.require(active, ControlFailureCode.CF_NO_ACTIVE_CALL, _CONNECT)
        control.require_same_device(held, active)
        self._require_other(held)
        self._require_other(active)
        self._require_one_queue(*held.call.connections, *active.call.connections)
        self._require_size(len(held.call.connections) + len(active.call.connections) - 1)
        with self._floor.outlet:
            self._merge(held, active, transfer=False)
        return held

    def transfer(self, held: Connection, active: Connection) -> Connection:
        """Connect the other parties of a held and an active call; both of the device's connections end.

        The active call may still ring or wait in a queue. Returns a connection of the resulting call that
        belonged to the active one. Raises ControlRefusal as ``conference`` does.
        """
        control = self._control
        control.require(held, ControlFailureCode.CF_NO_HELD_CALL, _HOLD)
        control.require(active, ControlFailureCode.CF_NO_ACTIVE_CALL, _CONNECT, _INITIATE)
        control.require_same_device(held, active)
        self._require_other(held)
        target = self._require_other(active)
        self._require_one_queue(*held.call.connections, *active.call.connections)
        self._require_size(len(held.call.connections) + len(active.call.connections) - 2)
        with self._floor.outlet:
            self._merge(held, active, transfer=True)
        return target

    def _require_other(self, connection: Connection) -> Connection:
        """Another party of a connection's call."""
        other = next(self._floor.others(connection), None)
        if other is None:
            raise ControlRefusal(
                ControlFailureCode.CF_NO_CALL_TO_COMPLETE,
                f"the call of connection {connection.connection_id} has no other party to connect",
            )
        return other

    @staticmethod
    def _require_one_queue(*connections: Connection) -> None:
        """A call waits in one queue at a time."""
        if sum(c.queue is not None for c in connections) > 1:
            raise _waits_already()

    def _require_size(self, parties: int) -> None:
        if parties > self._floor.settings.max_conference:
            raise ControlRefusal(
                ControlFailureCode.CF_CONFERENCE_MEMBER_LIMIT_EXCEEDED,
                f"a call has at most {self._floor.settings.max_conference} parties, not {parties}",
            )

    def _merge(self, held: Connection, active: Connection, *, transfer: bool) -> None:
        floor, flow = self._floor, self._flow
        call, other = held.call, active.call
        primary, secondary = (held, held.key), (active, active.key)
        leaving = [held, active] if transfer else [active]
        everybody = [c for c in (*call.connections, *other.connections) if c.state is not _NULL]
        keeps_id = self._keeps_id(call, other)
        staying = [c for c in everybody if c not in leaving]
        added = next(floor.others(active)).device
        answered = active.state is _CONNECT
        for connection in everybody:
            flow.stop_stream(connection)
        if not transfer:
            flow.unhold(held)
        for connection in leaving:
            flow.leave(connection)
            floor.forget(connection)
        call.call_type = _merged_type(transfer, answered)
        call.context.fill_from(other.context)
        if any(c.queue is not None for c in staying if c.call is other):
            call.queue, call.reserved, call.queued_at = other.queue, other.reserved, other.queued_at
        floor.regroup(call, staying, call.call_id if keeps_id else floor.identity.new_call_id())
        message = messages.CALL_TRANSFERRED_EVENT if transfer else messages.CALL_CONFERENCED_EVENT
        self._report_merge(message, primary, secondary, staying, added, [c.device for c in everybody])
        for connection in leaving:
            floor.report_end(connection)
        for connection in staying:
            flow.start_stream(connection)
        self._desk.refresh(held.agent)
        flow.settle_agents(c for c in staying if c is not held)

    def _keeps_id(self, call: Call, other: Call) -> bool:
        """Whether the result keeps the first call's id, which then no third call may have."""
        sharing = len(call.connections) + (len(other.connections) if other.call_id == call.call_id else 0)
        return (
            self._floor.settings.id_change is IdChange.UPDATE
            and self._floor.identity.connections_of(call) == sharing
        )

    def _report_merge(
        self,
        message: int,
        primary: tuple[Connection, tuple[int, str]],
        secondary: tuple[Connection, tuple[int, str]],
        staying: list[Connection],
        added: Device,
        devices: list[Device],
    ) -> None:
        floor, report = self._floor, self._floor.report
        style = floor.settings.id_change
        known = {c: c.known_as for c in staying}
        for connection in staying:
            connection.known_as = connection.key
        if style is IdChange.BEGIN_END:
            self._begin_and_end(message, primary, secondary, known, added, devices)
            return
        updates_first = style is IdChange.UPDATE
        if floor.disorder is not None:
            updates_first = floor.disorder.flip()
        if updates_first:
            for connection, key in known.items():
                report.data_update(connection, key)
        report.merged(message, primary, secondary, staying, added, devices)
        if not updates_first:
            for connection, key in known.items():
                # where the event itself has changed the ids, the old ones are gone by now
                report.data_update(connection, key if style is IdChange.UPDATE else None)

    def _begin_and_end(
        self,
        message: int,
        primary: tuple[Connection, tuple[int, str]],
        secondary: tuple[Connection, tuple[int, str]],
        known: dict[Connection, tuple[int, str] | None],
        added: Device,
        devices: list[Device],
    ) -> None:
        report = self._floor.report
        for connection in known:
            connection.known_as = None
            report.begin(connection)
        report.merged(message, primary, secondary, list(known), added, devices)
        for connection in known:
            report.state(connection)
        for connection, key in known.items():
            if key is not None:
                report.end(connection, key)

    # --- single step --------------------------------------------------------------------------------

    def single_step_transfer(self, connection: Connection, dialed: str) -> Connection:
        """Send a connected call on to another number without a consult call; the device leaves at once.

        Returns the connection that rings or waits. Raises ControlRefusal: CF_NO_ACTIVE_CALL, and as
        ``CallFlow.check_free`` for the destination.
        """
        destination = self._single_step(connection, dialed)
        floor, flow, call = self._floor, self._flow, connection.call
        with floor.outlet:
            called = destination.device(floor)
            everybody = list(call.connections)
            flow.stop_stream(connection)
            call_type, call.call_type = call.call_type, CallType.CALLTYPE_OFFERED
            call.called = called
            target = self._extend(connection, destination, called)
            flow.leave(connection, call_type)
            floor.forget(connection)
            staying = list(call.connections)
            self._report_single_step(messages.CALL_TRANSFERRED_EVENT, connection, staying, called, everybody)
            floor.report_end(connection)
            self._desk.refresh(connection.agent)
        return target

    def single_step_conference(self, connection: Connection, dialed: str) -> Connection:
        """Let another number ring; it joins the call when it answers. Returns the device's connection.

        Raises ControlRefusal as ``single_step_transfer`` does, and CF_CONFERENCE_MEMBER_LIMIT_EXCEEDED.
        """
        destination = self._single_step(connection, dialed)
        self._require_size(len(connection.call.connections) + 1)
        if connection.call.pending_conference is not None:
            raise ControlRefusal(
                ControlFailureCode.CF_INVALID_OBJECT_STATE, "another party still rings for this conference"
            )
        with self._floor.outlet:
            connection.call.pending_conference = connection
            self._extend(connection, destination, destination.device(self._floor))
        return connection

    def _single_step(self, connection: Connection, dialed: str) -> Destination:
        control = self._control
        control.require(connection, ControlFailureCode.CF_NO_ACTIVE_CALL, _CONNECT)
        agent = control.require_agent(connection)
        control.check_dialed(agent, dialed)
        self._require_other(connection)
        if not self._has_own_id(connection.call):
            raise ControlRefusal(
                ControlFailureCode.CF_GENERIC_STATE_INCOMPATIBILITY,
                "a consult call shares the id of this call: complete or clear it first",
            )
        destination = self._flow.destination(dialed)
        if destination.queue is not None and any(c.queue is not None for c in connection.call.connections):
            raise _waits_already()
        self._flow.check_free(destination)
        return destination

    def _extend(self, connection: Connection, destination: Destination, called: Device) -> Connection:
        """Ring or wait at a destination that is free, and return the connection there."""
        self._flow.extend(connection, destination, called)
        return connection.call.connections[-1]

    def _joined(self, added: Connection) -> None:
        call = added.call
        controller, call.pending_conference = call.pending_conference, None
        if controller is None:
            return
        call.call_type = CallType.CALLTYPE_CONFERENCE
        everybody = [c for c in call.connections if c.state is not _NULL]
        self._report_single_step(
            messages.CALL_CONFERENCED_EVENT, controller, everybody, added.device, everybody
        )

    def _report_single_step(
        self,
        message: int,
        controller: Connection,
        staying: list[Connection],
        added: Device,
        everybody: list[Connection],
    ) -> None:
        floor, report = self._floor, self._floor.report
        devices = [c.device for c in (*everybody, *staying)]
        key = (controller.call.call_id, controller.connection_id)
        updates_first = floor.disorder is not None and floor.disorder.flip()
        if updates_first:
            for connection in staying:
                report.data_update(connection)
        report.merged(message, (controller, key), None, staying, added, devices)
        if not updates_first:
            for connection in staying:
                report.data_update(connection)


def _waits_already() -> ControlRefusal:
    return ControlRefusal(
        ControlFailureCode.CF_GENERIC_STATE_INCOMPATIBILITY, "the call waits in a queue already"
    )


def _merged_type(transfer: bool, answered: bool) -> CallType:
    if not transfer:
        return CallType.CALLTYPE_CONFERENCE
    return CallType.CALLTYPE_CONSULT_OFFERRED if answered else CallType.CALLTYPE_OFFERED


def _replaced(inherited: CallContext, given: CallContext) -> CallContext:
    """The inherited data with what was given in place of single items."""
    inherited.variables |= given.variables
    inherited.ecc |= given.ecc
    for name, values in given.arrays.items():
        inherited.arrays[name] = inherited.arrays.get(name, {}) | values
    inherited.wrapup = given.wrapup or inherited.wrapup
    inherited.user_to_user_info = given.user_to_user_info or inherited.user_to_user_info
    return inherited
