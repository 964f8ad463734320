"""The events of calls (CTI OS Developer's Guide, ICallEvents and IMonitoredCallEvents), as tables.

``CALL_EVENTS`` names all of them. ``REPORTS`` says which message causes which event, which state it puts the
connection in, and which keywords the event has beside those that all call events have.

Button masks come with calls: OnButtonEnablementChange is among the events of agents.
"""

from collections.abc import Mapping
from typing import Final, NamedTuple

from ctios_fast import keywords as kw
from ctios_fast.model.publisher import EventTable
from ctios_fast.protocol import numbers as ged
from ctios_fast.protocol.codes import NULL_CALL_TYPE, NULL_PERIPHERAL_TYPE, NULL_SERVICE

from . import states
from .call_data import CALL_VARIABLES

__all__ = ["CALL_EVENTS", "CONTACTS", "REPORTS", "Contact", "Report"]


class Report(NamedTuple):
    """What a call message reports.

    - ``event``: the event about an own call; ``monitored``: the one about a call that a monitor reports.
    - ``status``: the state of the connection where the message does not state one; None to leave it.
    - ``takes_status``: whether the state that the message states is the connection's.
    - ``fields``: fields of the message that the event has under the same name.
    - ``renamed``: fields that the event has under another keyword.
    - ``device``: the field that names the device of the connection, empty for none.
    - ``marks_updates``: whether the event has the EventCause of a party update. By party updates the server
      rebuilds calls after the graceful end of one of its sides; they are not new calls.
    - ``call_data``: keywords of what is known of the call that the event has beside the message's fields.
    - ``defaults``: keywords that the event always has, with their values where nothing is known.
    """

    event: str
    monitored: str
    status: int | None
    takes_status: bool = True
    fields: tuple[str, ...] = ()
    renamed: Mapping[str, str] = {}
    device: str = ""
    marks_updates: bool = False
    call_data: tuple[str, ...] = ()
    defaults: Mapping[str, object] = {}


_SERVICE: Final = (kw.CTIOS_SERVICENUMBER, kw.CTIOS_SERVICEID)
_GROUP: Final = (kw.CTIOS_SKILLGROUPNUMBER, kw.CTIOS_SKILLGROUPID, kw.CTIOS_SKILLGROUPPRIORITY)
_TRUNK: Final = ("TrunkNumber", "TrunkGroupNumber")
_CONNECTION: Final = ("ConnectionDeviceID", "ConnectionDeviceIDType")
_STATE: Final = ("LocalConnectionState", "EventCause")
_LINE: Final = (kw.CTIOS_LINEHANDLE, kw.CTIOS_LINETYPE)
_ARRIVED: Final = (*_SERVICE, *_GROUP, kw.CTIOS_LINETYPE)
_PERIPHERAL: Final = (kw.CTIOS_PERIPHERALID, kw.CTIOS_PERIPHERALTYPE)
_ROUTER_KEY: Final = (kw.CTIOS_ROUTERCALLKEYDAY, kw.CTIOS_ROUTERCALLKEYCALLID)
_SEQUENCE: Final = kw.CTIOS_ROUTERCALLKEYSEQUENCENUMBER
_NO_KEY: Final = dict.fromkeys(_ROUTER_KEY, 0)
_TEXTS: Final = (
    kw.CTIOS_ANI,
    kw.CTIOS_USERTOUSERINFO,
    kw.CTIOS_DNIS,
    kw.CTIOS_DIALEDNUMBER,
    kw.CTIOS_CALLERENTEREDDIGITS,
    *CALL_VARIABLES,
)
#: What the guide documents of a call's data for the events that carry them.
_CALL_DATA: Final = (
    kw.CTIOS_PERIPHERALTYPE,
    kw.CTIOS_CALLTYPE,
    *_ROUTER_KEY,
    *_TEXTS,
    *_SERVICE,
    *_GROUP,
    kw.CTIOS_CALLWRAPUPDATA,
    kw.CTIOS_ECC,
    kw.CTIOS_CTICLIENTS,
)
_NO_DATA: Final = {
    kw.CTIOS_PERIPHERALTYPE: NULL_PERIPHERAL_TYPE,
    kw.CTIOS_CALLTYPE: NULL_CALL_TYPE,
    **_NO_KEY,
}
_CONTEXT: Final = (*_CALL_DATA, _SEQUENCE)
_NO_CONTEXT: Final = {**_NO_DATA, _SEQUENCE: 0}
#: A line that is not known. Messages about queues name none, and their events have its keywords.
_NO_LINE: Final = dict.fromkeys(_LINE, 0xFFFF)

