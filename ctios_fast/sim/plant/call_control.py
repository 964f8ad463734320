"""What agents' devices do with calls on request: make, answer, hold, retrieve, clear, deflect, and call data.

Every operation checks first and changes nothing when it raises ControlRefusal.
"""

from typing import Final

from ctios_fast.protocol.enums import (
    AgentState,
    CallType,
    ControlFailureCode,
    EventCause,
    LocalConnectionState,
)

from .call_context import CallContext, CallDataChanges
from .call_data_limits import check_attributes, check_context
from .call_flow import CallFlow
from .desk import AgentDesk
from .entities import Call, Connection, PlantAgent, SkillGroup
from .floor import Floor
from .plant_error import ControlRefusal
from .wire_limits import text_fault

__all__ = ["CallControl"]

_ALERTING: Final = LocalConnectionState.LCS_ALERTING
_CONNECT: Final = LocalConnectionState.LCS_CONNECT
_HOLD: Final = LocalConnectionState.LCS_HOLD
_INITIATE: Final = LocalConnectionState.LCS_INITIATE
_FAIL: Final = LocalConnectionState.LCS_FAIL
_NULL: Final = LocalConnectionState.LCS_NULL
_OFF_HOOK: Final = frozenset({_CONNECT, _INITIATE, _FAIL})
_MAY_CALL: Final = frozenset({AgentState.AGENT_STATE_LOGIN, AgentState.AGENT_STATE_NOT_READY})
_DIGITS: Final = frozenset("0123456789*#ABCD")
_MAX_DIGITS: Final = 32


