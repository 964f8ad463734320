"""Checks what one All Events client received from a CTI Server against the published ordering rules.

It imports nothing of the package: its decoder (``decode``) and its rules are independent, so that it finds a
misreading in the simulator. ``OrderChecker.feed`` takes events in wire order with the time of their arrival;
``finish`` compares the remaining connections and the agents' states with the expected ones.

What is checked:

- nothing of a connection comes before its BEGIN_CALL or after its END_CALL, and each comes once;
- LocalConnectionState is one that the event allows after the connection's previous state;
- party counts agree with the parties listed, and both with the connections that remain;
- ids are consistent through conferences and transfers, for each way of changing them;
- queue counts are right, RTP streams start and stop in turn, agents' states fit their calls.

``figures`` gives statistics computed from the events, to be compared with the reported ones.
"""

import struct
from dataclasses import dataclass, field
from typing import Any

# --- decoding -------------------------------------------------------------------------------

DELIVERED, ESTABLISHED, HELD, RETRIEVED, CLEARED, CONNECTION_CLEARED = range(9, 15)
ORIGINATED, FAILED, CONFERENCED, TRANSFERRED, DIVERTED, SERVICE_INITIATED, QUEUED = range(15, 22)
BEGIN, END, DATA_UPDATE = 23, 24, 25
AGENT_STATE, SYSTEM, REACHED_NETWORK, DEQUEUED = 30, 31, 34, 86
PRE_CALL, PRE_CALL_ABORT, RTP_STARTED, RTP_STOPPED = 105, 106, 116, 117

_HEAD = "PeripheralID:I PeripheralType:H ConnectionDeviceIDType:H ConnectionCallID:I"
_LINE = "LineHandle:H LineType:H"
_SERVICE = "ServiceNumber:I ServiceID:I"
_GROUP = "SkillGroupNumber:I SkillGroupID:I SkillGroupPriority:H"
_STATE = "LocalConnectionState:H EventCause:H"
_MERGE = (
    f"MonitorID:I PeripheralID:I PeripheralType:H PrimaryDeviceIDType:H PrimaryCallID:I {_LINE} {_GROUP}"
    f" NumParties:H SecondaryDeviceIDType:H SecondaryCallID:I OneDeviceType:H OtherDeviceType:H {_STATE}"
)
_RTP = "ConnectionDeviceIDType:H ConnectionCallID:I"

FIXED = {
    DELIVERED: f"MonitorID:I {_HEAD} {_LINE} {_SERVICE} {_GROUP} AlertingDeviceType:H CallingDeviceType:H"
    f" CalledDeviceType:H LastRedirectDeviceType:H {_STATE} NumNamedVariables:H NumNamedArrays:H",
    ESTABLISHED: f"MonitorID:I {_HEAD} {_LINE} {_SERVICE} {_GROUP} AnsweringDeviceType:H CallingDeviceType:H"
    f" CalledDeviceType:H LastRedirectDeviceType:H {_STATE}",
    HELD: f"MonitorID:I {_HEAD} HoldingDeviceType:H {_STATE}",
    RETRIEVED: f"MonitorID:I {_HEAD} RetrievingDeviceType:H {_STATE}",
    CLEARED: f"MonitorID:I {_HEAD} {_STATE}",
    CONNECTION_CLEARED: f"MonitorID:I {_HEAD} ReleasingDeviceType:H {_STATE}",
    ORIGINATED: f"MonitorID:I {_HEAD} {_LINE} {_SERVICE} {_GROUP} CallingDeviceType:H CalledDeviceType:H"
    f" {_STATE}",
    FAILED: f"MonitorID:I {_HEAD} FailingDeviceType:H CalledDeviceType:H {_STATE}",
    CONFERENCED: _MERGE,
    TRANSFERRED: _MERGE,
    DIVERTED: f"MonitorID:I {_HEAD} {_SERVICE} DivertingDeviceType:H CalledDeviceType:H {_STATE}",
    SERVICE_INITIATED: f"MonitorID:I {_HEAD} {_LINE} {_SERVICE} {_GROUP} CallingDeviceType:H {_STATE}",
    QUEUED: f"MonitorID:I {_HEAD} {_SERVICE} QueueDeviceType:H CallingDeviceType:H CalledDeviceType:H"
    f" LastRedirectDeviceType:H NumQueued:H NumSkillGroups:H {_STATE}",
    BEGIN: "MonitorID:I PeripheralID:I PeripheralType:H NumCTIClients:H NumNamedVariables:H NumNamedArrays:H"
    " CallType:H ConnectionDeviceIDType:H ConnectionCallID:I CalledPartyDisposition:H",
    END: f"MonitorID:I {_HEAD}",
    DATA_UPDATE: "MonitorID:I PeripheralID:I PeripheralType:H NumCTIClients:H NumNamedVariables:H"
    " NumNamedArrays:H CallType:H ConnectionDeviceIDType:H ConnectionCallID:I NewConnectionDeviceIDType:H"
    " NewConnectionCallID:I CalledPartyDisposition:H CampaignID:I QueryRuleID:I",
    AGENT_STATE: "MonitorID:I PeripheralID:I SessionID:I PeripheralType:H SkillGroupState:H StateDuration:I"
    f" {_GROUP} AgentState:H EventReasonCode:H MRDID:i NumTasks:I AgentMode:H MaxTaskLimit:I ICMAgentID:i"
    " AgentAvailabilityStatus:I NumFltSkillGroups:H DepartmentID:i@19",
    SYSTEM: "PGStatus:I ICMCentralControllerTime:I SystemEventID:I SystemEventArg1:I SystemEventArg2:I"
    " SystemEventArg3:I EventDeviceType:H",
    REACHED_NETWORK: f"MonitorID:I {_HEAD} {_LINE} TrunkUsedDeviceType:H CalledDeviceType:H {_STATE}",
    DEQUEUED: f"MonitorID:I {_HEAD} QueueDeviceType:H {_SERVICE} NumQueued:H NumSkillGroups:H {_STATE}",
    PRE_CALL: f"MonitorID:I NumNamedVariables:H NumNamedArrays:H {_SERVICE} {_GROUP} MRDID:i"
    " AgentSkillTargetID:I@20",
    PRE_CALL_ABORT: "MonitorID:I MRDID:i",
    RTP_STARTED: "MonitorID:I PeripheralID:I ClientPort:I Direction:H RTPType:H BitRate:I EchoCancellation:H"
    f" PacketSize:I PayloadType:H {_RTP}",
    RTP_STOPPED: f"MonitorID:I PeripheralID:I ClientPort:I Direction:H {_RTP}",
}
"""Fixed part of each message from version 14 on: name:format, and @version for a field that came later."""