#: What each message about a connection reports. BEGIN_CALL_EVENT, END_CALL_EVENT and CALL_DATA_UPDATE_EVENT,
#: CALL_CONFERENCED_EVENT and CALL_TRANSFERRED_EVENT do more than this, in handlers of their own.
REPORTS: Final[Mapping[int, Report]] = {
    ged.BEGIN_CALL_EVENT: Report(
        "OnCallBegin", "OnMonitoredCallBegin", None, call_data=_CONTEXT, defaults=_NO_CONTEXT
    ),
    ged.END_CALL_EVENT: Report("OnCallEnd", "OnMonitoredCallEnd", None),
    ged.CALL_DATA_UPDATE_EVENT: Report(
        "OnCallDataUpdate", "OnMonitoredCallDataUpdate", None, call_data=_CONTEXT, defaults=_NO_CONTEXT
    ),
    ged.CALL_SERVICE_INITIATED_EVENT: Report(
        "OnCallServiceInitiatedEvent",
        "MonitoredCallServiceInitiatedEvent",
        states.INITIATE,
        fields=_ARRIVED,
        device="CallingDeviceID",
    ),
    ged.CALL_ORIGINATED_EVENT: Report(
        "OnCallOriginated",
        "OnMonitoredCallOriginated",
        states.INITIATE,
        fields=_ARRIVED,
        device="CallingDeviceID",
    ),
    ged.CALL_REACHED_NETWORK_EVENT: Report(
        "OnCallReachedNetworkEvent",
        "MonitoredCallReachedNetworkEvent",
        None,
        takes_status=False,
        fields=(*_CONNECTION, "TrunkUsedDeviceID", "CalledDeviceID", *_STATE, *_LINE, *_TRUNK),
        renamed={
            "TrunkUsedDeviceType": kw.CTIOS_TRUNKUSEDDEVICEIDTYPE,
            "CalledDeviceType": kw.CTIOS_CALLEDDEVICEIDTYPE,
        },
        defaults={"TrunkUsedDeviceID": "", "CalledDeviceID": ""},
    ),
    ged.CALL_DELIVERED_EVENT: Report(
        "OnCallDelivered",
        "OnMonitoredCallDelivered",
        states.ALERTING,
        fields=(*_ARRIVED, *_TRUNK),
        device="AlertingDeviceID",
        marks_updates=True,
    ),
    ged.CALL_ESTABLISHED_EVENT: Report(
        "OnCallEstablished",
        "OnMonitoredCallEstablished",
        states.CONNECT,
        fields=(*_ARRIVED, *_TRUNK),
        device="AnsweringDeviceID",
        marks_updates=True,
    ),
    ged.CALL_HELD_EVENT: Report("OnCallHeld", "OnMonitoredCallHeld", states.HOLD, device="HoldingDeviceID"),
    ged.CALL_RETRIEVED_EVENT: Report(
        "OnCallRetrieved", "OnMonitoredCallRetrieved", states.CONNECT, device="RetrievingDeviceID"
    ),
    ged.CALL_FAILED_EVENT: Report("OnCallFailed", "OnMonitoredCallFailed", states.FAIL, takes_status=False),
    ged.CALL_CONNECTION_CLEARED_EVENT: Report(
        "OnCallConnectionCleared", "OnMonitoredCallConnectionCleared", states.NULL
    ),
    ged.CALL_CLEARED_EVENT: Report("OnCallCleared", "OnMonitoredCallCleared", states.NULL),
    ged.CALL_CONFERENCED_EVENT: Report(
        "OnCallConferenced",
        "OnMonitoredCallConferenced",
        None,
        fields=_PERIPHERAL,
        call_data=_CALL_DATA,
        defaults=_NO_DATA,
    ),
    ged.CALL_TRANSFERRED_EVENT: Report(
        "OnCallTransferred",
        "OnMonitoredCallTransferred",
        None,
        fields=_PERIPHERAL,
        call_data=_CALL_DATA,
        defaults=_NO_DATA,
    ),
    ged.CALL_DIVERTED_EVENT: Report(
        "OnCallDiverted",
        "OnMonitoredCallDiverted",
        states.NULL,
        fields=(
            *_PERIPHERAL,
            *_CONNECTION,
            "ConnectionCallID",
            *_SERVICE,
            "DivertingDeviceType",
            "CalledDeviceType",
            *_STATE,
            "DivertingDeviceID",
            "CalledDeviceID",
        ),
    ),
    ged.CALL_QUEUED_EVENT: Report(
        "OnCallQueuedEvent",
        "MonitoredCallQueuedEvent",
        states.QUEUED,
        fields=(
            *_CONNECTION,
            "CallingDeviceID",
            "CalledDeviceID",
            *_STATE,
            *_SERVICE,
            "NumQueued",
            "NumSkillGroups",
        ),
        renamed={
            "QueueDeviceID": kw.CTIOS_QUEUEDDEVICEID,
            "QueueDeviceType": kw.CTIOS_QUEUEDDEVICEIDTYPE,
            "CallingDeviceType": kw.CTIOS_CALLINGDEVICEIDTYPE,
            "CalledDeviceType": kw.CTIOS_CALLEDDEVICEIDTYPE,
            "LastRedirectDeviceID": kw.CTIOS_LASTREDIRECTEDDEVICEID,
            "LastRedirectDeviceType": kw.CTIOS_LASTREDIRECTEDDEVICEIDTYPE,
        },
        defaults={
            **dict.fromkeys(
                (
                    kw.CTIOS_QUEUEDDEVICEID,
                    "CallingDeviceID",
                    "CalledDeviceID",
                    kw.CTIOS_LASTREDIRECTEDDEVICEID,
                ),
                "",
            ),
            **_NO_LINE,
        },
    ),
    ged.CALL_DEQUEUED_EVENT: Report(
        "OnCallDequeuedEvent",
        "MonitoredCallDequeuedEvent",
        None,
        fields=(*_CONNECTION, *_STATE, *_SERVICE, "NumQueued", "NumSkillGroups"),
        defaults=_NO_LINE,
    ),
    ged.RTP_STARTED_EVENT: Report(
        "OnCallRTPStarted",
        "OnCallRTPStarted",
        None,
        takes_status=False,
        fields=(
            "MonitorID",
            "PeripheralID",
            "ClientPort",
            "Direction",
            "RTPType",
            "BitRate",
            "EchoCancellation",
            "PacketSize",
            "PayloadType",
            *_CONNECTION,
            "ConnectionCallID",
            "ClientAddress",
            kw.CTIOS_AGENTID,
            kw.CTIOS_AGENTEXTENSION,
            kw.CTIOS_AGENTINSTRUMENT,
        ),
    ),
    ged.RTP_STOPPED_EVENT: Report(
        "OnCallRTPStopped",
        "OnCallRTPStopped",
        None,
        takes_status=False,
        fields=(
            "MonitorID",
            "PeripheralID",
            "ClientPort",
            "Direction",
            *_CONNECTION,
            "ConnectionCallID",
            "ClientAddress",
            kw.CTIOS_AGENTID,
            kw.CTIOS_AGENTEXTENSION,
            kw.CTIOS_AGENTINSTRUMENT,
        ),
    ),
}


