"""The plant's call events: one method for each message, which builds it from a connection.

Every event names the connection that it is about, and goes to the clients of that connection's device, to the
monitors of its call and to All Events clients. Conferences and transfers concern all devices of both calls.
"""

from collections.abc import Iterable
from typing import Final

from ctios_fast.protocol import numbers as messages
from ctios_fast.protocol.codes import NULL_ID, NULL_SERVICE, NULL_SKILL_GROUP
from ctios_fast.protocol.enums import (
    CallType,
    ConnectionDeviceIDType,
    DeviceIDType,
    EventCause,
    LineType,
    LocalConnectionState,
    PeripheralType,
)

from .call_context import CallContext
from .entities import VOICE_MRD, Call, Connection, Device, PlantAgent, Queue, SkillGroup
from .event_outlet import EventOutlet
from .plant_event import CALL_MASK_BIT, Audience, PlantEvent

__all__ = ["CallReports", "context_floating"]

NO_CAUSE: Final = EventCause.CEC_NONE
_IN_TALK: Final = frozenset({LocalConnectionState.LCS_CONNECT, LocalConnectionState.LCS_HOLD})
_UNKNOWN_LINE: Final = 0xFFFF
_LINE: Final = 1
_NO_DEVICE: Final = int(DeviceIDType.DEVID_NONE)
_SILENT_MONITOR_TYPES: Final = frozenset(
    {CallType.CALLTYPE_SUPERVISOR_MONITOR, CallType.CALLTYPE_SUPERVISOR_WHISPER}
)
_LINE_TYPES: Final = {
    CallType.CALLTYPE_AGENT_INSIDE: LineType.LINETYPE_INSIDE,
    CallType.CALLTYPE_CONSULT: LineType.LINETYPE_INSIDE,
    CallType.CALLTYPE_OUT: LineType.LINETYPE_OUTBOUND,
    CallType.CALLTYPE_OTHER_IN: LineType.LINETYPE_DID,
    CallType.CALLTYPE_SUPERVISOR_MONITOR: LineType.LINETYPE_SILENT_MONITOR,
    CallType.CALLTYPE_SUPERVISOR_WHISPER: LineType.LINETYPE_SUPERVISOR,
    CallType.CALLTYPE_ASSIST: LineType.LINETYPE_HELP,
    CallType.CALLTYPE_EMERGENCY: LineType.LINETYPE_HELP,
}
"""Call type -> the kind of line; the others come by an inbound ACD line."""

_Fields = dict[str, int]
_Floats = list[tuple[str, object]]


def context_floating(context: CallContext) -> _Floats:
    """The floating fields of a call's data that several messages have in common, without the named ones."""
    floating: _Floats = []
    if context.ani:
        floating.append(("ANI", context.ani))
    if context.user_to_user_info:
        floating.append(("UserToUserInfo", context.user_to_user_info))
    if context.dnis:
        floating.append(("DNIS", context.dnis))
    if context.dialed_number:
        floating.append(("DialedNumber", context.dialed_number))
    if context.caller_entered_digits:
        floating.append(("CallerEnteredDigits", context.caller_entered_digits))
    floating += context.variables.items()
    if context.wrapup:
        floating.append(("CallWrapupData", context.wrapup))
    return floating


def named_floating(context: CallContext) -> tuple[_Floats, int, int]:
    """The NamedVariable and NamedArray fields of a call, and how many there are of each."""
    floating: _Floats = [("NamedVariable", item) for item in context.ecc.items()]
    variables = len(floating)
    for name, values in context.arrays.items():
        floating += [("NamedArray", (name, index, value)) for index, value in values.items()]
    return floating, variables, len(floating) - variables