TEXT_TAGS = {
    4: "AgentExtension",
    5: "AgentID",
    6: "AgentInstrument",
    25: "ConnectionDeviceID",
    26: "AlertingDeviceID",
    27: "CallingDeviceID",
    28: "CalledDeviceID",
    29: "LastRedirectDeviceID",
    30: "AnsweringDeviceID",
    35: "PrimaryDeviceID",
    36: "SecondaryDeviceID",
    38: "AddedPartyDeviceID",
    41: "ConnectedPartyDeviceID",
    45: "QueueDeviceID",
    47: "NewConnectionDeviceID",
}
NUMBER_TAGS = {
    39: ("ConnectedPartyCallID", "I"),
    40: ("ConnectedPartyDeviceIDType", "H"),
    72: ("RouterCallKeyDay", "I"),
    73: ("RouterCallKeyCallID", "I"),
    82: ("NamedVariable", ""),
    83: ("NamedArray", ""),
    110: ("RouterCallKeySequenceNumber", "I"),
    121: ("TrunkNumber", "I"),
}
_PARTY = ("ConnectedPartyCallID", "ConnectedPartyDeviceIDType", "ConnectedPartyDeviceID")

FIRST_WIDE_TAGS = 20
"""From this version on, tag and length of a floating field have two bytes each; before, one."""

Event = dict[str, Any]


def decode(frame: bytes, version: int = 25) -> Event:
    """Return the fields of a frame of version 14 or later; the parties of a merge are under "parties".

    Raises ValueError for a frame that is not whole, and for a message that the checker does not know.
    """
    length, number = struct.unpack_from("!II", frame)
    if len(frame) != length + 8:
        raise ValueError(f"the frame has {len(frame)} bytes, its header says {length + 8}")
    layout = FIXED.get(number)
    if layout is None:
        raise ValueError(f"message {number} is not known to the checker")
    event: Event = {"type": number, "parties": [], "NamedVariable": 0, "NamedArray": 0}
    at = 8
    for item in layout.split():
        name, _, kind = item.partition(":")
        kind, _, since = kind.partition("@")
        if since and version < int(since):
            continue
        (event[name],) = struct.unpack_from(f"!{kind}", frame, at)
        at += struct.calcsize(f"!{kind}")
    _decode_floating(event, frame, at, version)
    return event


def _decode_floating(event: Event, frame: bytes, at: int, version: int) -> None:
    party: list[Any] = []
    head = "!HH" if version >= FIRST_WIDE_TAGS else "!BB"
    head_size = struct.calcsize(head)
    while at < len(frame):
        tag, size = struct.unpack_from(head, frame, at)
        at += head_size
        data = frame[at : at + size]
        if len(data) != size:
            raise ValueError(f"field {tag} says {size} bytes, the frame has {len(data)}")
        at += size
        name, value = _floating(tag, data)
        if name in _PARTY:
            party.append(value)
            if len(party) == len(_PARTY):
                event["parties"].append(tuple(party))
                party = []
        elif name in ("NamedVariable", "NamedArray"):
            event[name] += 1
        elif name:
            event[name] = value