class Contact(NamedTuple):
    """A message about a contact that has no call yet.

    - ``event``, ``monitored``: as in ``Report``.
    - ``fields``: fields of the message that the event has under the same name.
    - ``renamed``: fields that the event has under another keyword.
    - ``has_variables``: whether the event has the contact's named variables, nested under ECC.
    - ``defaults``: keywords that the event always has, with their values where the message lacks the field.
    """

    event: str
    monitored: str
    fields: tuple[str, ...]
    renamed: Mapping[str, str] = {}
    has_variables: bool = True
    defaults: Mapping[str, object] = {}


_NAMED_COUNTS: Final = (kw.CTIOS_NUMNAMEDVARIABLES, kw.CTIOS_NUMNAMEDARRAYS)

#: What each message about a contact reports.
CONTACTS: Final[Mapping[int, Contact]] = {
    ged.CALL_TRANSLATION_ROUTE_EVENT: Contact(
        "OnTranslationRoute",
        "OnMonitoredTranslationRoute",
        fields=(*_ROUTER_KEY, _SEQUENCE, *_NAMED_COUNTS, *_TEXTS),
        defaults={**_NO_KEY, _SEQUENCE: 0, **dict.fromkeys(_TEXTS, "")},
    ),
    ged.AGENT_PRE_CALL_EVENT: Contact(
        "OnAgentPrecallEvent",
        "OnMonitoredCallAgentPrecallEvent",
        fields=(*_ROUTER_KEY, kw.CTIOS_AGENTINSTRUMENT, *_NAMED_COUNTS, *_SERVICE, *_GROUP, *_TEXTS),
        renamed={
            "FltCallTypeID": kw.CTIOS_CALLTYPEIDTAG,
            "PreCallInvokeID": kw.CTIOS_PRECALLINVOKEIDTAG,
        },
        defaults={
            **_NO_KEY,
            kw.CTIOS_AGENTINSTRUMENT: "",
            **dict.fromkeys(_SERVICE, NULL_SERVICE),
            **dict.fromkeys(_TEXTS, ""),
            kw.CTIOS_CALLTYPEIDTAG: 0,
            kw.CTIOS_PRECALLINVOKEIDTAG: 0,
        },
    ),
    ged.AGENT_PRE_CALL_ABORT_EVENT: Contact(
        "OnAgentPrecallAbortEvent",
        "OnMonitoredCallAgentPrecallAbortEvent",
        fields=(*_ROUTER_KEY, kw.CTIOS_AGENTINSTRUMENT),
        has_variables=False,
        defaults={**_NO_KEY, kw.CTIOS_AGENTINSTRUMENT: ""},
    ),
}