def _devices(fields: _Fields, floating: _Floats, **named: Device | None) -> None:
    """Add the DeviceType and DeviceID fields of each named device; None is DEVID_NONE without an id."""
    for name, device in named.items():
        if device is None:
            fields[f"{name}DeviceType"] = _NO_DEVICE
        else:
            kind = device.kind
            if kind is DeviceIDType.DEVID_AGENT_DEVICE:
                kind = DeviceIDType.DEVID_DEVICE_IDENTIFIER
            fields[f"{name}DeviceType"] = kind
            floating.append((f"{name}DeviceID", device.number))


class CallReports:
    """Builds call events and puts them into the outlet."""

    def __init__(self, peripheral_id: int, outlet: EventOutlet) -> None:
        self._outlet: Final = outlet
        self._peripheral: Final[_Fields] = {
            "PeripheralID": peripheral_id,
            "PeripheralType": PeripheralType.PT_ENTERPRISE_AGENT,
        }
        self._peripheral_id: Final = peripheral_id

    # --- parts that messages have in common -------------------------------------------------------

    def _head(self, c: Connection) -> _Fields:
        return {
            **self._peripheral,
            "ConnectionDeviceIDType": c.id_type,
            "ConnectionCallID": c.call.call_id,
        }

    @staticmethod
    def _event(
        message: int, c: Connection, fields: _Fields, floating: _Floats, all_events: bool = False
    ) -> PlantEvent:
        audience = Audience(
            devices=c.device.names,
            calls=(c.call.call_id,),
            call_mask=CALL_MASK_BIT.get(message, 0),
            all_events_only=all_events,
        )
        return PlantEvent(message, fields, tuple(floating), audience)

    def _put(self, message: int, c: Connection, fields: _Fields, floating: _Floats) -> None:
        self._outlet.put(self._event(message, c, fields, floating))

    @staticmethod
    def _service(fields: _Fields, call: Call) -> None:
        service = call.service
        if service is None:
            fields["ServiceNumber"] = fields["ServiceID"] = NULL_SERVICE
        else:
            fields["ServiceNumber"] = service.number
            fields["ServiceID"] = service.service_id

    @staticmethod
    def _group(fields: _Fields, group: SkillGroup | None) -> None:
        if group is None:
            fields["SkillGroupNumber"] = fields["SkillGroupID"] = NULL_SKILL_GROUP
        else:
            fields["SkillGroupNumber"] = group.number
            fields["SkillGroupID"] = group.group_id
        fields["SkillGroupPriority"] = 0

    @staticmethod
    def _line(fields: _Fields, c: Connection) -> None:
        if c.agent is None:
            fields["LineHandle"] = fields["LineType"] = _UNKNOWN_LINE
        else:
            fields["LineHandle"] = _LINE
            fields["LineType"] = _LINE_TYPES.get(c.call.call_type, LineType.LINETYPE_INBOUND_ACD)

    @staticmethod
    def _state(fields: _Fields, c: Connection, cause: EventCause) -> None:
        fields["LocalConnectionState"] = c.state
        fields["EventCause"] = cause

    @staticmethod
    def _trunk(floating: _Floats, c: Connection) -> None:
        if c.trunk is not None:
            floating += [("TrunkNumber", c.trunk_number), ("TrunkGroupNumber", c.trunk.number)]

    def _with_device(
        self, c: Connection, cause: EventCause, **devices: Device | None
    ) -> tuple[_Fields, _Floats]:
        """The fields of an event about a connection with its line, service, group, devices and state."""
        fields = self._head(c)
        floating: _Floats = [("ConnectionDeviceID", c.connection_id)]
        self._line(fields, c)
        self._service(fields, c.call)
        self._group(fields, c.group)
        _devices(fields, floating, **devices)
        self._state(fields, c, cause)
        return fields, floating

    # --- begin, end, data -------------------------------------------------------------------------

    def begin(self, c: Connection) -> None:
        """BEGIN_CALL_EVENT; nothing if the connection's was sent already."""
        if c.known_as is not None or self._outlet.muted:
            return
        c.known_as = c.key
        self._outlet.put(self.begin_event(c))

    def begin_event(self, c: Connection) -> PlantEvent:
        """The BEGIN_CALL_EVENT of a connection as it is now."""
        call = c.call
        named, variables, arrays = named_floating(call.context)
        fields = self._head(c)
        fields["NumCTIClients"] = 0
        fields["NumNamedVariables"] = variables
        fields["NumNamedArrays"] = arrays
        fields["CallType"] = call.call_type
        fields["CalledPartyDisposition"] = call.disposition
        floating: _Floats = [("ConnectionDeviceID", c.connection_id), *context_floating(call.context)]
        floating += _router_key(call)
        floating += named
        if call.reference:
            floating.append(("CallReferenceID", call.reference))
        return self._event(messages.BEGIN_CALL_EVENT, c, fields, floating)

    def end(self, c: Connection, key: tuple[int, str] | None = None) -> None:
        """END_CALL_EVENT under the key that clients know, or under ``key``, which they knew it by before.

        Nothing if BEGIN_CALL_EVENT was not sent.
        """
        if self._outlet.muted:
            return
        if key is None:
            key, c.known_as = c.known_as, None
        if key is None:
            return
        call_id, connection_id = key
        fields = {
            **self._peripheral,
            "ConnectionDeviceIDType": c.id_type,
            "ConnectionCallID": call_id,
        }
        audience = Audience(
            devices=c.device.names, calls=(call_id,), call_mask=CALL_MASK_BIT[messages.END_CALL_EVENT]
        )
        floating = (("ConnectionDeviceID", connection_id),)
        self._outlet.put(PlantEvent(messages.END_CALL_EVENT, fields, floating, audience))

    def data_update(
        self, c: Connection, old: tuple[int, str] | None = None, changed: Iterable[tuple[str, object]] = ()
    ) -> None:
        """CALL_DATA_UPDATE_EVENT: ``old`` ids where they change, ``changed`` the floating fields that do.

        All named variables and arrays of the call go with it, as the protocol demands.
        """
        call = c.call
        old_call_id, old_connection_id = old or c.key
        named, variables, arrays = named_floating(call.context)
        fields: _Fields = {
            **self._peripheral,
            "NumCTIClients": 0,
            "NumNamedVariables": variables,
            "NumNamedArrays": arrays,
            "CallType": call.call_type,
            "ConnectionDeviceIDType": c.id_type,
            "ConnectionCallID": old_call_id,
            "NewConnectionDeviceIDType": c.id_type,
            "NewConnectionCallID": call.call_id,
            "CalledPartyDisposition": call.disposition,
            "CampaignID": call.campaign_id,
            "QueryRuleID": call.query_rule_id,
        }
        floating = (
            ("ConnectionDeviceID", old_connection_id),
            ("NewConnectionDeviceID", c.connection_id),
            *changed,
            *_router_key(call),
            *named,
        )
        calls = (old_call_id,) if old_call_id == call.call_id else (old_call_id, call.call_id)
        audience = Audience(
            devices=c.device.names, calls=calls, call_mask=CALL_MASK_BIT[messages.CALL_DATA_UPDATE_EVENT]
        )
        self._outlet.put(PlantEvent(messages.CALL_DATA_UPDATE_EVENT, fields, floating, audience))

    def state_event(self, c: Connection, cause: EventCause) -> PlantEvent | None:
        """The event that shows the state of a connection; None for one that has ended."""
        if c.state is LocalConnectionState.LCS_FAIL:
            return self._failed_event(c, c.call.called, cause)
        if c.state is LocalConnectionState.LCS_INITIATE:
            return self._delivered_event(c, cause, None, all_events=c.trunk is not None)
        if c.state is LocalConnectionState.LCS_ALERTING:
            return self._delivered_event(c, cause, c.device)
        if c.state in _IN_TALK:
            return self.established_event(c, c.device, cause)
        if c.queue is not None:
            return self._queued_event(c, c.queue, cause)
        return None

    def state(self, c: Connection, cause: EventCause = EventCause.CEC_CALL_PARTY_UPDATE_IND) -> None:
        """Report the state of a connection that clients see for the first time."""
        event = self.state_event(c, cause)
        if event is not None:
            self._outlet.put(event)

    # --- on the way to the called device ----------------------------------------------------------

    def trunk_seized(self, c: Connection) -> None:
        """CALL_DELIVERED_EVENT for an inbound trunk: LCS_INITIATE, for All Events clients alone."""
        self._outlet.put(self._delivered_event(c, NO_CAUSE, None, all_events=True))

    def delivered(self, c: Connection, ringing: Device, cause: EventCause = NO_CAUSE) -> None:
        """CALL_DELIVERED_EVENT about the ringing connection, or about the caller's."""
        self._outlet.put(self._delivered_event(c, cause, ringing))

    def _delivered_event(
        self, c: Connection, cause: EventCause, ringing: Device | None, all_events: bool = False
    ) -> PlantEvent:
        fields, floating = self._delivered_fields(c, cause, ringing)
        return self._event(messages.CALL_DELIVERED_EVENT, c, fields, floating, all_events)

    def _delivered_fields(
        self, c: Connection, cause: EventCause, ringing: Device | None
    ) -> tuple[_Fields, _Floats]:
        call = c.call
        fields, floating = self._with_device(
            c,
            cause,
            Alerting=ringing,
            Calling=call.calling,
            Called=call.called,
            LastRedirect=call.last_redirect,
        )
        self._trunk(floating, c)
        named, fields["NumNamedVariables"], fields["NumNamedArrays"] = named_floating(call.context)
        floating += context_floating(call.context)
        floating += named
        return fields, floating

    def queued(self, c: Connection, queue: Queue, cause: EventCause = NO_CAUSE) -> None:
        """CALL_QUEUED_EVENT."""
        self._outlet.put(self._queued_event(c, queue, cause))

    def _queued_event(self, c: Connection, queue: Queue, cause: EventCause) -> PlantEvent:
        call = c.call
        fields = self._head(c)
        floating: _Floats = [("ConnectionDeviceID", c.connection_id)]
        self._service(fields, call)
        _devices(
            fields,
            floating,
            Queue=queue.device,
            Calling=call.calling,
            Called=call.called,
            LastRedirect=call.last_redirect,
        )
        fields["NumQueued"] = len(queue.waiting)
        floating += _queue_groups(queue)
        fields["NumSkillGroups"] = 1
        self._state(fields, c, cause)
        return self._event(messages.CALL_QUEUED_EVENT, c, fields, floating)

    def dequeued(self, c: Connection, queue: Queue, cause: EventCause = NO_CAUSE) -> None:
        """CALL_DEQUEUED_EVENT."""
        fields = self._head(c)
        floating: _Floats = [("ConnectionDeviceID", c.connection_id)]
        fields["QueueDeviceType"] = queue.device.kind
        self._service(fields, c.call)
        fields["NumQueued"] = len(queue.waiting)
        floating += _queue_groups(queue)
        fields["NumSkillGroups"] = 1
        self._state(fields, c, cause)
        self._put(messages.CALL_DEQUEUED_EVENT, c, fields, floating)

    def service_initiated(self, c: Connection) -> None:
        """CALL_SERVICE_INITIATED_EVENT, with the original call of a consult call."""
        call = c.call
        cause = NO_CAUSE if call.original is None else EventCause.CEC_CONSULT
        fields, floating = self._with_device(c, cause, Calling=c.device)
        if call.reference:
            floating.append(("CallReferenceID", call.reference))
        if call.original is not None:
            floating += [
                ("COCConnectionCallID", call.original.call_id),
                ("COCCallConnectionDeviceIDType", int(c.id_type)),
            ]
        self._put(messages.CALL_SERVICE_INITIATED_EVENT, c, fields, floating)

    def originated(self, c: Connection) -> None:
        """CALL_ORIGINATED_EVENT."""
        fields, floating = self._with_device(c, NO_CAUSE, Calling=c.device, Called=c.call.called)
        self._put(messages.CALL_ORIGINATED_EVENT, c, fields, floating)

    def reached_network(self, c: Connection, outside: Connection) -> None:
        """CALL_REACHED_NETWORK_EVENT about the caller's connection."""
        fields = self._head(c)
        floating: _Floats = [("ConnectionDeviceID", c.connection_id)]
        self._line(fields, c)
        fields["TrunkUsedDeviceType"] = DeviceIDType.DEVID_TRUNK_IDENTIFIER
        floating.append(("TrunkUsedDeviceID", str(outside.trunk_number)))
        _devices(fields, floating, Called=outside.device)
        self._state(fields, c, NO_CAUSE)
        self._trunk(floating, outside)
        self._put(messages.CALL_REACHED_NETWORK_EVENT, c, fields, floating)

    def failed(self, c: Connection, failing: Device | None, cause: EventCause) -> None:
        """CALL_FAILED_EVENT about the caller's connection."""
        self._outlet.put(self._failed_event(c, failing, cause))

    def _failed_event(self, c: Connection, failing: Device | None, cause: EventCause) -> PlantEvent:
        fields = self._head(c)
        floating: _Floats = [("ConnectionDeviceID", c.connection_id)]
        _devices(fields, floating, Failing=failing, Called=c.call.called)
        self._state(fields, c, cause)
        return self._event(messages.CALL_FAILED_EVENT, c, fields, floating)

    def diverted(self, c: Connection, to: Device | None, cause: EventCause) -> None:
        """CALL_DIVERTED_EVENT: the call left the connection's device."""
        fields = self._head(c)
        floating: _Floats = [("ConnectionDeviceID", c.connection_id)]
        self._service(fields, c.call)
        _devices(fields, floating, Diverting=c.device, Called=to)
        self._state(fields, c, cause)
        self._put(messages.CALL_DIVERTED_EVENT, c, fields, floating)

    # --- while the call lasts ---------------------------------------------------------------------

    def established(self, c: Connection, answering: Device, cause: EventCause = NO_CAUSE) -> None:
        """CALL_ESTABLISHED_EVENT about the answering connection, or about the caller's."""
        self._outlet.put(self.established_event(c, answering, cause))

    def established_event(self, c: Connection, answering: Device | None, cause: EventCause) -> PlantEvent:
        """The CALL_ESTABLISHED_EVENT of a connection as it is now."""
        call = c.call
        fields, floating = self._with_device(
            c,
            cause,
            Answering=answering,
            Calling=call.calling,
            Called=call.called,
            LastRedirect=call.last_redirect,
        )
        self._trunk(floating, c)
        return self._event(messages.CALL_ESTABLISHED_EVENT, c, fields, floating)

    def held(self, c: Connection, cause: EventCause = NO_CAUSE) -> None:
        """CALL_HELD_EVENT."""
        self._simple(messages.CALL_HELD_EVENT, c, "Holding", cause)

    def retrieved(self, c: Connection, cause: EventCause = NO_CAUSE) -> None:
        """CALL_RETRIEVED_EVENT."""
        self._simple(messages.CALL_RETRIEVED_EVENT, c, "Retrieving", cause)

    def connection_cleared(self, c: Connection, cause: EventCause = NO_CAUSE) -> None:
        """CALL_CONNECTION_CLEARED_EVENT."""
        self._simple(messages.CALL_CONNECTION_CLEARED_EVENT, c, "Releasing", cause)

    def _simple(self, message: int, c: Connection, device: str, cause: EventCause) -> None:
        fields = self._head(c)
        floating: _Floats = [("ConnectionDeviceID", c.connection_id)]
        _devices(fields, floating, **{device: c.device})
        self._state(fields, c, cause)
        self._put(message, c, fields, floating)

    def cleared(self, c: Connection, cause: EventCause = NO_CAUSE) -> None:
        """CALL_CLEARED_EVENT, naming the connection of the device that gets it."""
        fields = self._head(c)
        fields["LocalConnectionState"] = LocalConnectionState.LCS_NULL
        fields["EventCause"] = cause
        self._put(messages.CALL_CLEARED_EVENT, c, fields, [("ConnectionDeviceID", c.connection_id)])

    def merged(
        self,
        message: int,
        primary: tuple[Connection, tuple[int, str]],
        secondary: tuple[Connection, tuple[int, str]] | None,
        parties: list[Connection],
        other: Device | None,
        devices: Iterable[Device],
        cause: EventCause = NO_CAUSE,
    ) -> None:
        """CALL_CONFERENCED_EVENT or CALL_TRANSFERRED_EVENT.

        ``primary``, ``secondary``: the controller's connections with the keys that they had before;
        ``secondary`` is None for a single step.
        ``parties``: the connections of the resulting call.
        ``other``: the device that was added or transferred.
        ``devices``: all devices of both calls, whose clients get the event.
        """
        controller, (primary_call, primary_id) = primary
        secondary_call, secondary_id, secondary_type = NULL_ID, "", ConnectionDeviceIDType.CONNECTION_ID_NONE
        if secondary is not None:
            consult, (secondary_call, secondary_id) = secondary
            secondary_type = consult.id_type
        fields: _Fields = {
            **self._peripheral,
            "PrimaryDeviceIDType": controller.id_type,
            "PrimaryCallID": primary_call,
            "SecondaryDeviceIDType": secondary_type,
            "SecondaryCallID": secondary_call,
            "NumParties": len(parties),
        }
        floating: _Floats = [("PrimaryDeviceID", primary_id), ("SecondaryDeviceID", secondary_id)]
        self._line(fields, controller)
        self._group(fields, controller.group)
        if message == messages.CALL_CONFERENCED_EVENT:
            _devices(fields, floating, Controller=controller.device, AddedParty=other)
        else:
            _devices(fields, floating, Transferring=controller.device, Transferred=other)
        for party in parties:
            floating += [
                ("ConnectedPartyCallID", party.call_id),
                ("ConnectedPartyDeviceIDType", int(party.id_type)),
                ("ConnectedPartyDeviceID", party.connection_id),
            ]
        self._state(fields, controller, cause)
        calls = {primary_call: None, secondary_call: None, controller.call_id: None}
        calls |= {party.call_id: None for party in parties}
        calls.pop(NULL_ID, None)
        audience = Audience(
            devices=tuple({name: None for device in devices for name in device.names}),
            calls=tuple(calls),
            call_mask=CALL_MASK_BIT[message],
        )
        self._outlet.put(PlantEvent(message, fields, tuple(floating), audience))

    # --- routing, media, emergencies --------------------------------------------------------------

    def pre_call(self, call: Call, agent: PlantAgent, group: SkillGroup | None) -> None:
        """AGENT_PRE_CALL_EVENT, to All Events clients and to the agent's own."""
        named, variables, arrays = named_floating(call.context)
        fields: _Fields = {"NumNamedVariables": variables, "NumNamedArrays": arrays}
        self._service(fields, call)
        self._group(fields, group)
        fields["MRDID"] = VOICE_MRD
        fields["AgentSkillTargetID"] = agent.skill_target_id
        floating: _Floats = [("AgentInstrument", agent.instrument), *_whole_router_key(call)]
        floating += [item for item in context_floating(call.context) if item[0] not in _NOT_IN_PRE_CALL]
        floating += named
        floating.append(("AgentID", agent.agent_id))
        self._pre_call(messages.AGENT_PRE_CALL_EVENT, call, agent, fields, floating, all_events=False)

    def pre_call_abort(self, call: Call, agent: PlantAgent) -> None:
        """AGENT_PRE_CALL_ABORT_EVENT, to All Events clients."""
        floating: _Floats = [("AgentInstrument", agent.instrument), *_whole_router_key(call)]
        fields = {"MRDID": VOICE_MRD}
        self._pre_call(messages.AGENT_PRE_CALL_ABORT_EVENT, call, agent, fields, floating, all_events=True)

    def _pre_call(
        self,
        message: int,
        call: Call,
        agent: PlantAgent,
        fields: _Fields,
        floating: _Floats,
        all_events: bool,
    ) -> None:
        audience = Audience(
            devices=agent.device.names,
            agents=agent.names,
            calls=(call.call_id,),
            call_mask=CALL_MASK_BIT[message],
            all_events_only=all_events,
        )
        self._outlet.put(PlantEvent(message, fields, tuple(floating), audience))

    def rtp(self, c: Connection, *, started: bool) -> None:
        """RTP_STARTED_EVENT or RTP_STOPPED_EVENT, one for what the device hears and one for what it sends."""
        agent = c.agent
        for direction in (0, 1):
            fields: _Fields = {
                "PeripheralID": self._peripheral_id,
                "ClientPort": 0,
                "Direction": direction,
                "ConnectionDeviceIDType": c.id_type,
                "ConnectionCallID": c.call_id,
            }
            if started:
                fields |= {
                    "RTPType": 0,
                    "BitRate": 0,
                    "EchoCancellation": 0,
                    "PacketSize": 20,
                    "PayloadType": 0,
                }
            floating: _Floats = [("ConnectionDeviceID", c.connection_id), ("ClientAddress", "")]
            if agent is not None:
                floating += [
                    ("AgentID", agent.agent_id),
                    ("AgentExtension", agent.extension),
                    ("AgentInstrument", agent.instrument),
                ]
            floating += [("SendingAddress", "127.0.0.1"), ("SendingPort", c.rtp_port + direction)]
            message = messages.RTP_STARTED_EVENT if started else messages.RTP_STOPPED_EVENT
            self._put(message, c, fields, floating)

    def emergency(self, c: Connection | None, agent: PlantAgent) -> None:
        """EMERGENCY_CALL_EVENT, to All Events clients and the clients of the agent's team."""
        id_type = ConnectionDeviceIDType.CONNECTION_ID_NONE if c is None else c.id_type
        fields: _Fields = {
            "PeripheralID": self._peripheral_id,
            "ConnectionCallID": NULL_ID if c is None else c.call_id,
            "ConnectionDeviceIDType": id_type,
            "SessionID": 0,
        }
        floating: _Floats = [
            ("ConnectionDeviceID", "" if c is None else c.connection_id),
            ("ClientID", ""),
            ("ClientAddress", ""),
            ("AgentExtension", agent.extension),
            ("AgentID", agent.agent_id),
            ("AgentInstrument", agent.instrument),
        ]
        audience = Audience(agents=agent.names, teams=agent.teams, calls=() if c is None else (c.call_id,))
        self._outlet.put(PlantEvent(messages.EMERGENCY_CALL_EVENT, fields, tuple(floating), audience))


_NOT_IN_PRE_CALL: Final = frozenset({"DNIS", "CallWrapupData"})


def _router_key(call: Call) -> _Floats:
    """The key's fields; a call without a key has no day and zeros, as its fields are required."""
    if call.router_key is None:
        return [("RouterCallKeyCallID", 0), ("RouterCallKeySequenceNumber", 0)]
    return _whole_router_key(call)


def _whole_router_key(call: Call) -> _Floats:
    day, call_id, sequence = call.router_key or (0, 0, 0)
    return [
        ("RouterCallKeyDay", day),
        ("RouterCallKeyCallID", call_id),
        ("RouterCallKeySequenceNumber", sequence),
    ]


def _queue_groups(queue: Queue) -> _Floats:
    return [
        ("SkillGroupNumber", queue.group.number),
        ("SkillGroupID", queue.group.group_id),
        ("SkillGroupPriority", 0),
    ]


def is_silent_monitor(call: Call) -> bool:
    """Whether the call exists for a supervisor that listens or whispers."""
    return call.call_type in _SILENT_MONITOR_TYPES
