"""The keywords that CTI OS documents for its call events, as data: the tables of the Developer's Guide.

It imports nothing of the package. ``CALL_EVENTS`` has every call event that follows from a message of the
CTI Server: the 36 of the guide's call events, their monitored twins, and the three call events of its other
chapters.
"""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from typing import Any

from support.documented_events import Keywords

_VARIABLES = frozenset(f"CallVariable{number}" for number in range(1, 11))
_ICM_ID = frozenset({"ICMEnterpriseUniqueID"})
_SKILL_GROUP = frozenset({"SkillGroupNumber", "SkillGroupID", "SkillGroupPriority"})
_TRUNK = frozenset({"TrunkNumber", "TrunkGroupNumber"})


def _words(words: str) -> frozenset[str]:
    return frozenset(words.split())


#: What the guide marks as optional in the events that carry the data of a call.
_CALL_DATA = (
    _words(
        "ANI DNIS UserToUserInfo DialedNumber CallerEnteredDigits ServiceNumber ServiceID CallWrapupData"
        " CallStatus ECC CTIClients"
    )
    | _SKILL_GROUP
    | _VARIABLES
    | _ICM_ID
)
_OF_TWO_CALLS = Keywords(
    _words(
        "PeripheralID PeripheralType CallType UniqueObjectID RouterCallKeyDay RouterCallKeyCallID"
        " ConnectionCallID"
    ),
    _CALL_DATA,
)
_CALL_CONTEXT = Keywords(_OF_TWO_CALLS.always | {"RouterCallKeySequenceNumber"}, _CALL_DATA)
_AT_A_LINE = _words("ServiceNumber ServiceID LineType EnablementMask UniqueObjectID CallStatus")
_STATUS = _words("EnablementMask UniqueObjectID CallStatus")
_CLEARED = Keywords(_words("EnablementMask UniqueObjectID"), _ICM_ID | {"CallStatus"})
_DELIVERED = Keywords(_AT_A_LINE, _SKILL_GROUP | _ICM_ID | _TRUNK)
_ANNOUNCED = (
    _words(
        "ICMEnterpriseUniqueID RouterCallKeyDay RouterCallKeyCallID NumNamedVariables NumNamedArrays ANI"
        " UserToUserInfo DNIS DialedNumber CallerEnteredDigits ECC"
    )
    | _VARIABLES
)
_QUEUE = _words(
    "ConnectionDeviceID ConnectionDeviceIDType LocalConnectionState EventCause LineHandle LineType ServiceID"
    " ServiceNumber NumQueued NumSkillGroups"
)
_RTP = Keywords(
    _words(
        "MonitorID PeripheralID ClientPort Direction RTPType BitRate EchoCancellation PacketSize PayloadType"
        " ConnectionDeviceIDType ConnectionCallID ConnectionDeviceID ClientAddress"
    ),
    _words("AgentID AgentExtension AgentInstrument"),
)
_CONFIRMATION = Keywords(frozenset({"UniqueObjectID"}))

