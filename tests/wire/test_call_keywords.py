"""Every call message becomes one event with exactly the documented keywords: from bytes to keyword sets.

Each event is tried as an own one in agent mode, as one of a monitor of a device and of a call, and in bulk
mode; once with every field of its message, for a call of which all is known, and once with no field that may
be left out, for a call of which nothing is known.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

import pytest
from support.call_messages import (
    ALERTING,
    CONNECT,
    FAIL,
    FORWARD_NO_ANSWER,
    HOLD,
    INITIATE,
    MESSAGES,
    NULL,
    QUEUED,
    Connection,
)
from support.call_steps import CALLER, DEVICE, SECOND, CallDesk, agent_desk, bulk_desk
from support.documented_call_events import NOT_ON_THE_WIRE, OWN_CALL_EVENTS, TWINS
from support.model import MakeSession
from support.struct_server import NOT_READY, StructServer
from support.wire_steps import FOREIGN_MONITOR, FullRecorder

from ctios_fast import Session
from ctios_fast.connection.clock import ManualClock

KEY = {"RouterCallKeyDay": 151_000, "RouterCallKeyCallID": 77, "RouterCallKeySequenceNumber": 2}
DATA = {
    "ANI": CALLER,
    "UserToUserInfo": b"hello\0",
    "DNIS": "8000",
    "DialedNumber": "18005551000",
    "CallerEnteredDigits": "42",
    **{f"CallVariable{number}": f"value {number}" for number in range(1, 11)},
    "NamedVariable": [("user.account", "0815")],
    "NamedArray": [("user.visits", 1, "Monday")],
}
CONTEXT = {**KEY, **DATA, "CallWrapupData": "wrap", "CTIClient": [("desktop", 1_700_000_000)]}
GROUP = {"SkillGroupNumber": 7, "SkillGroupID": 5007, "SkillGroupPriority": 1}
LINE = {"LineHandle": 1, "LineType": 0}
SERVICE = {"ServiceNumber": 3, "ServiceID": 5003}
TRUNK = {"TrunkNumber": 4, "TrunkGroupNumber": 2}
PARTIES = {"CallingDeviceID": CALLER, "CalledDeviceID": "8000"}
STREAM = {
    "ClientAddress": "10.0.0.7",
    "SendingAddress": "10.0.0.9",
    "SendingPort": 24_002,
}


class Row(NamedTuple):
    """A message, what it is sent with, and the keywords that depend on more than the documentation.

    ``required``: fields that the reference does not let a server leave out. ``further``: those that it does.
    ``device``: the field that names the device of the connection. ``unknown``: documented as optional, and
    neither the message nor the call has them.
    """

    message: str
    required: Mapping[str, Any] = {}
    further: Mapping[str, Any] = {}
    device: str = ""
    unknown: frozenset[str] = frozenset()


_DEVICE = frozenset({"DeviceUniqueObjectID", "FilterTarget"})
_SERVICE_AND_GROUP = frozenset({*SERVICE, *GROUP})
_TAIL = frozenset({"CallStatus", "ICMEnterpriseUniqueID"})

ROWS: Mapping[str, Row] = {
    "OnCallBegin": Row(
        "BEGIN_CALL",
        {"CallType": 1},
        CONTEXT,
        unknown=_SERVICE_AND_GROUP | {"CallStatus"},
    ),
    "OnCallEnd": Row("END_CALL"),
    "OnCallDataUpdate": Row(
        "CALL_DATA_UPDATE",
        {"NewConnectionCallID": 501, "NewConnectionDeviceIDType": 0},
        {**CONTEXT, "CustomerPhoneNumber": CALLER, "CustomerAccountNumber": "1"},
        unknown=_SERVICE_AND_GROUP,
    ),
    "OnCallDelivered": Row(
        "CALL_DELIVERED",
        {"LocalConnectionState": ALERTING},
        {**LINE, **SERVICE, **GROUP, **TRUNK, **DATA, **PARTIES, "LastRedirectDeviceID": "8001"},
        device="AlertingDeviceID",
    ),
    "OnCallEstablished": Row(
        "CALL_ESTABLISHED",
        {"LocalConnectionState": CONNECT},
        {**LINE, **SERVICE, **GROUP, **TRUNK, **PARTIES, "LastRedirectDeviceID": "8001"},
        device="AnsweringDeviceID",
    ),
    "OnCallHeld": Row("CALL_HELD", {"LocalConnectionState": HOLD}, device="HoldingDeviceID"),
    "OnCallRetrieved": Row("CALL_RETRIEVED", {"LocalConnectionState": CONNECT}, device="RetrievingDeviceID"),
    "OnCallCleared": Row("CALL_CLEARED", {"LocalConnectionState": NULL}),
    "OnCallConnectionCleared": Row(
        "CALL_CONNECTION_CLEARED", {"LocalConnectionState": NULL}, {"ReleasingDeviceID": CALLER}
    ),
    "OnCallReachedNetworkEvent": Row(
        "CALL_REACHED_NETWORK",
        {"LocalConnectionState": CONNECT},
        {**LINE, **TRUNK, "TrunkUsedDeviceID": "T4", "CalledDeviceID": CALLER},
    ),
    "OnCallOriginated": Row(
        "CALL_ORIGINATED",
        {"LocalConnectionState": INITIATE},
        {**LINE, **SERVICE, **GROUP, "CalledDeviceID": CALLER},
        device="CallingDeviceID",
    ),
    "OnCallFailed": Row(
        "CALL_FAILED", {"LocalConnectionState": FAIL, "EventCause": 3}, {"CalledDeviceID": CALLER}
    ),
    "OnCallTransferred": Row(
        "CALL_TRANSFERRED",
        {"LocalConnectionState": NULL},
        {**GROUP, "TransferredDeviceID": "3003"},
        device="TransferringDeviceID",
    ),
    "OnCallConferenced": Row(
        "CALL_CONFERENCED",
        {"LocalConnectionState": CONNECT},
        {**GROUP, "AddedPartyDeviceID": "3003"},
        device="ControllerDeviceID",
    ),
    "OnCallDiverted": Row(
        "CALL_DIVERTED",
        {"LocalConnectionState": NULL, "EventCause": FORWARD_NO_ANSWER},
        {**SERVICE, "CalledDeviceID": "7000"},
        device="DivertingDeviceID",
    ),
    "OnCallServiceInitiatedEvent": Row(
        "CALL_SERVICE_INITIATED",
        {"LocalConnectionState": INITIATE},
        {**LINE, **SERVICE, **GROUP},
        device="CallingDeviceID",
    ),
    "OnCallQueuedEvent": Row(
        "CALL_QUEUED",
        {"LocalConnectionState": QUEUED},
        {
            **SERVICE,
            **PARTIES,
            "QueueDeviceID": "7000",
            "LastRedirectDeviceID": "8001",
            "NumQueued": 2,
            "SkillGroup": [(7, 5007, 1)],
        },
    ),
    "OnCallDequeuedEvent": Row(
        "CALL_DEQUEUED", {"LocalConnectionState": CONNECT}, {**SERVICE, "SkillGroup": [(7, 5007, 1)]}
    ),
    "OnTranslationRoute": Row("CALL_TRANSLATION_ROUTE", {**KEY, "DNIS": "8000"}, DATA),
    "OnAgentPrecallEvent": Row(
        "AGENT_PRE_CALL",
        KEY,
        {
            **{name: value for name, value in DATA.items() if name != "DNIS"},
            **SERVICE,
            **GROUP,
            "FltCallTypeID": 5100,
            "PreCallInvokeID": 12,
            "AgentID": "1001",
        },
        device="AgentInstrument",
    ),
    "OnAgentPrecallAbortEvent": Row("AGENT_PRE_CALL_ABORT", KEY, device="AgentInstrument"),
    "OnCallRTPStarted": Row(
        "RTP_STARTED",
        STREAM,
        {"AgentID": "1001", "AgentExtension": DEVICE},
        device="AgentInstrument",
    ),
    "OnCallRTPStopped": Row(
        "RTP_STOPPED",
        STREAM,
        {"AgentID": "1001", "AgentExtension": DEVICE},
        device="AgentInstrument",
    ),
}

_OF_TWO_CALLS = {"CALL_CONFERENCED", "CALL_TRANSFERRED"}
#: The other party of a call that two calls become.
PARTY = Connection(501, "3003")
#: Messages that name no call.
_WITHOUT_CALL = {"CALL_TRANSLATION_ROUTE", "AGENT_PRE_CALL", "AGENT_PRE_CALL_ABORT"}
#: Messages that cannot do without the device.
_WITH_INSTRUMENT = {"AGENT_PRE_CALL", "AGENT_PRE_CALL_ABORT"}

#: How an event reaches the session: by its own monitor, by one of a device or of a call, or in bulk mode.
WAYS = ["own", "device", "call", "bulk"]


class Stage(NamedTuple):
    """A session, and whose calls its events are about."""

    desk: CallDesk
    kind: str
    device: str
    monitor_id: int

    @property
    def call(self) -> Connection:
        """The call of the event under test."""
        return Connection(501, self.device)

    def begin(self, connection: Connection) -> None:
        """Let a call begin of which all is known."""
        more = {"monitor_id": self.monitor_id}
        self.desk.send("BEGIN_CALL", connection, **CONTEXT, **more)
        row = ROWS["OnCallDelivered"]
        delivered = {**row.required, **row.further, **more, "AlertingDeviceID": self.device}
        self.desk.send("CALL_DELIVERED", connection, **delivered)

    def begin_party(self, **fields: Any) -> None:
        """Let the other party's connection begin, which a client of all events hears of."""
        if self.kind == "bulk":
            self.desk.send("BEGIN_CALL", PARTY, **fields)


