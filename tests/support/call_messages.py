"""Call messages of a CTI Server, packed by hand with ``struct`` for the transcripts of calls.

It imports nothing of the package, as ``struct_server`` does not. Layouts are for versions 14 to 25 and have
the names of the protocol reference. A test gives the fields that it is about; the others have the values
that the reference prints for "not known". The counts of lists follow from the lists::

    at_phone = Connection(501, "3001")
    send(peer, "CALL_HELD", at_phone, monitor_id=77, LocalConnectionState=HOLD, HoldingDeviceID="3001")
    send(peer, "BEGIN_CALL", at_phone, ANI="5551234", NamedVariable=[("user.account", "7")])
"""

import struct
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from support.struct_server import (
    DEVID_NONE,
    ENTERPRISE_AGENT,
    NULL_SKILL_GROUP,
    PERIPHERAL,
    Floating,
    Frame,
    Peer,
    text,
    uint,
    ushort,
)

#: LocalConnectionState.
NULL, INITIATE, ALERTING, CONNECT, HOLD, QUEUED, FAIL, NONE = 0, 1, 2, 3, 4, 5, 6, 0xFFFF

#: ConnectionDeviceIDType.
STATIC, DYNAMIC, NO_CONNECTION = 0, 1, 0xFFFF

#: DeviceIDType.
EXTERNAL, AGENT_DEVICE, QUEUE = 75, 76, 77

#: EventCause.
BUSY, FORWARD_NO_ANSWER, NEW_CALL, REDIRECTED, TRANSFER, PARTY_UPDATE, CONSULT = 3, 8, 22, 28, 32, 50, 51
NO_CAUSE = 0xFFFF

#: CallType.
ACD_IN, OUT, OFFERED, CONSULT_CALL, CONSULT_OFFERED, CONFERENCE = 1, 9, 11, 12, 13, 15

#: ConnectionCallID of a call that does not exist.
NO_CALL = 0xFFFFFFFF


class Connection(NamedTuple):
    """A connection of a call, as the server names it."""

    call_id: int
    device_id: str
    type: int = STATIC

    @property
    def uid(self) -> str:
        """The UniqueObjectID that CTI OS makes of it."""
        return f"call.{PERIPHERAL}.{self.call_id}.{self.device_id}"


class _Message(NamedTuple):
    """``fixed``: names with their ``struct`` codes, in order. ``floating``: the names that may follow."""

    number: int
    fixed: str
    floating: str


_VARIABLES = " ".join(f"CallVariable{number}" for number in range(1, 11))
_CONTEXT = f"ANI UserToUserInfo DNIS DialedNumber CallerEnteredDigits {{}} {_VARIABLES}"
_WITH_KEY = _CONTEXT.format("RouterCallKeyDay RouterCallKeyCallID RouterCallKeySequenceNumber")
_ECC = "NamedVariable NamedArray"

_HEAD = "MonitorID:I PeripheralID:I PeripheralType:H"
_CONNECTION = f"{_HEAD} ConnectionDeviceIDType:H ConnectionCallID:I"
_LINE = "LineHandle:H LineType:H"
_SERVICE = "ServiceNumber:I ServiceID:I"
_SKILL_GROUP = "SkillGroupNumber:I SkillGroupID:I SkillGroupPriority:H"
_STATE = "LocalConnectionState:H EventCause:H"
_COUNTS = "NumNamedVariables:H NumNamedArrays:H"
_OF_TWO_CALLS = (
    f"{_HEAD} PrimaryDeviceIDType:H PrimaryCallID:I {_LINE} {_SKILL_GROUP} NumParties:H"
    " SecondaryDeviceIDType:H SecondaryCallID:I {}DeviceType:H {}DeviceType:H " + _STATE
)
_RTP = "MonitorID:I PeripheralID:I ClientPort:I Direction:H{} ConnectionDeviceIDType:H ConnectionCallID:I"
_RTP_FLOATING = (
    "ConnectionDeviceID ClientAddress AgentID AgentExtension AgentInstrument SendingAddress SendingPort"
)