def _floating(tag: int, data: bytes) -> tuple[str, Any]:
    if tag in TEXT_TAGS:
        return TEXT_TAGS[tag], data.split(b"\0", 1)[0].decode()
    name, kind = NUMBER_TAGS.get(tag, ("", ""))
    return name, struct.unpack(f"!{kind}", data)[0] if kind else data


# --- states and rules of calls -----------------------------------------------------------------------

NULL, INITIATE, ALERTING, CONNECT, HOLD, WAITING, FAIL = range(7)
NONE = 0xFFFF
NULL_ID = 0xFFFFFFFF
OFF_HOOK = {INITIATE, CONNECT, FAIL}
LOGIN, LOGOUT, NOT_READY, AVAILABLE, TALKING, WORK_NOT_READY, WORK_READY, BUSY_OTHER, RESERVED = range(9)
ON_HOLD = 10
CALL_STATES = {TALKING, BUSY_OTHER, RESERVED, ON_HOLD}
WORK = {WORK_NOT_READY, WORK_READY}

PARTY_UPDATE, SUPERVISOR_MONITOR, WHISPER, BARGE_IN, INTERCEPT = 50, 46, 47, 48, 49
REDIRECTED = 28
ACD_TYPES = {1, 2, 3, 4, 5}
HANDED_OVER_TYPES = {11, 13, 15}
LISTENING_TYPES = {21, 22}
MERGED_TYPES = {CONFERENCED: {15}, TRANSFERRED: {11, 13}}

Key = tuple[int, str]

ALLOWED: dict[int, dict[int | None, set[int]]] = {
    SERVICE_INITIATED: {None: {INITIATE}},
    ORIGINATED: {INITIATE: {INITIATE}},
    REACHED_NETWORK: {
        INITIATE: {INITIATE},
        CONNECT: {CONNECT},
    },  # CONNECT: a single step to an outside number
    DELIVERED: {None: {INITIATE, ALERTING}, INITIATE: {INITIATE}},
    ESTABLISHED: {ALERTING: {CONNECT}, CONNECT: {CONNECT}},
    QUEUED: {None: {WAITING}},
    DEQUEUED: {WAITING: {WAITING}},
    HELD: {CONNECT: {HOLD}},
    RETRIEVED: {HOLD: {CONNECT}},
    FAILED: {INITIATE: {FAIL}},
    DIVERTED: {ALERTING: {NULL}},
    CONNECTION_CLEARED: {
        INITIATE: {NULL},
        ALERTING: {NULL},
        CONNECT: {NULL},
        HOLD: {NULL},
        WAITING: {NULL},
        FAIL: {NULL},
    },
    CLEARED: {NULL: {NULL}},
}
"""Event -> state before (None: just begun) -> LocalConnectionState that the event may carry."""


class OrderViolation(AssertionError):
    """An event breaks a published rule."""


@dataclass(eq=False)
class Seen:
    """One connection, as the events so far describe it. ``owed_…``: events that must still come."""

    key: Key
    call_type: int
    state: int | None = None
    device: str = ""
    outgoing: bool = False
    outside: bool = False
    originated: bool = False
    owed_copies: int = 0
    owed_established: bool = False
    dequeued: bool = True
    queue: str = ""
    cleared: bool = False
    named_by_cleared: bool = False
    must_become: set[int] = field(default_factory=set)
    established_at: int = -1
    handled: bool = False
    supervising: bool = False
    held: int = 0
    held_at: int = -1
    held_time: int = 0
    streams: set[int] = field(default_factory=set)


@dataclass
class SeenAgent:
    """One agent, as the events so far describe it. ``ended``: kinds of calls that ended in this moment."""

    agent_id: str
    extension: str = ""
    state: int = LOGOUT
    since: int = 0
    last: Event | None = None
    ended: list[str] = field(default_factory=list)
    works_for: str = ""
    figures: dict[str, int] = field(default_factory=dict)

    def add(self, figure: str, amount: int = 1) -> None:
        self.figures[figure] = self.figures.get(figure, 0) + amount


