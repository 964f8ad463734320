"""The requests of a call as rows: the message of each, what the program may give, and what it presupposes."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypedDict

from ctios_fast import keywords as kw
from ctios_fast.enums import CilCode
from ctios_fast.model.call_data_fields import SET_DATA, SetDataFields
from ctios_fast.model.new_call import NEW_CALL, NewCallFields
from ctios_fast.model.request_rows import (
    Parameter,
    RequestRow,
    bounded_text,
    number,
    required_text,
)
from ctios_fast.protocol.codes import CTI_SERVICE_CALL_DATA_UPDATE, CTI_SERVICE_CLIENT_CONTROL

from . import states

if TYPE_CHECKING:
    from ctios_fast.messages import (
        AlternateCallConf,
        AnswerCallConf,
        ClearCallConf,
        ClearConnectionConf,
        ConferenceCallConf,
        ConsultationCallConf,
        DeflectCallConf,
        HoldCallConf,
        ReconnectCallConf,
        RetrieveCallConf,
        SendDtmfSignalConf,
        SetCallDataConf,
        StartRecordingConf,
        StopRecordingConf,
        TransferCallConf,
    )

__all__ = [
    "ALTERNATE",
    "ANSWER",
    "CLEAR",
    "CLEAR_CONNECTION",
    "CONFERENCE",
    "CONSULT",
    "DEFLECT",
    "DTMF",
    "HOLD",
    "RECONNECT",
    "RETRIEVE",
    "SET_CALL_DATA",
    "SINGLE_STEP_CONFERENCE",
    "SINGLE_STEP_TRANSFER",
    "START_RECORD",
    "STATUSES",
    "STOP_RECORD",
    "TRANSFER",
    "CallDataFields",
    "ConsultFields",
    "DtmfFields",
    "SingleStepFields",
    "Statuses",
]


class ConsultFields(NewCallFields, total=False):
    """The keywords of ``make_consult_call``."""

    consult_type: int


class SingleStepFields(NewCallFields, total=False):
    """The keywords of ``single_step_conference`` and ``single_step_transfer``."""

    alert_rings: int
    answering_machine: int


class DtmfFields(TypedDict, total=False):
    """The keywords of ``send_dtmf_signal``."""

    dtmf_string: str
    tone_duration: int
    pause_duration: int


class CallDataFields(SetDataFields, total=False):
    """The keywords of ``set_call_data``."""

    ani: str
    caller_entered_digits: str
    customer_phone_number: str
    customer_account_number: str
    call_type: int
    called_party_disposition: int
    campaign_id: int
    query_rule_id: int


_SINGLE_STEP: Final = (
    *NEW_CALL,
    Parameter(kw.CTIOS_ALERTRINGS, number),
    Parameter(kw.CTIOS_ANSWERINGMACHINE, number),
)
#: Fields of requests for a further call that have no default of their own.
_PLAIN: Final = {"priority": False}
#: The stream of a recording request: the library does not know it.
_NO_STREAM: Final = {"client_port": 0, "direction": 0}
_OTHER_CALL: Final = (kw.CTIOS_CALLREFERENCEOBJECTID,)


def _control(
    method: str,
    message: str,
    event: str,
    parameters: tuple[Parameter, ...] = (),
    defaults: Mapping[str, Any] | None = None,
    also: tuple[str, ...] = (),
) -> RequestRow[Any]:
    return RequestRow(
        method,
        message,
        event,
        parameters,
        services=CTI_SERVICE_CLIENT_CONTROL,
        defaults=defaults,
        also=also,
    )


ANSWER: "Final[RequestRow[AnswerCallConf]]" = _control("answer", "AnswerCallReq", "OnAnswerCallConf")
HOLD: "Final[RequestRow[HoldCallConf]]" = _control(
    "hold", "HoldCallReq", "OnHoldCallConf", defaults={"reservation": False}
)
RETRIEVE: "Final[RequestRow[RetrieveCallConf]]" = _control(
    "retrieve", "RetrieveCallReq", "OnRetrieveCallConf"
)
ALTERNATE: "Final[RequestRow[AlternateCallConf]]" = _control(
    "alternate", "AlternateCallReq", "OnAlternateCallConf", also=_OTHER_CALL
)
RECONNECT: "Final[RequestRow[ReconnectCallConf]]" = _control(
    "reconnect", "ReconnectCallReq", "OnReconnectCallConf", also=_OTHER_CALL
)
CLEAR: "Final[RequestRow[ClearCallConf]]" = _control("clear", "ClearCallReq", "OnClearCallConf")
CLEAR_CONNECTION: "Final[RequestRow[ClearConnectionConf]]" = _control(
    "clear_connection", "ClearConnectionReq", "OnClearConnectionConf"
)
CONFERENCE: "Final[RequestRow[ConferenceCallConf]]" = _control(
    "conference", "ConferenceCallReq", "OnConferenceCallConf", defaults=_PLAIN, also=_OTHER_CALL
)
TRANSFER: "Final[RequestRow[TransferCallConf]]" = _control(
    "transfer", "TransferCallReq", "OnTransferCallConf", defaults=_PLAIN, also=_OTHER_CALL
)
CONSULT: "Final[RequestRow[ConsultationCallConf]]" = _control(
    "make_consult_call",
    "ConsultationCallReq",
    "OnConsultationCallConf",
    (*NEW_CALL, Parameter(kw.CTIOS_CONSULTTYPE, number, is_required=True)),
    _PLAIN,
)
SINGLE_STEP_CONFERENCE: "Final[RequestRow[ConferenceCallConf]]" = _control(
    "single_step_conference", "ConferenceCallReq", "OnConferenceCallConf", _SINGLE_STEP, _PLAIN
)
SINGLE_STEP_TRANSFER: "Final[RequestRow[TransferCallConf]]" = _control(
    "single_step_transfer", "TransferCallReq", "OnTransferCallConf", _SINGLE_STEP, _PLAIN
)
DEFLECT: "Final[RequestRow[DeflectCallConf]]" = _control(
    "deflect",
    "DeflectCallReq",
    "OnDeflectCallConf",
    (
        Parameter("CalledDeviceID", required_text, is_required=True),
        Parameter("CalledDeviceType", number),
    ),
)
DTMF: "Final[RequestRow[SendDtmfSignalConf]]" = _control(
    "send_dtmf_signal",
    "SendDtmfSignalReq",
    "OnSendDTMFConf",
    (
        Parameter(kw.CTIOS_DTMFSTRING, required_text, is_required=True),
        Parameter(kw.CTIOS_TONEDURATION, number),
        Parameter(kw.CTIOS_PAUSEDURATION, number),
    ),
)
START_RECORD: "Final[RequestRow[StartRecordingConf]]" = RequestRow(
    "start_record",
    "StartRecordingReq",
    "OnCallStartRecordingConf",
    defaults={
        **_NO_STREAM,
        "bit_rate": 0,
        "packet_size": 0,
        "rtp_type": 0,
        "echo_cancellation": 0,
        "payload_type": 0,
    },
)
STOP_RECORD: "Final[RequestRow[StopRecordingConf]]" = RequestRow(
    "stop_record", "StopRecordingReq", "OnCallStopRecordingConf", defaults=_NO_STREAM
)
SET_CALL_DATA: "Final[RequestRow[SetCallDataConf]]" = RequestRow(
    "set_call_data",
    "SetCallDataReq",
    "OnSetCallDataConf",
    (
        Parameter(kw.CTIOS_ANI, bounded_text),
        Parameter(kw.CTIOS_CALLERENTEREDDIGITS, bounded_text),
        *SET_DATA,
        Parameter(kw.CTIOS_CUSTOMERPHONENUMBER, bounded_text),
        Parameter(kw.CTIOS_CUSTOMERACCOUNTNUMBER, bounded_text),
        Parameter(kw.CTIOS_CALLTYPE, number),
        Parameter("CalledPartyDisposition", number),
        Parameter("CampaignID", number),
        Parameter("QueryRuleID", number),
    ),
    services=CTI_SERVICE_CALL_DATA_UPDATE,
)


class Statuses(NamedTuple):
    """The states of a call in which CTI OS sends a request.

    - ``allowed``: those states.
    - ``code``: the code of the ``MethodError`` in another state, unless ``codes`` has one for the state.
    """

    allowed: frozenset[int]
    code: CilCode = CilCode.E_CTIOS_INVALID_CALL
    codes: Mapping[int, CilCode] = {}


_TALKING: Final = Statuses(frozenset({states.CONNECT}))
_OF_TWO_CALLS: Final = Statuses(frozenset({states.CONNECT, states.HOLD}))
_ANY_BUT_NULL: Final = Statuses(
    frozenset({states.INITIATE, states.ALERTING, states.CONNECT, states.HOLD, states.QUEUED, states.FAIL})
)
#: The states by the row's method. The other requests can be sent in any state.
STATUSES: Final[Mapping[str, Statuses]] = {
    "answer": Statuses(frozenset({states.ALERTING}), CilCode.E_CTIOS_CALL_NOT_ALERTING),
    "deflect": Statuses(frozenset({states.ALERTING}), CilCode.E_CTIOS_CALL_NOT_ALERTING),
    "hold": Statuses(frozenset({states.CONNECT}), codes={states.HOLD: CilCode.E_CTIOS_CALL_ALREADY_ON_HOLD}),
    "retrieve": Statuses(frozenset({states.HOLD}), CilCode.E_CTIOS_CALL_NOT_ON_HOLD),
    "alternate": _OF_TWO_CALLS,
    "reconnect": _OF_TWO_CALLS,
    "conference": _OF_TWO_CALLS,
    "transfer": _OF_TWO_CALLS,
    "make_consult_call": _TALKING,
    "single_step_conference": _TALKING,
    "single_step_transfer": _TALKING,
    "clear": _ANY_BUT_NULL,
    "clear_connection": _ANY_BUT_NULL,
}