MESSAGES: Mapping[str, _Message] = {
    "CALL_DELIVERED": _Message(
        9,
        f"{_CONNECTION} {_LINE} {_SERVICE} {_SKILL_GROUP} AlertingDeviceType:H CallingDeviceType:H"
        f" CalledDeviceType:H LastRedirectDeviceType:H {_STATE} {_COUNTS}",
        "ConnectionDeviceID AlertingDeviceID CallingDeviceID CalledDeviceID LastRedirectDeviceID TrunkNumber"
        f" TrunkGroupNumber SecondaryConnectionCallID {_CONTEXT.format('')} CallWrapupData {_ECC}",
    ),
    "CALL_ESTABLISHED": _Message(
        10,
        f"{_CONNECTION} {_LINE} {_SERVICE} {_SKILL_GROUP} AnsweringDeviceType:H CallingDeviceType:H"
        f" CalledDeviceType:H LastRedirectDeviceType:H {_STATE}",
        "ConnectionDeviceID AnsweringDeviceID CallingDeviceID CalledDeviceID LastRedirectDeviceID"
        " TrunkNumber TrunkGroupNumber",
    ),
    "CALL_HELD": _Message(
        11, f"{_CONNECTION} HoldingDeviceType:H {_STATE}", "ConnectionDeviceID HoldingDeviceID"
    ),
    "CALL_RETRIEVED": _Message(
        12, f"{_CONNECTION} RetrievingDeviceType:H {_STATE}", "ConnectionDeviceID RetrievingDeviceID"
    ),
    "CALL_CLEARED": _Message(13, f"{_CONNECTION} {_STATE}", "ConnectionDeviceID"),
    "CALL_CONNECTION_CLEARED": _Message(
        14, f"{_CONNECTION} ReleasingDeviceType:H {_STATE}", "ConnectionDeviceID ReleasingDeviceID"
    ),
    "CALL_ORIGINATED": _Message(
        15,
        f"{_CONNECTION} {_LINE} {_SERVICE} {_SKILL_GROUP} CallingDeviceType:H CalledDeviceType:H {_STATE}",
        "ConnectionDeviceID CallingDeviceID CalledDeviceID",
    ),
    "CALL_FAILED": _Message(
        16,
        f"{_CONNECTION} FailingDeviceType:H CalledDeviceType:H {_STATE}",
        "ConnectionDeviceID FailingDeviceID CalledDeviceID",
    ),
    "CALL_CONFERENCED": _Message(
        17,
        _OF_TWO_CALLS.format("Controller", "AddedParty"),
        "PrimaryDeviceID SecondaryDeviceID ControllerDeviceID AddedPartyDeviceID ConnectedParty",
    ),
    "CALL_TRANSFERRED": _Message(
        18,
        _OF_TWO_CALLS.format("Transferring", "Transferred"),
        "PrimaryDeviceID SecondaryDeviceID TransferringDeviceID TransferredDeviceID ConnectedParty",
    ),
    "CALL_DIVERTED": _Message(
        19,
        f"{_CONNECTION} {_SERVICE} DivertingDeviceType:H CalledDeviceType:H {_STATE}",
        "ConnectionDeviceID DivertingDeviceID CalledDeviceID",
    ),
    "CALL_SERVICE_INITIATED": _Message(
        20,
        f"{_CONNECTION} {_LINE} {_SERVICE} {_SKILL_GROUP} CallingDeviceType:H {_STATE}",
        "ConnectionDeviceID CallingDeviceID CallReferenceID COCConnectionCallID"
        " COCCallConnectionDeviceIDType",
    ),
    "CALL_QUEUED": _Message(
        21,
        f"{_CONNECTION} {_SERVICE} QueueDeviceType:H CallingDeviceType:H CalledDeviceType:H"
        f" LastRedirectDeviceType:H NumQueued:H NumSkillGroups:H {_STATE}",
        "ConnectionDeviceID QueueDeviceID CallingDeviceID CalledDeviceID LastRedirectDeviceID SkillGroup",
    ),
    "CALL_TRANSLATION_ROUTE": _Message(22, _COUNTS, f"{_WITH_KEY} {_ECC}"),
    "BEGIN_CALL": _Message(
        23,
        f"{_HEAD} NumCTIClients:H {_COUNTS} CallType:H ConnectionDeviceIDType:H ConnectionCallID:I"
        " CalledPartyDisposition:H",
        f"ConnectionDeviceID {_WITH_KEY} CallWrapupData {_ECC} CTIClient CallReferenceID",
    ),
    "END_CALL": _Message(24, _CONNECTION, "ConnectionDeviceID"),
    "CALL_DATA_UPDATE": _Message(
        25,
        f"{_HEAD} NumCTIClients:H {_COUNTS} CallType:H ConnectionDeviceIDType:H ConnectionCallID:I"
        " NewConnectionDeviceIDType:H NewConnectionCallID:I CalledPartyDisposition:H CampaignID:I"
        " QueryRuleID:I",
        f"ConnectionDeviceID NewConnectionDeviceID {_WITH_KEY} CallWrapupData {_ECC} CustomerPhoneNumber"
        " CustomerAccountNumber CTIClient CallReferenceID",
    ),
    "CALL_REACHED_NETWORK": _Message(
        34,
        f"{_CONNECTION} {_LINE} TrunkUsedDeviceType:H CalledDeviceType:H {_STATE}",
        "ConnectionDeviceID TrunkUsedDeviceID CalledDeviceID TrunkNumber TrunkGroupNumber",
    ),
    "SNAPSHOT_CALL_CONF": _Message(
        83,
        f"InvokeID:I CallType:H NumCTIClients:H NumCallDevices:H {_COUNTS} CalledPartyDisposition:H",
        f"{_CONTEXT.format('RouterCallKeyDay RouterCallKeyCallID')} CallWrapupData {_ECC} CTIClient"
        " CallDevice",
    ),
    "CALL_DEQUEUED": _Message(
        86,
        f"{_CONNECTION} QueueDeviceType:H {_SERVICE} NumQueued:H NumSkillGroups:H {_STATE}",
        "ConnectionDeviceID SkillGroup",
    ),
    "AGENT_PRE_CALL": _Message(
        105,
        f"MonitorID:I {_COUNTS} {_SERVICE} {_SKILL_GROUP} MRDID:i AgentSkillTargetID:I",
        "AgentInstrument RouterCallKeyDay RouterCallKeyCallID RouterCallKeySequenceNumber ANI UserToUserInfo"
        f" DialedNumber CallerEnteredDigits FltCallTypeID PreCallInvokeID {_VARIABLES} {_ECC} AgentID",
    ),
    "AGENT_PRE_CALL_ABORT": _Message(
        106,
        "MonitorID:I MRDID:i",
        "AgentInstrument RouterCallKeyDay RouterCallKeyCallID RouterCallKeySequenceNumber",
    ),
    "RTP_STARTED": _Message(
        116,
        _RTP.format(" RTPType:H BitRate:I EchoCancellation:H PacketSize:I PayloadType:H"),
        _RTP_FLOATING,
    ),
    "RTP_STOPPED": _Message(117, _RTP.format(""), _RTP_FLOATING),
}