def _names() -> tuple[str, ...]:
    names: dict[str, None] = {}
    rows: tuple[Report | Contact, ...] = (*REPORTS.values(), *CONTACTS.values())
    for row in rows:
        names[row.event] = names[row.monitored] = None
    return (*names, *_OTHERS)


#: Events that no message about a call causes by itself: confirmations, refusals, and the current call.
_OTHERS: Final = (
    "OnAlternateCallConf",
    "OnAnswerCallConf",
    "OnCallStartRecordingConf",
    "OnCallStopRecordingConf",
    "OnClearCallConf",
    "OnClearConnectionConf",
    "OnConferenceCallConf",
    "OnConsultationCallConf",
    "OnDeflectCallConf",
    "OnHoldCallConf",
    "OnReconnectCallConf",
    "OnRetrieveCallConf",
    "OnSendDTMFConf",
    "OnSetCallDataConf",
    "OnSnapshotCallConf",
    "OnTransferCallConf",
    "OnCurrentCallChanged",
    "OnControlFailureConf",
)

CALL_EVENTS: Final = EventTable(
    names=_names(),
    aliases={
        "OnBeginCall": "OnCallBegin",
        "OnEndCall": "OnCallEnd",
        "OnMonitoredEndCall": "OnMonitoredCallEnd",
        "OnServiceInitiated": "OnCallServiceInitiatedEvent",
        "OnCallServiceInitiated": "OnCallServiceInitiatedEvent",
        "OnCallReachedNetwork": "OnCallReachedNetworkEvent",
        "OnCallQueued": "OnCallQueuedEvent",
        "OnCallDequeued": "OnCallDequeuedEvent",
        "OnAgentPrecall": "OnAgentPrecallEvent",
        "OnAgentPrecallAbort": "OnAgentPrecallAbortEvent",
        "OnMonitoredCallReachedNetwork": "MonitoredCallReachedNetworkEvent",
        "OnMonitoredCallReachedNetworkEvent": "MonitoredCallReachedNetworkEvent",
        "OnMonitoredCallServiceInitiated": "MonitoredCallServiceInitiatedEvent",
        "OnMonitoredCallServiceInitiatedEvent": "MonitoredCallServiceInitiatedEvent",
        "OnMonitoredCallQueued": "MonitoredCallQueuedEvent",
        "OnMonitoredCallQueuedEvent": "MonitoredCallQueuedEvent",
        "OnMonitoredCallDequeued": "MonitoredCallDequeuedEvent",
        "OnMonitoredCallDequeuedEvent": "MonitoredCallDequeuedEvent",
        "OnMakeConsultCallConf": "OnConsultationCallConf",
        "OnSendDTMFSignalConf": "OnSendDTMFConf",
        "OnStartRecordingConf": "OnCallStartRecordingConf",
        "OnStopRecordConf": "OnCallStopRecordingConf",
    },
)