@pytest.fixture(params=[14, 25], ids="version {}".format)
def version(request: pytest.FixtureRequest) -> int:
    return int(request.param)


@pytest.fixture
async def stage(
    request: pytest.FixtureRequest, session: Session, server: StructServer, recorder: FullRecorder
) -> Stage:
    way = request.param
    kind = "monitored" if way in ("device", "call") else way
    if kind == "bulk":
        desk = await bulk_desk(session, server, recorder)
        stage = Stage(desk, kind, DEVICE, 0)
    else:
        desk = await agent_desk(session, server, recorder)
        own = kind == "own"
        stage = Stage(desk, kind, DEVICE if own else SECOND, desk.monitor_id if own else FOREIGN_MONITOR)
        if not own:
            await desk.monitor(SECOND, call=stage.call if way == "call" else None)
    desk.peer.agent_state_event(
        NOT_READY,
        monitor_id=stage.monitor_id,
        agent_id="1002" if kind == "monitored" else "1001",
        instrument=stage.device,
    )
    await desk.settle()
    recorder.clear()
    return stage


def fields_of(row: Row, stage: Stage, *, everything: bool) -> dict[str, Any]:
    """What the message is sent with."""
    fields: dict[str, Any] = {"monitor_id": stage.monitor_id, **row.required}
    if everything:
        fields.update(row.further)
    if row.device and (everything or row.message in _WITH_INSTRUMENT):
        fields[row.device] = stage.device
    if stage.desk.peer.version < 20 and row.message == "AGENT_PRE_CALL":
        fields.pop("AgentID", None)  # came with version 20
    if row.message == "CALL_DATA_UPDATE":
        fields["NewConnectionDeviceID"] = stage.device
    return fields