#: Fixed fields that came after version 14.
_SINCE = {"AgentSkillTargetID": 20}

#: What a fixed field holds unless the test gives it. The type of a device that is not given is DEVID_NONE.
_DEFAULTS: Mapping[str, int] = {
    "MonitorID": 0,
    "PeripheralID": PERIPHERAL,
    "PeripheralType": ENTERPRISE_AGENT,
    "LineHandle": 0xFFFF,
    "LineType": 0xFFFF,
    "ServiceNumber": 0xFFFFFFFF,
    "ServiceID": 0xFFFFFFFF,
    "SkillGroupNumber": NULL_SKILL_GROUP,
    "SkillGroupID": NULL_SKILL_GROUP,
    "SkillGroupPriority": 0,
    "LocalConnectionState": NONE,
    "EventCause": NO_CAUSE,
    "CallType": ACD_IN,
    "CalledPartyDisposition": 0,
    "CampaignID": 0,
    "QueryRuleID": 0,
    "NumQueued": 0,
    "MRDID": 1,
    "AgentSkillTargetID": 5123,
    "ClientPort": 16384,
    "Direction": 0,
    "RTPType": 0,
    "BitRate": 0,
    "EchoCancellation": 0,
    "PacketSize": 20,
    "PayloadType": 4,
}