class OrderChecker:
    """Follows one All Events client's stream."""

    def __init__(self) -> None:
        self.connections: dict[Key, Seen] = {}  # those that have begun and not ended
        self.agents: dict[str, SeenAgent] = {}
        self._of_call: dict[int, dict[Seen, None]] = {}  # the same connections by their calls' ids
        self.events = 0
        self.calls_begun = 0
        self._now = 0  # the whole second of the latest event
        self._extensions: dict[str, SeenAgent] = {}
        self._instruments: dict[str, str] = {}  # instrument of each extension
        self._renamed: dict[Key, Key] = {}  # new key of each old one
        self._cleared_calls: set[int] = set()  # calls whose CALL_CLEARED came
        self._waiting: dict[str, int] = {}  # calls in each queue
        self._announced: dict[str, Key] = {}  # router call key announced by AGENT_PRE_CALL, by instrument
        self._reached: set[int] = set()  # calls that reached the network and do not ring outside yet
        self._changed_type: dict[int, Event] = {}  # calls that got the type of a merge in this second
        self._merged: set[int] = set()  # calls that resulted from a merge in this second
        self._answered: set[int] = set()  # calls that a device has answered since their last conference
        self._shared: set[int] = set()  # ids that two calls have at once
        self._offline = False  # the peripheral went off-line or came back in this second

    # --- feeding ------------------------------------------------------------------------------------

    def feed(self, time: float, event: Event) -> None:
        """Check one event, in wire order. Raises OrderViolation."""
        if int(time) != self._now:
            self.settle()
            self._now = int(time)
        self.events += 1
        number = event["type"]
        if number == SYSTEM:
            self._system(event)
        elif number == AGENT_STATE:
            self._agent_state(event)
        elif number == PRE_CALL:
            announced = event["AgentInstrument"] in self._announced
            self._expect(not announced, event, "announces two calls for one agent")
            self._announced[event["AgentInstrument"]] = (
                event["RouterCallKeyDay"],
                event["RouterCallKeyCallID"],
            )
        elif number == PRE_CALL_ABORT:
            self._expect(event["AgentInstrument"] in self._announced, event, "aborts a call never announced")
            del self._announced[event["AgentInstrument"]]
        elif number == BEGIN:
            self._begin(event)
        elif number in (CONFERENCED, TRANSFERRED):
            self._merge(event)
        else:
            self._of_connection(event)

    def _expect(self, condition: object, event: Event, what: str) -> None:
        if not condition:
            shown = {k: v for k, v in event.items() if v not in ([], 0)}
            raise OrderViolation(f"event {self.events} at {self._now} s {what}: {shown}")

    def _system(self, event: Event) -> None:
        """Off-line and back: until then connections may end in any state and agents may be in any."""
        if event["SystemEventID"] == 4:
            self.settle()
        self._offline = event["SystemEventID"] in (3, 4)

    # --- connections --------------------------------------------------------------------------------

    def _begin(self, event: Event) -> None:
        key = (event["ConnectionCallID"], event["ConnectionDeviceID"])
        self._expect(key not in self.connections, event, "begins a connection a second time")
        self._expect(event["NamedVariable"] == event["NumNamedVariables"], event, "miscounts named variables")
        self._expect(event["NamedArray"] == event["NumNamedArrays"], event, "miscounts named arrays")
        if not self._call(key[0]):
            self.calls_begun += 1
            self._cleared_calls.discard(key[0])
            self._shared.discard(key[0])
            self._answered.discard(key[0])
        seen = Seen(key, event["CallType"])
        self._put(seen)
        seen.handled = seen.call_type in ACD_TYPES or seen.call_type in HANDED_OVER_TYPES
        self._renamed.pop(key, None)

    def _call(self, call_id: int) -> list[Seen]:
        return list(self._of_call.get(call_id, ()))

    def _put(self, seen: Seen) -> None:
        self.connections[seen.key] = seen
        self._of_call.setdefault(seen.key[0], {})[seen] = None

    def _drop(self, seen: Seen) -> None:
        del self.connections[seen.key]
        of_call = self._of_call[seen.key[0]]
        del of_call[seen]
        if not of_call:
            del self._of_call[seen.key[0]]

    def _of_connection(self, event: Event) -> None:
        number = event["type"]
        key = (event["ConnectionCallID"], event["ConnectionDeviceID"])
        seen = self.connections.get(key)
        if number == DATA_UPDATE:
            self._data_update(event, key, seen)
            return
        self._expect(
            seen is not None, event, "names a connection before its BEGIN_CALL or after its END_CALL"
        )
        assert seen is not None
        if number == END:
            self._end(event, seen)
        elif number in (RTP_STARTED, RTP_STOPPED):
            self._rtp(event, seen)
        else:
            self._state(event, seen)

    def _data_update(self, event: Event, old: Key, seen: Seen | None) -> None:
        new = (event["NewConnectionCallID"], event["NewConnectionDeviceID"])
        self._expect(event["NamedVariable"] == event["NumNamedVariables"], event, "miscounts named variables")
        if seen is None:
            # the conference or transfer has renamed it already
            self._expect(self._renamed.get(old) == new, event, "renames a connection that is not known")
            seen = self.connections.get(new)
            self._expect(seen is not None, event, "renames to a connection that is not known")
            assert seen is not None
        elif new != old:
            self._expect(new not in self.connections, event, "renames to a connection that exists")
            self._rename(seen, new)
        if event["CallType"] != seen.call_type and event["CallType"] in HANDED_OVER_TYPES:
            self._changed_type[new[0]] = event
        seen.call_type = event["CallType"]
        if seen.call_type in seen.must_become:
            seen.must_become = set()
        if seen.call_type in HANDED_OVER_TYPES:
            seen.handled = True

    def _rename(self, seen: Seen, new: Key) -> None:
        self._drop(seen)
        self._renamed[seen.key] = new
        seen.key = new
        self._put(seen)

    def _state(self, event: Event, seen: Seen) -> None:
        number, state = event["type"], event["LocalConnectionState"]
        if event["EventCause"] == PARTY_UPDATE and seen.state is None:
            seen.device = event.get("AnsweringDeviceID") or event.get("AlertingDeviceID") or ""
            if number == QUEUED:
                self._waiting[event["QueueDeviceID"]] = event["NumQueued"] - 1
                self._queued(event, seen)
            if state == INITIATE and event["LineHandle"] != NONE:  # an agent's own call
                seen.outgoing = seen.originated = True
                seen.device = event["CallingDeviceID"]
            seen.state = state
            return
        joins = number == ESTABLISHED and event["EventCause"] in (SUPERVISOR_MONITOR, WHISPER, BARGE_IN)
        if joins:
            self._expect(seen.state is None, event, "joins a connection that has a state")
            self._expect(state == CONNECT, event, "joins without LCS_CONNECT")
        else:
            allowed = ALLOWED[number].get(seen.state, set())
            self._expect(state in allowed, event, f"goes from state {seen.state} to {state}")
        _HANDLERS.get(number, OrderChecker._nothing)(self, event, seen)
        seen.state = state

    def _nothing(self, event: Event, seen: Seen) -> None:
        pass

    def _service_initiated(self, event: Event, seen: Seen) -> None:
        seen.outgoing = True
        if len(self._call(seen.key[0])) > 1:
            self._shared.add(seen.key[0])
        seen.device = event["CallingDeviceID"]

    def _originated(self, event: Event, seen: Seen) -> None:
        self._expect(not seen.originated, event, "originates a second time")
        seen.originated = True

    def _reached_network(self, event: Event, seen: Seen) -> None:
        self._expect(seen.key[0] not in self._reached, event, "reaches the network twice")
        self._reached.add(seen.key[0])
        if seen.state == INITIATE:
            self._expect(seen.originated and not seen.outside, event, "reaches the network out of turn")
            seen.outside = True

    def _delivered(self, event: Event, seen: Seen) -> None:
        if event["LocalConnectionState"] == INITIATE:
            if seen.outgoing:
                seen.owed_copies -= 1
                self._expect(seen.owed_copies >= 0, event, "reports ringing that no device was offered")
            else:
                self._expect(seen.state is None, event, "seizes a trunk a second time")
            return
        seen.device = event["AlertingDeviceID"]
        others = [c for c in self._call(seen.key[0]) if c is not seen and c.state == INITIATE and c.outgoing]
        for caller in others:
            self._expect(caller.originated, event, "rings before the call was originated")
            caller.owed_copies += 1
        if "TrunkNumber" in event:
            reached = seen.key[0] in self._reached
            self._expect(reached, event, "rings outside before the call reached the network")
            self._reached.discard(seen.key[0])
            return
        instrument = self._instruments.get(seen.device, seen.device)
        announced = self._announced.pop(instrument, None)
        from_queue = any(c.state == WAITING and c.dequeued for c in self._call(seen.key[0]))
        self._expect(announced or not from_queue, event, "delivers a queued call without AGENT_PRE_CALL")

    def _established(self, event: Event, seen: Seen) -> None:
        if seen.state == CONNECT:
            self._expect(seen.owed_established, event, "establishes a connection a second time")
            seen.owed_established = False
            self._expect(not seen.owed_copies, event, "establishes a call that never rang for its caller")
            return
        seen.established_at = self._now
        self._answered.add(seen.key[0])
        if event["EventCause"] in (SUPERVISOR_MONITOR, WHISPER, BARGE_IN):
            seen.device = event["AnsweringDeviceID"]
            seen.supervising = True
            return
        self._expect(event["AnsweringDeviceID"] == seen.device, event, "is answered at another device")
        for other in self._call(seen.key[0]):
            if other is not seen and other.state == INITIATE:
                other.state = CONNECT
                other.established_at = self._now
                other.owed_established = other.outgoing

    def _queued(self, event: Event, seen: Seen) -> None:
        seen.queue = event["QueueDeviceID"]
        self._waiting[seen.queue] = self._waiting.get(seen.queue, 0) + 1
        seen.dequeued = False
        self._expect(event["NumQueued"] == self._waiting[seen.queue], event, "miscounts the queue")

    def _dequeued(self, event: Event, seen: Seen) -> None:
        self._expect(not seen.dequeued, event, "leaves a queue twice")
        seen.dequeued = True
        self._waiting[seen.queue] -= 1
        self._expect(event["NumQueued"] == self._waiting[seen.queue], event, "miscounts the queue")

    def _held(self, event: Event, seen: Seen) -> None:
        self._expect(not seen.owed_established, event, "holds a call that was not established")
        seen.held += 1
        seen.held_at = self._now

    def _retrieved(self, event: Event, seen: Seen) -> None:
        seen.held_time += self._now - seen.held_at
        seen.held_at = -1

    def _connection_cleared(self, event: Event, seen: Seen) -> None:
        self._expect(seen.dequeued, event, "clears a connection that waits in a queue")
        self._expect(
            not seen.owed_established, event, "clears a call that was not established for its caller"
        )
        seen.cleared = event["EventCause"] != REDIRECTED
        if event["EventCause"] == INTERCEPT:
            for other in self._call(seen.key[0]):
                if other.supervising:
                    other.supervising, other.handled = False, True
        self._account(seen)

    def _cleared(self, event: Event, seen: Seen) -> None:
        alive = [c.key for c in self._call(seen.key[0]) if c.state != NULL]
        self._expect(not alive, event, f"clears a call whose connections {alive} are not cleared")
        self._expect(not seen.named_by_cleared, event, "clears a connection's call a second time")
        self._cleared_calls.add(seen.key[0])
        seen.named_by_cleared = True

    def _end(self, event: Event, seen: Seen) -> None:
        key = seen.key
        if self._offline:
            if seen.queue and not seen.dequeued:
                self._waiting[seen.queue] -= 1
            self._drop(seen)
            return
        self._expect(seen.state == NULL, event, f"ends a connection in state {seen.state}")
        self._expect(not seen.streams, event, "ends a connection whose RTP stream has not stopped")
        self._expect(not seen.must_become, event, f"never said that the call type became {seen.must_become}")
        self._drop(seen)
        if seen.cleared and not self._call(key[0]):
            self._expect(key[0] in self._cleared_calls, event, "ends a call without CALL_CLEARED")
        if key[0] in self._cleared_calls and seen.device in self._extensions:
            self._expect(seen.named_by_cleared, event, "ends a device's call without its CALL_CLEARED")

    def _rtp(self, event: Event, seen: Seen) -> None:
        direction = event["Direction"]
        if event["type"] == RTP_STARTED:
            self._expect(direction not in seen.streams, event, "starts a stream that has started already")
            seen.streams.add(direction)
        else:
            self._expect(direction in seen.streams, event, "stops a stream that did not start")
            seen.streams.discard(direction)

    # --- conferences and transfers --------------------------------------------------------------------

    def _merge(self, event: Event) -> None:
        transfer = event["type"] == TRANSFERRED
        single_step = event["SecondaryCallID"] == NULL_ID
        parties: list[tuple[int, int, str]] = event["parties"]
        self._expect(event["NumParties"] == len(parties), event, "miscounts its parties")
        self._expect(len({(p[0], p[2]) for p in parties}) == len(parties), event, "lists a party twice")
        self._expect(len({p[0] for p in parties}) == 1, event, "lists parties of different calls")
        controller = self._controller(event, "Primary")
        consult = None if single_step else self._controller(event, "Secondary")
        leaving = [c for c in (controller if transfer else None, consult) if c is not None]
        if not single_step:
            self._expect(controller.state == HOLD, event, "merges a call that was not on hold")
            allowed = {CONNECT, INITIATE} if transfer else {CONNECT}
            assert consult is not None
            self._expect(consult.state in allowed, event, "merges a consult call that was not active")
            if event["PrimaryCallID"] == event["SecondaryCallID"]:
                self._shared.discard(event["PrimaryCallID"])
        if not transfer and not single_step:
            controller.held_time += self._now - controller.held_at
            controller.held_at = -1
            controller.state = CONNECT
        listed = [self._party(event, party) for party in parties]
        for seen in leaving:
            self._expect(all(seen is not party for party in listed), event, "lists a party that leaves")
            self._account(seen)
            seen.state = NULL
        expected = NULL if transfer else HOLD if controller.state == HOLD else CONNECT
        self._expect(event["LocalConnectionState"] == expected, event, "has a wrong LocalConnectionState")
        self._check_parties(event, listed)
        self._merged |= {seen.key[0] for seen in listed}
        if single_step and not transfer:
            call_id = event["PrimaryCallID"]
            self._expect(call_id in self._answered, event, "adds a party that did not answer")
            self._answered.discard(call_id)
        wanted = MERGED_TYPES[event["type"]]
        for seen in listed:
            if event["EventCause"] != BARGE_IN and seen.call_type not in wanted:
                seen.must_become = wanted

    def _controller(self, event: Event, which: str) -> Seen:
        """The controller's old connection, under the id that it had or has been renamed to."""
        key = (event[f"{which}CallID"], event[f"{which}DeviceID"])
        seen = self.connections.get(key) or self.connections.get(self._renamed.get(key, key))
        self._expect(seen is not None, event, f"names an unknown {which.lower()} connection")
        assert seen is not None
        return seen

    def _party(self, event: Event, party: tuple[int, int, str]) -> Seen:
        """The connection that a listed party is, renamed where the event itself changes its id."""
        key = (party[0], party[2])
        seen = self.connections.get(key)
        if seen is not None and seen.state is not None:
            return seen
        old = [
            c
            for call_id in {event["PrimaryCallID"], event["SecondaryCallID"]}
            for c in self._call(call_id)
            if c is not seen and c.key[1] == party[2] and c.state != NULL
        ]
        old = [c for c in old if c.key != (event["SecondaryCallID"], event["SecondaryDeviceID"])]
        self._expect(len(old) == 1, event, f"lists party {key}, which {len(old)} connections could be")
        if seen is None:
            self._rename(old[0], key)
            return old[0]
        self._take_over(seen, old[0])  # a BEGIN_CALL with the new key came before the merge
        return seen

    def _take_over(self, seen: Seen, old: Seen) -> None:
        """Give a connection that has begun under a new key the state of the one under the old key."""
        for name in _TAKEN_OVER:
            setattr(seen, name, getattr(old, name))
        seen.handled = seen.handled or old.handled
        if seen.queue and not seen.dequeued:
            self._waiting[seen.queue] -= 1  # its state event counts it again
        old.state = NULL
        old.must_become = set()

    def _check_parties(self, event: Event, listed: list[Seen]) -> None:
        """Check that all live connections of the call are listed, unless another call shares its id."""
        for call_id in {seen.key[0] for seen in listed} - self._shared:
            missing = [c.key for c in self._call(call_id) if c.state != NULL and c not in listed]
            self._expect(not missing, event, f"leaves out {missing}")

    # --- agents -------------------------------------------------------------------------------------

    def _agent_state(self, event: Event) -> None:
        agent = self.agents.setdefault(event["AgentID"], SeenAgent(event["AgentID"]))
        agent.extension = event["AgentExtension"]
        self._extensions[agent.extension] = agent
        self._instruments[agent.extension] = event["AgentInstrument"]
        state = event["AgentState"]
        before = agent.last
        self._expect(before is None or before != event, event, "repeats an agent state")
        if state == RESERVED and not self._offline:
            self._expect(agent.state == AVAILABLE, event, f"reserves an agent in state {agent.state}")
        if agent.state == LOGOUT and not self._offline:
            self._expect(state == LOGIN, event, "gives a state to an agent that is logged out")
        elif state == LOGIN:
            self._expect(False, event, "logs an agent in a second time")
        self._pass_time(agent)
        agent.state = state
        agent.last = event

    def _pass_time(self, agent: SeenAgent) -> None:
        seconds, agent.since = self._now - agent.since, self._now
        if agent.state == LOGOUT:
            return
        agent.add("LoggedOnTime", seconds)
        if agent.state == AVAILABLE:
            agent.add("AvailTime", seconds)
        elif agent.state in (NOT_READY, LOGIN):
            agent.add("NotReadyTime", seconds)
        elif agent.state in WORK and agent.works_for == "HandledCalls":
            agent.add("HandledCallsAfterCallTime", seconds)
            agent.add("HandledCallsTime", seconds)
        elif agent.state in WORK and agent.works_for:
            agent.add(f"{agent.works_for}Time", seconds)

    def _account(self, seen: Seen) -> None:
        """Count a call that an agent ends. A listening supervisor's connection does not count."""
        agent = self._extensions.get(seen.device)
        listens = seen.call_type in LISTENING_TYPES or seen.supervising
        if agent is None or seen.established_at < 0 or listens:
            return
        if seen.outgoing:
            kind = "AgentOutCalls" if seen.outside else "InternalCalls"
        else:
            kind = "HandledCalls" if seen.handled else "InternalCallsRcvd"
        talk = self._now - seen.established_at
        held = seen.held_time + (self._now - seen.held_at if seen.held_at >= 0 else 0)
        agent.add(kind)
        agent.add(f"{kind}Time", talk)
        if kind in ("HandledCalls", "AgentOutCalls"):
            agent.add(f"{kind}TalkTime", talk)
        if seen.held:
            stem = {"HandledCalls": "IncomingCalls", "AgentOutCalls": "AgentOutCalls"}.get(
                kind, "InternalCalls"
            )
            agent.add(f"{stem}Held")
            agent.add(f"{stem}HeldTime", held)
        agent.ended.append(kind)

    # --- between two seconds --------------------------------------------------------------

    def settle(self) -> None:
        """Check that agents' states and calls agree after all events of a second have come."""
        for call_id, event in self._changed_type.items():
            self._expect(call_id in self._merged, event, "gives a call the type of a merge that did not come")
        self._changed_type.clear()
        self._merged.clear()
        at_device: dict[str, list[Seen]] = {}
        for seen in self.connections.values():
            if not self._offline:
                self._settle_connection(seen)
            if seen.device in self._extensions and seen.state not in (NULL, None):
                at_device.setdefault(seen.device, []).append(seen)
        for agent in self.agents.values():
            if not self._offline:
                self._settle_agent(agent, at_device.get(agent.extension, []))
        self._offline = False

    def _settle_connection(self, seen: Seen) -> None:
        if seen.state not in (INITIATE, FAIL) and not seen.owed_copies and not seen.owed_established:
            return
        context = {"connection": seen.key, "state": seen.state}
        self._expect(not seen.owed_copies, context, "left a caller without CALL_DELIVERED")
        self._expect(not seen.owed_established, context, "left a caller without CALL_ESTABLISHED")
        if seen.state in (INITIATE, FAIL):
            self._expect(
                seen.originated or not seen.outgoing, context, "left a caller without CALL_ORIGINATED"
            )
        if seen.state == INITIATE:
            called = any(c.state in (ALERTING, WAITING) for c in self._call(seen.key[0]))
            self._expect(called, context, "left a caller whose call neither rings nor waits")

    def _settle_agent(self, agent: SeenAgent, calls: list[Seen]) -> None:
        context = {"agent": agent.agent_id, "state": agent.state, "calls": [(c.key, c.state) for c in calls]}
        states = [c.state for c in calls]
        off_hook = sum(state in OFF_HOOK for state in states)
        self._expect(off_hook < 2, context, "left an agent with two active calls")
        if agent.state == LOGOUT:
            return
        if off_hook:
            self._expect(
                agent.state in (TALKING, BUSY_OTHER),
                context,
                "left an agent in a state that does not fit its calls",
            )
        elif HOLD in states:
            self._expect(
                agent.state == ON_HOLD, context, "left an agent in a state that does not fit its calls"
            )
        elif ALERTING in states:
            self._expect(
                agent.state not in (TALKING, ON_HOLD, AVAILABLE),
                context,
                "left an agent in a state that does not fit its calls",
            )
        elif agent.extension not in self._announced_extensions():
            self._expect(
                agent.state not in CALL_STATES, context, "left an agent in a call state without a call"
            )
        if agent.state in WORK:
            if agent.ended:
                agent.works_for = "HandledCalls" if "HandledCalls" in agent.ended else _outgoing(agent.ended)
        else:
            agent.works_for = ""
        agent.ended.clear()

    def _announced_extensions(self) -> set[str]:
        return {extension for extension, i in self._instruments.items() if i in self._announced}

    # --- at the end ------------------------------------------------------------------------------------

    def finish(
        self, time: float, connections: dict[Key, int] | None = None, agents: dict[str, int] | None = None
    ) -> None:
        """Compare the remaining connections (key: state) and the agents' states with the expected ones."""
        self.settle()
        self._now = int(time)
        for agent in self.agents.values():
            self._pass_time(agent)
        left = {key: seen.state for key, seen in self.connections.items()}
        if left != (connections or {}):
            wrong = set(left.items()) ^ set((connections or {}).items())
            raise OrderViolation(f"at the end these connections are on one side only: {sorted(wrong)[:10]}")
        if agents is not None:
            seen = {agent_id: a.state for agent_id, a in self.agents.items()}
            wrong_agents = {
                a: (s, seen.get(a, LOGOUT)) for a, s in agents.items() if seen.get(a, LOGOUT) != s
            }
            if wrong_agents:
                raise OrderViolation(f"at the end these agents have (true, seen) states: {wrong_agents}")
        if self._announced:
            raise OrderViolation(f"announced calls never came: {self._announced}")

    def figures(self, agent_id: str) -> dict[str, int]:
        """Return the agent's statistics computed from the events; names lack the period, such as Today."""
        return dict(self.agents[agent_id].figures) if agent_id in self.agents else {}


def _outgoing(ended: list[str]) -> str:
    return "AgentOutCalls" if ended[-1] == "AgentOutCalls" else ""


_TAKEN_OVER = [
    "device",
    "outgoing",
    "outside",
    "originated",
    "established_at",
    "supervising",
    "held",
    "held_at",
    "held_time",
    "dequeued",
    "queue",
    "owed_copies",
    "owed_established",
]

_HANDLERS = {
    SERVICE_INITIATED: OrderChecker._service_initiated,
    ORIGINATED: OrderChecker._originated,
    REACHED_NETWORK: OrderChecker._reached_network,
    DELIVERED: OrderChecker._delivered,
    ESTABLISHED: OrderChecker._established,
    QUEUED: OrderChecker._queued,
    DEQUEUED: OrderChecker._dequeued,
    HELD: OrderChecker._held,
    RETRIEVED: OrderChecker._retrieved,
    CONNECTION_CLEARED: OrderChecker._connection_cleared,
    CLEARED: OrderChecker._cleared,
}