#: Events of the session's own calls.
OWN_CALL_EVENTS: Mapping[str, Keywords] = {
    "OnCallBegin": _CALL_CONTEXT,
    "OnCallEnd": Keywords(frozenset({"UniqueObjectID"}), _ICM_ID | {"CallStatus"}),
    "OnCallDataUpdate": _CALL_CONTEXT,
    "OnCallDelivered": _DELIVERED,
    "OnCallEstablished": _DELIVERED,
    "OnCallHeld": Keywords(_STATUS, _ICM_ID),
    "OnCallRetrieved": Keywords(_STATUS),
    "OnCallCleared": _CLEARED,
    "OnCallConnectionCleared": _CLEARED,
    "OnCallReachedNetworkEvent": Keywords(
        _words(
            "ConnectionDeviceID ConnectionDeviceIDType TrunkUsedDeviceID TrunkUsedDeviceIDType"
            " CalledDeviceID CalledDeviceIDType LocalConnectionState EventCause LineHandle LineType"
        ),
        _TRUNK,
    ),
    "OnCallOriginated": Keywords(_AT_A_LINE, _SKILL_GROUP),
    "OnCallFailed": Keywords(_STATUS),
    "OnCallTransferred": _OF_TWO_CALLS,
    "OnCallConferenced": _OF_TWO_CALLS,
    "OnCallDiverted": Keywords(
        _words(
            "UniqueObjectID PeripheralID PeripheralType ConnectionDeviceIDType ConnectionDeviceID"
            " ConnectionCallID ServiceNumber ServiceID DivertingDeviceType CalledDeviceType"
            " LocalConnectionState EventCause"
        ),
        _words("DivertingDeviceID CalledDeviceID"),
    ),
    "OnCallServiceInitiatedEvent": Keywords(_AT_A_LINE, _SKILL_GROUP),
    "OnCallQueuedEvent": Keywords(
        _QUEUE
        | _words(
            "QueuedDeviceID QueuedDeviceIDType CallingDeviceID CallingDeviceIDType CalledDeviceID"
            " CalledDeviceIDType LastRedirectedDeviceID LastRedirectedDeviceIDType"
        )
    ),
    "OnCallDequeuedEvent": Keywords(_QUEUE),
    "OnTranslationRoute": Keywords(_ANNOUNCED | {"RouterCallKeySequenceNumber"}),
    "OnAgentPrecallEvent": Keywords(
        _ANNOUNCED
        | _SKILL_GROUP
        | _words("AgentInstrument ServiceNumber ServiceID CallTypeIDTag PreCallInvokeIDTag")
    ),
    "OnAgentPrecallAbortEvent": Keywords(
        _words("ICMEnterpriseUniqueID RouterCallKeyDay RouterCallKeyCallID AgentInstrument")
    ),
    "OnCallRTPStarted": _RTP,
    "OnCallRTPStopped": _RTP,
}

#: The monitored twin of each event that has one.
TWINS: Mapping[str, str] = {
    "OnCallBegin": "OnMonitoredCallBegin",
    "OnCallEnd": "OnMonitoredCallEnd",
    "OnCallDataUpdate": "OnMonitoredCallDataUpdate",
    "OnCallDelivered": "OnMonitoredCallDelivered",
    "OnCallEstablished": "OnMonitoredCallEstablished",
    "OnCallHeld": "OnMonitoredCallHeld",
    "OnCallRetrieved": "OnMonitoredCallRetrieved",
    "OnCallCleared": "OnMonitoredCallCleared",
    "OnCallConnectionCleared": "OnMonitoredCallConnectionCleared",
    "OnCallReachedNetworkEvent": "MonitoredCallReachedNetworkEvent",
    "OnCallOriginated": "OnMonitoredCallOriginated",
    "OnCallFailed": "OnMonitoredCallFailed",
    "OnCallTransferred": "OnMonitoredCallTransferred",
    "OnCallConferenced": "OnMonitoredCallConferenced",
    "OnCallDiverted": "OnMonitoredCallDiverted",
    "OnCallServiceInitiatedEvent": "MonitoredCallServiceInitiatedEvent",
    "OnCallQueuedEvent": "MonitoredCallQueuedEvent",
    "OnCallDequeuedEvent": "MonitoredCallDequeuedEvent",
    "OnTranslationRoute": "OnMonitoredTranslationRoute",
    "OnAgentPrecallEvent": "OnMonitoredCallAgentPrecallEvent",
    "OnAgentPrecallAbortEvent": "OnMonitoredCallAgentPrecallAbortEvent",
}

#: Events that answer a request for a call. They say that the server received it, and carry the call's id.
CONFIRMATIONS: Mapping[str, Keywords] = {
    "OnAlternateCallConf": _CONFIRMATION,
    "OnAnswerCallConf": _CONFIRMATION,
    "OnCallStartRecordingConf": _CONFIRMATION,
    "OnCallStopRecordingConf": _CONFIRMATION,
    "OnClearCallConf": _CONFIRMATION,
    "OnClearConnectionConf": _CONFIRMATION,
    "OnConferenceCallConf": _CONFIRMATION,
    "OnConsultationCallConf": _CONFIRMATION,
    "OnHoldCallConf": _CONFIRMATION,
    "OnReconnectCallConf": _CONFIRMATION,
    "OnRetrieveCallConf": _CONFIRMATION,
    "OnSendDTMFConf": Keywords(frozenset()),
    "OnSetCallDataConf": _CONFIRMATION,
    "OnSnapshotCallConf": Keywords(
        _words(
            "PeripheralID CallType UniqueObjectID DialedNumber CallerEnteredDigits CallWrapupData"
            " CustomerPhoneNumber CustomerAccountNumber ECC RouterCallKeyDay RouterCallKeyCallID"
            " NumNamedVariables NumNamedArrays NumCallDevices CalledDeviceID ConnectionCallID CallStatus"
        ),
        _VARIABLES
        | _ICM_ID
        | _words(
            "CTIClients ANI UserToUserInfo DNIS CallConnectionCallID CallConnectionDeviceIDType"
            " CallConnectionDeviceID CallDeviceConnectionState CallDeviceType"
        ),
    ),
    "OnTransferCallConf": _CONFIRMATION,
}