def _named_variable(name: str, value: str) -> Floating:
    return [(82, text(name) + text(value))]


def _named_array(name: str, index: int, value: str) -> Floating:
    return [(83, bytes([index]) + text(name) + text(value))]


def _client(signature: str, timestamp: int) -> Floating:
    return [(23, text(signature)), (24, uint(timestamp))]


def _skill_group(number: int, group_id: int, priority: int) -> Floating:
    return [(62, uint(number)), (63, uint(group_id)), (64, ushort(priority))]


def _party(call_id: int, device_id: str, device_type: int = STATIC) -> Floating:
    return [(39, uint(call_id)), (40, ushort(device_type)), (41, text(device_id))]


def _call_device(
    call_id: int, device_id: str, device_type: int, kind: int, device: str, state: int
) -> Floating:
    return [
        (56, uint(call_id)),
        (57, ushort(device_type)),
        (58, text(device_id)),
        (59, ushort(kind)),
        (60, text(device)),
        (61, ushort(state)),
    ]


#: Lists: the fixed field that counts them, and what packs one element.
_LISTS: Mapping[str, tuple[str, Callable[..., Floating]]] = {
    "NamedVariable": ("NumNamedVariables", _named_variable),
    "NamedArray": ("NumNamedArrays", _named_array),
    "CTIClient": ("NumCTIClients", _client),
    "SkillGroup": ("NumSkillGroups", _skill_group),
    "ConnectedParty": ("NumParties", _party),
    "CallDevice": ("NumCallDevices", _call_device),
}

#: Tags of single floating fields. A number is packed into four bytes, a connection's id type into two.
_TAGS: Mapping[str, int] = {
    "AgentExtension": 4,
    "AgentID": 5,
    "AgentInstrument": 6,
    "ANI": 8,
    "UserToUserInfo": 9,
    "DNIS": 10,
    "DialedNumber": 11,
    "CallerEnteredDigits": 12,
    **{f"CallVariable{number}": 12 + number for number in range(1, 11)},
    "ConnectionDeviceID": 25,
    "AlertingDeviceID": 26,
    "CallingDeviceID": 27,
    "CalledDeviceID": 28,
    "LastRedirectDeviceID": 29,
    "AnsweringDeviceID": 30,
    "HoldingDeviceID": 31,
    "RetrievingDeviceID": 32,
    "ReleasingDeviceID": 33,
    "FailingDeviceID": 34,
    "PrimaryDeviceID": 35,
    "SecondaryDeviceID": 36,
    "ControllerDeviceID": 37,
    "AddedPartyDeviceID": 38,
    "TransferringDeviceID": 42,
    "TransferredDeviceID": 43,
    "DivertingDeviceID": 44,
    "QueueDeviceID": 45,
    "CallWrapupData": 46,
    "NewConnectionDeviceID": 47,
    "TrunkUsedDeviceID": 48,
    "RouterCallKeyDay": 72,
    "RouterCallKeyCallID": 73,
    "ClientAddress": 81,
    "CustomerPhoneNumber": 95,
    "CustomerAccountNumber": 96,
    "RouterCallKeySequenceNumber": 110,
    "TrunkNumber": 121,
    "TrunkGroupNumber": 122,
    "SendingAddress": 125,
    "SendingPort": 126,
    "SecondaryConnectionCallID": 202,
    "FltCallTypeID": 210,
    "PreCallInvokeID": 221,
    "CallReferenceID": 223,
    "COCConnectionCallID": 229,
    "COCCallConnectionDeviceIDType": 230,
}

#: Single floating fields that hold a number.
NUMBERS = frozenset(
    {
        "RouterCallKeyDay",
        "RouterCallKeyCallID",
        "RouterCallKeySequenceNumber",
        "TrunkNumber",
        "TrunkGroupNumber",
        "SendingPort",
        "SecondaryConnectionCallID",
        "FltCallTypeID",
        "PreCallInvokeID",
        "COCConnectionCallID",
        "COCCallConnectionDeviceIDType",
    }
)