def send(row: Row, stage: Stage, *, everything: bool) -> None:
    """Send the message under test."""
    fields = fields_of(row, stage, everything=everything)
    if row.message in _OF_TWO_CALLS:
        parties = [PARTY]
        if row.message == "CALL_CONFERENCED":
            parties.append(stage.call)
        stage.desk.join(row.message, stage.call, Connection(502, stage.device), parties, **fields)
        return
    stage.desk.send(row.message, None if row.message in _WITHOUT_CALL else stage.call, **fields)


def expected(event: str, row: Row, kind: str) -> set[str]:
    """The documented keywords of an event of that kind when everything is known."""
    documented = OWN_CALL_EVENTS[event]
    keywords = set(documented.always | documented.optional)
    if row.message not in _WITHOUT_CALL:
        keywords |= _TAIL | {"UniqueObjectID"}
        if kind == "own" or row.message != "BEGIN_CALL":  # an own call is at the agent's device
            keywords |= _DEVICE
        else:  # the device's agent is known from the connection
            keywords.add("FilterTarget")
        if kind == "own":  # the mask is about the session's own agent
            keywords.add("EnablementMask")
    if kind != "own":
        keywords.discard("EnablementMask")
    if event == "OnCallFailed":
        keywords |= {"FailureCode", "ErrorMessage"}
    if kind == "monitored":
        keywords.add("Monitored")
    return keywords - row.unknown - NOT_ON_THE_WIRE.get(event, frozenset())


def name_of(event: str, kind: str) -> str:
    """The name under which an event of that kind is fired."""
    return TWINS[event] if kind == "monitored" else event


def check(stage: Stage, event: str, keywords: set[str]) -> None:
    """Fail unless the only event is that one, with these keywords."""
    name = name_of(event, stage.kind)
    assert stage.desk.events == [name]
    assert set(stage.desk.one(name)) == keywords


#: A translation route has no MonitorID, and the events of streams have no twin.
_OWN_ONLY = {"OnTranslationRoute", "OnCallRTPStarted", "OnCallRTPStopped"}

every_kind_of_every_event = pytest.mark.parametrize(
    ("stage", "event"),
    [(way, event) for event in ROWS for way in WAYS if way in ("own", "bulk") or event not in _OWN_ONLY],
    indirect=["stage"],
)