class CallControl:
    """The operations of agents' devices."""

    def __init__(self, floor: Floor, desk: AgentDesk, flow: CallFlow) -> None:
        self._floor: Final = floor
        self._desk: Final = desk
        self._flow: Final = flow

    # --- looking up ---------------------------------------------------------------------------------

    def find_connection(self, call_id: int, connection_id: str, instrument: str | None = None) -> Connection:
        """The connection that a request names.

        ``call_id``, ``connection_id``: ConnectionCallID and ConnectionDeviceID.
        ``instrument``: the device that the connection must be at; None: any.

        Raises ControlRefusal: CF_INVALID_CSTA_CONNECTION_IDENTIFIER if there is no such connection,
        CF_INVALID_CSTA_DEVICE_IDENTIFIER if it is at another device.
        """
        connection = self._floor.identity.connections.get((call_id, connection_id))
        if connection is None or connection.state is _NULL:
            raise ControlRefusal(
                ControlFailureCode.CF_INVALID_CSTA_CONNECTION_IDENTIFIER,
                f"no call has the connection {connection_id!r} with ConnectionCallID {call_id}",
            )
        if instrument is not None and connection.device.device_id != instrument:
            raise ControlRefusal(
                ControlFailureCode.CF_INVALID_CSTA_DEVICE_IDENTIFIER,
                f"connection {connection_id!r} is at device {connection.device.device_id}, not {instrument}",
            )
        return connection

    def alerting(self, agent: PlantAgent) -> Connection:
        """The agent's ringing connection. Raises ControlRefusal CF_NO_CALL_TO_ANSWER."""
        return self._at(agent, ControlFailureCode.CF_NO_CALL_TO_ANSWER, "ringing", _ALERTING)

    def active(self, agent: PlantAgent) -> Connection:
        """The agent's connected connection. Raises ControlRefusal CF_NO_ACTIVE_CALL."""
        return self._at(agent, ControlFailureCode.CF_NO_ACTIVE_CALL, "active", _CONNECT)

    def held(self, agent: PlantAgent) -> Connection:
        """The agent's held connection. Raises ControlRefusal CF_NO_HELD_CALL."""
        return self._at(agent, ControlFailureCode.CF_NO_HELD_CALL, "held", _HOLD)

    def present(self, agent: PlantAgent) -> Connection:
        """The agent's call to hang up: an active one, else what else it has. CF_NO_CALL_TO_CLEAR if none."""
        found = self._floor.at_device(agent, *_OFF_HOOK)
        if found is not None:
            return found
        return self._at(agent, ControlFailureCode.CF_NO_CALL_TO_CLEAR, "present", _HOLD, _ALERTING)

    def _at(
        self, agent: PlantAgent, code: ControlFailureCode, what: str, *states: LocalConnectionState
    ) -> Connection:
        found = self._floor.at_device(agent, *states)
        if found is None:
            raise ControlRefusal(code, f"agent {agent.agent_id} has no {what} call")
        return found

    # --- checks -------------------------------------------------------------------------------------

    def check_online(self) -> None:
        """Raise ControlRefusal while the peripheral is off-line."""
        if not self._floor.online:
            raise ControlRefusal(ControlFailureCode.CF_RESOURCE_OUT_OF_SERVICE, "the peripheral is off-line")

    def require(
        self, connection: Connection, code: ControlFailureCode, *states: LocalConnectionState
    ) -> None:
        """Raise ControlRefusal with ``code`` unless the connection is in one of the states."""
        self.check_online()
        if connection.state not in states:
            wanted = " or ".join(state.name for state in states)
            raise ControlRefusal(
                code, f"connection {connection.connection_id} is {connection.state.name}, not {wanted}"
            )

    def _require_no_active(self, connection: Connection) -> None:
        other = next(
            (c for c in connection.device.connections if c is not connection and c.state in _OFF_HOOK), None
        )
        if other is not None:
            raise ControlRefusal(
                ControlFailureCode.CF_GENERIC_STATE_INCOMPATIBILITY,
                f"device {connection.device.device_id} has an active call: hold it first, or alternate",
            )

    @staticmethod
    def require_agent(connection: Connection) -> PlantAgent:
        """The connection's agent. Raises ControlRefusal if it is not at an agent's device."""
        if connection.agent is None:
            raise ControlRefusal(
                ControlFailureCode.CF_PRIVILEGE_VIOLATION_ON_SPECIFIED_DEVICE,
                f"{connection.device.device_id} is not an agent's device and cannot be controlled",
            )
        return connection.agent

    # --- operations ---------------------------------------------------------------------------------

    def make_call(
        self,
        agent: PlantAgent,
        dialed: str,
        *,
        context: CallContext | None = None,
        group: SkillGroup | None = None,
        call_type: CallType | None = None,
    ) -> Connection:
        """Call ``dialed`` from an agent's device and return the agent's connection.

        ``dialed``: an extension, a queue, a dialled number, or an outside number.
        ``context``: data of the new call.
        ``group``: the skill group on whose behalf; None: the agent's first.
        ``call_type``: None: AGENT_INSIDE or OUT by destination.

        Raises ControlRefusal: CF_INVALID_OBJECT_STATE unless the agent is not ready, CF_RESOURCE_BUSY if its
        device has a call, CF_INVALID_CALLED_DEVICE if it calls itself or nobody, CF_VALUE_OUT_OF_RANGE for
        data that events cannot carry.
        """
        self.check_online()
        if agent.state not in _MAY_CALL:
            state = agent.state.name.removeprefix("AGENT_STATE_")
            raise ControlRefusal(
                ControlFailureCode.CF_INVALID_OBJECT_STATE,
                f"agent {agent.agent_id} is {state}: only an agent that is NOT_READY can make a call",
            )
        if agent.device.connections:
            raise ControlRefusal(
                ControlFailureCode.CF_RESOURCE_BUSY, f"device {agent.instrument} has a call: consult instead"
            )
        self.check_dialed(agent, dialed)
        flow, floor = self._flow, self._floor
        destination = flow.destination(dialed)
        data = CallContext() if context is None else context.copy()
        data.dialed_number = data.dialed_number or dialed
        check_context(data)
        if call_type is None:
            call_type = CallType.CALLTYPE_OUT if destination.outside else CallType.CALLTYPE_AGENT_INSIDE
        with floor.outlet:
            call = floor.new_call(call_type, data)
            called = destination.device(floor)
            connection = flow.originate(call, agent, group, called)
            connection.internal = not destination.outside
            flow.extend(connection, destination, called)
        return connection

    @staticmethod
    def check_dialed(agent: PlantAgent, dialed: str) -> None:
        """Raise ControlRefusal CF_INVALID_CALLED_DEVICE for the agent's own number, or what is not a number.

        Raises TypeError for a value that is not a str.
        """
        fault = text_fault("number to call", dialed)
        if fault:
            raise ControlRefusal(ControlFailureCode.CF_INVALID_CALLED_DEVICE, fault)
        if not dialed or dialed == agent.extension:
            raise ControlRefusal(
                ControlFailureCode.CF_INVALID_CALLED_DEVICE,
                f"agent {agent.agent_id} cannot call {dialed!r}: give another number than its own",
            )

    def answer(self, connection: Connection) -> None:
        """Answer a ringing call.

        Raises ControlRefusal: CF_NO_CALL_TO_ANSWER; CF_GENERIC_STATE_INCOMPATIBILITY with another active
        call.
        """
        self.require(connection, ControlFailureCode.CF_NO_CALL_TO_ANSWER, _ALERTING)
        self._require_no_active(connection)
        with self._floor.outlet:
            self._flow.establish(connection)

    def hold(self, connection: Connection) -> None:
        """Hold a connected call. Raises ControlRefusal CF_NO_ACTIVE_CALL."""
        self.require(connection, ControlFailureCode.CF_NO_ACTIVE_CALL, _CONNECT)
        self.require_agent(connection)
        with self._floor.outlet:
            self._flow.hold(connection)
            self._desk.refresh(connection.agent)

    def retrieve(self, connection: Connection) -> None:
        """Retrieve a held call.

        Raises ControlRefusal: CF_NO_HELD_CALL, CF_GENERIC_STATE_INCOMPATIBILITY with another active call.
        """
        self.require(connection, ControlFailureCode.CF_NO_HELD_CALL, _HOLD)
        self._require_no_active(connection)
        with self._floor.outlet:
            self._flow.retrieve(connection)
            self._desk.refresh(connection.agent)

    def alternate(self, active: Connection, other: Connection) -> None:
        """Hold ``active``, then retrieve ``other`` or answer it.

        Raises ControlRefusal: CF_NO_ACTIVE_CALL, CF_NO_HELD_CALL, CF_INVALID_OBJECT_STATE if the two are not
        calls of one device.
        """
        self.require(active, ControlFailureCode.CF_NO_ACTIVE_CALL, _CONNECT)
        self.require(other, ControlFailureCode.CF_NO_HELD_CALL, _HOLD, _ALERTING)
        self.require_same_device(active, other)
        with self._floor.outlet:
            self._flow.hold(active, EventCause.CEC_ALTERNATE)
            if other.state is _HOLD:
                self._flow.retrieve(other, EventCause.CEC_ALTERNATE)
                self._desk.refresh(other.agent)
            else:
                self._flow.establish(other)

    @staticmethod
    def require_same_device(one: Connection, other: Connection) -> None:
        """Raise ControlRefusal unless the two are different calls of one agent's device."""
        if one.device is not other.device or one is other or one.agent is None:
            raise ControlRefusal(
                ControlFailureCode.CF_INVALID_OBJECT_STATE,
                f"connections {one.connection_id} and {other.connection_id} are not two calls of one device",
            )

    def reconnect(self, active: Connection, held: Connection) -> None:
        """Clear ``active``, then retrieve ``held``. Raises ControlRefusal as ``alternate`` does."""
        self.require(active, ControlFailureCode.CF_NO_ACTIVE_CALL, _CONNECT, _INITIATE, _FAIL)
        self.require(held, ControlFailureCode.CF_NO_HELD_CALL, _HOLD)
        self.require_same_device(active, held)
        with self._floor.outlet:
            self._flow.drop(active)
            if held.state is _HOLD:
                self._flow.retrieve(held)
                self._desk.refresh(held.agent)

    def clear_call(self, connection: Connection) -> None:
        """Release every device of the call. Raises ControlRefusal CF_NO_CALL_TO_CLEAR."""
        self._require_clearable(connection, ControlFailureCode.CF_NO_CALL_TO_CLEAR)
        with self._floor.outlet:
            self._flow.clear(connection.call)

    def clear_connection(self, connection: Connection) -> None:
        """Release one device. A call that still rings there goes back to its queue, if it came from one.

        Raises ControlRefusal CF_NO_CONNECTION_TO_CLEAR.
        """
        self._require_clearable(connection, ControlFailureCode.CF_NO_CONNECTION_TO_CLEAR)
        with self._floor.outlet:
            if connection.state is _ALERTING and connection.call.queue is not None:
                self._flow.ring_no_answer(connection)
            else:
                self._flow.drop(connection)

    def _require_clearable(self, connection: Connection, code: ControlFailureCode) -> None:
        self.check_online()
        if connection.state is _NULL:
            raise ControlRefusal(code, f"connection {connection.connection_id} has ended")

    def deflect(self, connection: Connection, dialed: str) -> None:
        """Send a ringing call on to another number.

        Raises ControlRefusal: CF_NO_CALL_TO_ANSWER unless it rings, and as ``make_call`` for the number.
        """
        self.require(connection, ControlFailureCode.CF_NO_CALL_TO_ANSWER, _ALERTING)
        agent = self.require_agent(connection)
        self.check_dialed(agent, dialed)
        flow = self._flow
        destination = flow.destination(dialed)
        flow.check_free(destination)
        if destination.outside:
            raise ControlRefusal(
                ControlFailureCode.CF_INVALID_FORWARDING_DESTINATION,
                f"a ringing call cannot be deflected to the outside number {dialed}",
            )
        call = connection.call
        with self._floor.outlet:
            called = destination.device(self._floor)
            flow.divert(connection, called, EventCause.CEC_CALL_FORWARD)
            call.called = called
            if destination.agent is not None:
                flow.ring(call, destination.agent, EventCause.CEC_CALL_FORWARD)
            elif destination.queue is not None:
                flow.enqueue(call, destination.queue, EventCause.CEC_CALL_FORWARD)
            self._desk.refresh(agent)

    def send_dtmf(self, connection: Connection, digits: str) -> None:
        """Send tones into a connected call.

        Raises ControlRefusal: CF_NO_ACTIVE_CALL, CF_VALUE_OUT_OF_RANGE for more than 32 or other digits.
        """
        self.require(connection, ControlFailureCode.CF_NO_ACTIVE_CALL, _CONNECT)
        if not 0 < len(digits) <= _MAX_DIGITS or not _DIGITS.issuperset(digits.upper()):
            raise ControlRefusal(
                ControlFailureCode.CF_VALUE_OUT_OF_RANGE,
                f"DTMF digits are 1 to {_MAX_DIGITS} of 0-9 * # A-D, not {digits!r}",
            )

    # --- call data ----------------------------------------------------------------------------------

    def set_call_data(self, call: Call, changes: CallDataChanges) -> None:
        """Change data of a call and report them for each of its connections.

        Raises ControlRefusal CF_VALUE_OUT_OF_RANGE for data that events cannot carry.
        """
        context, changed = _changed(call.context, changes)
        check_context(context)
        check_attributes(changes)
        with self._floor.outlet:
            call.context = context
            changed += _set_attributes(call, changes)
            for connection in list(call.connections):
                self._floor.report.data_update(connection, changed=changed)

    def release_call(self, connection: Connection) -> None:
        """No more data come for a call (RELEASE_CALL_REQ); the call itself goes on."""
        connection.call.released = True

    # --- other parties ------------------------------------------------------------------------------

    def caller_hangs_up(self, call: Call) -> None:
        """The outside party leaves, as a customer does who hangs up or gives up waiting.

        Raises ControlRefusal CF_NO_CALL_TO_CLEAR if the call has no outside party.
        """
        outside = next((c for c in call.connections if c.trunk is not None and c.state is not _NULL), None)
        if outside is None:
            raise ControlRefusal(
                ControlFailureCode.CF_NO_CALL_TO_CLEAR,
                f"call {call.call_id} has no party outside that could hang up",
            )
        with self._floor.outlet:
            self._flow.drop(outside)

    def external_answers(self, call: Call) -> None:
        """The outside number that an agent has called answers. Raises ControlRefusal CF_NO_CALL_TO_ANSWER."""
        outside = next((c for c in call.connections if c.trunk is not None and c.state is _ALERTING), None)
        if outside is None:
            raise ControlRefusal(
                ControlFailureCode.CF_NO_CALL_TO_ANSWER, f"call {call.call_id} does not ring outside"
            )
        with self._floor.outlet:
            self._flow.establish(outside)

    def bad_call(self, connection: Connection) -> None:
        """Take note of a bad line. Raises ControlRefusal CF_NO_ACTIVE_CALL without a conversation."""
        self.require(connection, ControlFailureCode.CF_NO_ACTIVE_CALL, _CONNECT, _HOLD)

    # --- recording ----------------------------------------------------------------------------------

    def start_recording(self, connection: Connection) -> None:
        """Record a conversation.

        Raises ControlRefusal: CF_NO_ACTIVE_CALL, CF_INVALID_OBJECT_STATE if it is being recorded already.
        """
        self.require(connection, ControlFailureCode.CF_NO_ACTIVE_CALL, _CONNECT)
        self._require_recording(connection, False)
        connection.recording = True

    def stop_recording(self, connection: Connection) -> None:
        """End a recording. Raises ControlRefusal CF_INVALID_OBJECT_STATE if there is none."""
        self.check_online()
        self._require_recording(connection, True)
        connection.recording = False

    @staticmethod
    def _require_recording(connection: Connection, recording: bool) -> None:
        if connection.recording is not recording:
            raise ControlRefusal(
                ControlFailureCode.CF_INVALID_OBJECT_STATE,
                f"connection {connection.connection_id} is {'not ' if recording else ''}being recorded",
            )