def send(
    peer: Peer, message: str, connection: Connection | None = None, *, monitor_id: int = 0, **fields: Any
) -> None:
    """Send a call message; ``connection`` is what its ConnectionCallID and the like name."""
    peer.send(*parts(peer.version, message, connection, monitor_id=monitor_id, **fields))


def parts(
    version: int, message: str, connection: Connection | None = None, **fields: Any
) -> tuple[int, bytes, Floating]:
    """Number, fixed part and floating fields of a message."""
    number, fixed, floating = MESSAGES[message]
    given = dict(fields)
    given["MonitorID"] = given.pop("monitor_id", 0)
    if connection is not None:
        given.setdefault("ConnectionCallID", connection.call_id)
        given.setdefault("ConnectionDeviceIDType", connection.type)
        given.setdefault("ConnectionDeviceID", connection.device_id)
    for name, (count, _) in _LISTS.items():
        if count in fixed.replace(":", " ").split():
            given[count] = len(given.get(name, ()))
    body = b""
    known = set()
    for field in fixed.split():
        name, code = field.split(":")
        known.add(name)
        if _SINCE.get(name, 0) <= version:
            value = given[name] if name in given else _default(name, given)
            body += struct.pack(">" + code, value)
    tail: list[tuple[int, bytes]] = []
    for name in floating.split():
        known.add(name)
        if name in given:
            tail += _floating(name, given[name])
    unknown = set(given) - known - {"MonitorID"}
    assert not unknown, f"{message} has no {sorted(unknown)}"
    return number, body, tail


def _default(name: str, given: Mapping[str, Any]) -> int:
    if name.endswith("DeviceType"):
        return AGENT_DEVICE if name.removesuffix("Type") + "ID" in given else DEVID_NONE
    return _DEFAULTS[name]


def _floating(name: str, value: Any) -> Floating:
    if name in _LISTS:
        return [field for element in value for field in _LISTS[name][1](*element)]
    if isinstance(value, int):
        return [(_TAGS[name], ushort(value) if name.endswith("IDType") else uint(value))]
    return [(_TAGS[name], text(value) if isinstance(value, str) else value)]


def data_update(
    peer: Peer,
    old: Connection,
    new: Connection | None = None,
    *,
    monitor_id: int = 0,
    **fields: Any,
) -> None:
    """Send CALL_DATA_UPDATE; without ``new`` the call keeps its id."""
    new = old if new is None else new
    send(
        peer,
        "CALL_DATA_UPDATE",
        old,
        monitor_id=monitor_id,
        NewConnectionCallID=new.call_id,
        NewConnectionDeviceIDType=new.type,
        NewConnectionDeviceID=new.device_id,
        **fields,
    )


def snapshot_conf(peer: Peer, request: Frame, *parties: tuple[int, str, int], **fields: Any) -> None:
    """Answer a question about a call; ``parties``: ConnectionCallID, device and state of its connections."""
    rows = [(call_id, device, STATIC, AGENT_DEVICE, device, state) for call_id, device, state in parties]
    send(peer, "SNAPSHOT_CALL_CONF", InvokeID=request.invoke_id, CallDevice=rows, **fields)


def of_two_calls(
    peer: Peer,
    message: str,
    primary: Connection,
    secondary: Connection,
    parties: Sequence[Connection],
    *,
    monitor_id: int = 0,
    **fields: Any,
) -> None:
    """Send CALL_CONFERENCED or CALL_TRANSFERRED; ``parties`` are the connections of the resulting call."""
    send(
        peer,
        message,
        monitor_id=monitor_id,
        PrimaryCallID=primary.call_id,
        PrimaryDeviceIDType=primary.type,
        PrimaryDeviceID=primary.device_id,
        SecondaryCallID=secondary.call_id,
        SecondaryDeviceIDType=secondary.type,
        SecondaryDeviceID=secondary.device_id,
        ConnectedParty=list(parties),
        **fields,
    )