#: Events of calls that CTI OS documents with the events of the session and of silent monitoring.
_OF_OTHER_INTERFACES = frozenset({"OnTranslationRoute", "OnCallRTPStarted", "OnCallRTPStopped"})


@pytest.mark.covers(
    *(f"IMonitoredCallEvents.{twin}" for event, twin in TWINS.items() if event not in _OWN_ONLY),
    *(f"ICallEvents.{event}" for event in OWN_CALL_EVENTS if event not in _OF_OTHER_INTERFACES),
    "ISessionEvents.OnTranslationRoute",
    "ISilentMonitorEvents.OnCallRTPStarted",
    "ISilentMonitorEvents.OnCallRTPStopped",
)
@every_kind_of_every_event
async def test_all_that_is_known_is_in_the_event(stage: Stage, event: str) -> None:
    row = ROWS[event]
    if row.message not in _WITHOUT_CALL and row.message != "BEGIN_CALL":
        stage.begin(stage.call)
        if row.message in _OF_TWO_CALLS:
            stage.begin(Connection(502, stage.device))
            stage.begin_party(**CONTEXT)
    await stage.desk.settle()
    stage.desk.recorder.clear()
    send(row, stage, everything=True)
    await stage.desk.settle()
    check(stage, event, expected(event, row, stage.kind))


@every_kind_of_every_event
async def test_what_is_not_known_is_not_in_the_event(stage: Stage, event: str) -> None:
    row = ROWS[event]
    if row.message not in _WITHOUT_CALL and row.message != "BEGIN_CALL":
        stage.desk.send("BEGIN_CALL", stage.call, monitor_id=stage.monitor_id)
        if row.message in _OF_TWO_CALLS:
            stage.desk.send("BEGIN_CALL", Connection(502, stage.device), monitor_id=stage.monitor_id)
            stage.begin_party()
    await stage.desk.settle()
    stage.desk.recorder.clear()
    send(row, stage, everything=False)
    await stage.desk.settle()
    documented = OWN_CALL_EVENTS[event]
    keywords = expected(event, row, stage.kind) - documented.optional - (_TAIL - documented.always)
    if "LocalConnectionState" in row.required and row.message != "CALL_REACHED_NETWORK":
        keywords.add("CallStatus")
    if "SkillGroupPriority:H" in MESSAGES[row.message].fixed and row.message not in _OF_TWO_CALLS:
        keywords |= documented.optional & {*GROUP}  # a fixed field always has a value
    if stage.kind != "own":
        keywords -= _DEVICE
        if row.message in ("BEGIN_CALL", "END_CALL"):  # these name the agent of the connection's device
            keywords.add("FilterTarget")
    check(stage, event, keywords)


def test_every_call_event_with_a_message_of_its_own_is_tried() -> None:
    assert set(ROWS) == set(OWN_CALL_EVENTS)
    assert set(ROWS) - set(TWINS) | {"OnTranslationRoute"} == _OWN_ONLY


@pytest.mark.parametrize("message", ["CALL_DELIVERED", "CALL_DATA_UPDATE", "CALL_QUEUED", "CALL_DIVERTED"])
async def test_a_session_may_have_every_field_of_the_message(
    make_session: MakeSession, clock: ManualClock, server: StructServer, version: int, message: str
) -> None:
    session = make_session(clock=clock, version=version, minimize_event_args=False)
    desk = await agent_desk(session, server, FullRecorder(session))
    stage = Stage(desk, "own", DEVICE, desk.monitor_id)
    (event,) = (event for event, row in ROWS.items() if row.message == message)
    stage.begin(stage.call)
    await desk.settle()
    desk.recorder.clear()
    row = ROWS[event]
    send(row, stage, everything=True)
    await desk.settle()
    args = desk.one(event)
    fields = fields_of(row, stage, everything=True)
    del fields["monitor_id"]
    lists = {"NamedVariable", "NamedArray", "CTIClient", "SkillGroup"}
    for name in set(fields) - lists:
        wanted = "hello" if name == "UserToUserInfo" else fields[name]  # octets on the wire, text in CTI OS
        assert args[name] == wanted, name
    for name in ("MonitorID", "PeripheralID", "PeripheralType", "ConnectionCallID", "ConnectionDeviceIDType"):
        assert name in args
    assert expected(event, row, "own") <= set(args)
    assert not [name for name, value in args.items() if isinstance(value, list)], "Arguments have tuples"
    if "NamedVariable" in fields:
        ecc = dict(fields["NamedVariable"])
        ecc |= {f"{name}[{index}]": value for name, index, value in fields["NamedArray"]}
        assert dict(args["ECC"]) == ecc