def _changed(context: CallContext, changes: CallDataChanges) -> tuple[CallContext, list[tuple[str, object]]]:
    """A context with the changes, and the floating fields that show them beside the named variables."""
    new = context.copy()
    new.ecc |= changes.ecc or {}
    for name, values in (changes.arrays or {}).items():
        new.arrays[name] = new.arrays.get(name, {}) | values
    changed: list[tuple[str, object]] = []
    if changes.ani is not None:
        new.ani = changes.ani
        changed.append(("ANI", changes.ani))
    if changes.user_to_user_info is not None:
        new.user_to_user_info = changes.user_to_user_info
        changed.append(("UserToUserInfo", changes.user_to_user_info))
    if changes.caller_entered_digits is not None:
        new.caller_entered_digits = changes.caller_entered_digits
        changed.append(("CallerEnteredDigits", changes.caller_entered_digits))
    new.variables |= changes.variables or {}
    changed += (changes.variables or {}).items()
    if changes.wrapup is not None:
        new.wrapup = changes.wrapup
        changed.append(("CallWrapupData", changes.wrapup))
    return new, changed


def _set_attributes(call: Call, changes: CallDataChanges) -> list[tuple[str, object]]:
    """Apply the changes of the call's own attributes and return the floating fields that show them."""
    if changes.call_type is not None:
        call.call_type = changes.call_type
    if changes.disposition is not None:
        call.disposition = changes.disposition
    if changes.campaign_id is not None:
        call.campaign_id = changes.campaign_id
    if changes.query_rule_id is not None:
        call.query_rule_id = changes.query_rule_id
    if changes.router_key is not None:
        call.router_key = changes.router_key
    changed: list[tuple[str, object]] = []
    if changes.customer_phone_number is not None:
        call.customer_phone_number = changes.customer_phone_number
        changed.append(("CustomerPhoneNumber", changes.customer_phone_number))
    if changes.customer_account_number is not None:
        call.customer_account_number = changes.customer_account_number
        changed.append(("CustomerAccountNumber", changes.customer_account_number))
    return changed