MONITORED_CALL_EVENTS: Mapping[str, Keywords] = {
    twin: Keywords(
        OWN_CALL_EVENTS[own].always | {"Monitored"},
        OWN_CALL_EVENTS[own].optional | {"SupervisorBtnEnablementMask"},
    )
    for own, twin in TWINS.items()
}

CALL_EVENTS: Mapping[str, Keywords] = {**OWN_CALL_EVENTS, **MONITORED_CALL_EVENTS, **CONFIRMATIONS}

#: What the guide's list of event parameters adds to the events of a call, each as far as it is known.
TAIL = _words(
    "UniqueObjectID CallStatus ICMEnterpriseUniqueID EnablementMask DeviceUniqueObjectID FilterTarget"
)

#: Keywords that the guide documents for single events elsewhere than in the event's own table. The EventCause
#: of a delivered or established call tells a program that the event rebuilds a call after a shutdown.
ELSEWHERE: Mapping[str, frozenset[str]] = {
    "OnCallDelivered": frozenset({"EventCause"}),
    "OnCallEstablished": frozenset({"EventCause"}),
    "OnCallDataUpdate": frozenset({"OldUniqueObjectID"}),
    "OnMonitoredCallDataUpdate": frozenset({"OldUniqueObjectID"}),
    "OnCallFailed": frozenset({"ErrorMessage", "FailureCode"}),
    "OnMonitoredCallFailed": frozenset({"ErrorMessage", "FailureCode"}),
}

#: Keywords that the guide's tables list and that the event's message does not have.
NOT_ON_THE_WIRE: Mapping[str, frozenset[str]] = {
    "OnCallRTPStopped": _words("RTPType BitRate EchoCancellation PacketSize PayloadType"),
}

_FOUND = frozenset({"Recovered"})

#: Keywords of this library. ``Recovered`` marks an event that no message caused, but what the library found
#: out. ``CallDevice[1]`` and so on are the connections that a snapshot lists. ``Monitored`` marks the
#: stream of a monitored call, since the events of streams have no twin.
OWN: Mapping[str, frozenset[str]] = {
    "OnCallBegin": _FOUND,
    "OnCallDataUpdate": _FOUND,
    "OnCallEnd": _FOUND,
    "OnMonitoredCallBegin": _FOUND,
    "OnMonitoredCallDataUpdate": _FOUND,
    "OnMonitoredCallEnd": _FOUND,
    "OnCallRTPStarted": frozenset({"Monitored"}),
    "OnCallRTPStopped": frozenset({"Monitored"}),
    "OnSnapshotCallConf": frozenset(f"CallDevice[{number}]" for number in range(1, 17)),
}


def check_call_keywords(
    event: str, args: Mapping[str, Any], *, lacking: AbstractSet[str] = frozenset()
) -> None:
    """Fail unless a call event has its documented keywords and no others.

    ``lacking``: keywords that are not known here, such as the EnablementMask of bulk mode.
    """
    table = CALL_EVENTS[event]
    keywords = set(args)
    missing = table.always - keywords - lacking - NOT_ON_THE_WIRE.get(event, frozenset())
    unknown = keywords - table.always - table.optional - TAIL
    unknown -= ELSEWHERE.get(event, frozenset()) | OWN.get(event, frozenset())
    assert not missing, f"{event} lacks {sorted(missing)}"
    assert not unknown, f"{event} has {sorted(unknown)} too"
