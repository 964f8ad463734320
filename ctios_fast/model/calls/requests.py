"""CallRequests, the base class of Call: the requests that a program sends about a call."""

import logging
from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, Final, Unpack

from ctios_fast import keywords as kw
from ctios_fast._checks import shown
from ctios_fast.connection.request_book import Request
from ctios_fast.core import Message
from ctios_fast.enums import CilCode
from ctios_fast.errors import MethodError, Refused
from ctios_fast.model.arguments import Arguments, arguments_over
from ctios_fast.model.coercion import refuse
from ctios_fast.model.cti_object import context_of
from ctios_fast.model.named_call import CallReference, add_present_values, name_connection, name_no_connection
from ctios_fast.model.object_request import C
from ctios_fast.model.request_rows import Describe, Fields, RequestingObject, RequestRow
from ctios_fast.protocol.codes import (
    DEVID_DEVICE_IDENTIFIER,
    DEVID_NONE,
    PT_ENTERPRISE_AGENT,
)

from . import call_rows as rows
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

__all__ = ["CallRequests"]

log = logging.getLogger("ctios_fast.calls")

#: Protocol versions in which requests got AgentInstrument and CLEAR_CONNECTION_REQ its requesting device.
_SINCE_INSTRUMENT: Final = 8
_SINCE_REQUESTING_DEVICE: Final = 14


class CallRequests(RequestingObject):
    """The requests of a Call.

    Each method takes its values by keyword, or in Arguments (``args``) under CTI OS's keywords. The answer of
    the request that it returns is the confirmation, which an event reports as well. A confirmation says that
    the request was accepted; later events report the change of the call.

    All of them fail with ``ControlFailure`` and ``RequestRefused``, which fire ``OnControlFailureConf``, with
    ``RequestTimeout`` and ``ConnectionLost``, and with ``MethodError``: E_CTIOS_MODE_CONFLICT where the
    server did not grant the service that they need, E_CTIOS_INVALID_CALL or the code that a method names
    where the state of the call does not allow the request. ``Session(strict=False)`` leaves that decision to
    the peripheral. They raise ``MethodError`` for a value that cannot be sent, and ``TypeError`` for an
    unknown keyword. ``timeout`` is in seconds, the session's ``request_timeout`` unless given.
    """

    __slots__ = ("_recording",)

    connection_call_id: int
    connection_device_id: str
    connection_device_id_type: int
    status: int | None
    instrument: str | None

    def __init__(self) -> None:
        super().__init__()
        #: SessionID and ServerData of the recording that was started, None without one.
        self._recording: tuple[int, int] | None = None

    @property
    def other_calls(self) -> "tuple[CallRequests, ...]":
        """Other calls of the same device that have not ended, as a consultation has one."""
        raise NotImplementedError

    # --- One call -----------------------------------------------------------------------------------

    def answer(
        self, args: Mapping[str, object] | None = None, *, timeout: float | None = None
    ) -> "Request[AnswerCallConf]":
        """Answer the call, which must be alerting (E_CTIOS_CALL_NOT_ALERTING).

        ``OnAnswerCallConf`` reports the confirmation, ``OnCallEstablished`` the answered call.
        """
        return self._ask(rows.ANSWER, rows.ANSWER.received(args), timeout)

    def hold(
        self, args: Mapping[str, object] | None = None, *, timeout: float | None = None
    ) -> "Request[HoldCallConf]":
        """Put the call on hold; it must be connected (E_CTIOS_CALL_ALREADY_ON_HOLD for one that is held).

        ``OnHoldCallConf`` reports the confirmation, ``OnCallHeld`` the held call.
        """
        return self._ask(rows.HOLD, rows.HOLD.received(args), timeout)

    def retrieve(
        self, args: Mapping[str, object] | None = None, *, timeout: float | None = None
    ) -> "Request[RetrieveCallConf]":
        """Take the call off hold; it must be held (E_CTIOS_CALL_NOT_ON_HOLD).

        ``OnRetrieveCallConf`` reports the confirmation, ``OnCallRetrieved`` the connected call.
        """
        row = rows.RETRIEVE
        return self._request(
            row, row.received(args), {}, timeout, partial(self._name, "held_"), precondition=self._check(row)
        )

    def clear(
        self, args: Mapping[str, object] | None = None, *, timeout: float | None = None
    ) -> "Request[ClearCallConf]":
        """End the call for all of its parties.

        Unified CCE does not support it for other calls than silent monitor calls, and loses control of the
        call: use ``clear_connection`` there. ``OnClearCallConf`` reports the confirmation.
        """
        if self._peripheral_type() == PT_ENTERPRISE_AGENT:
            log.warning("Unified CCE does not support clear() for most calls: use clear_connection()")
        return self._ask(rows.CLEAR, rows.CLEAR.received(args), timeout)

    def clear_connection(
        self, args: Mapping[str, object] | None = None, *, timeout: float | None = None
    ) -> "Request[ClearConnectionConf]":
        """End this connection of the call; other parties of a conference go on.

        ``OnClearConnectionConf`` reports the confirmation, ``OnCallConnectionCleared`` the end.
        """
        row = rows.CLEAR_CONNECTION

        def name(fields: Fields) -> None:
            self._name("", fields)
            if self._require_context().codec.version >= _SINCE_REQUESTING_DEVICE:
                fields["requesting_device_id_type"] = DEVID_NONE

        return self._request(row, row.received(args), {}, timeout, name, precondition=self._check(row))

    def deflect(
        self,
        args: Mapping[str, object] | None = None,
        *,
        called_device_id: str | None = None,
        called_device_type: int | None = None,
        timeout: float | None = None,
    ) -> "Request[DeflectCallConf]":
        """Send an alerting call (E_CTIOS_CALL_NOT_ALERTING) to another device. CTI OS has no such method.

        - ``args``: CalledDeviceID, CalledDeviceType.
        - ``called_device_id``: required, 1 to 63 bytes.
        - ``called_device_type``: a DeviceIDType; a device number unless given.

        ``OnDeflectCallConf`` reports the confirmation.
        """
        row = rows.DEFLECT
        given = {"called_device_id": called_device_id, "called_device_type": called_device_type}

        def name(fields: Fields) -> None:
            self._name("", fields)
            fields.setdefault("called_device_type", DEVID_DEVICE_IDENTIFIER)

        return self._request(row, row.received(args), given, timeout, name, precondition=self._check(row))

    def send_dtmf_signal(
        self,
        args: Mapping[str, object] | None = None,
        *,
        timeout: float | None = None,
        **fields: Unpack[rows.DtmfFields],
    ) -> "Request[SendDtmfSignalConf]":
        """Have the peripheral send DTMF tones.

        - ``dtmf_string``: required, at most 31 bytes.
        - ``tone_duration``, ``pause_duration``: milliseconds; 0, the default, is the peripheral's own.

        ``OnSendDTMFConf`` reports the confirmation.
        """
        return self._ask(rows.DTMF, rows.DTMF.received(args), timeout, fields)

    # --- Recording ----------------------------------------------------------------------------------

    def start_record(
        self, args: Mapping[str, object] | None = None, *, timeout: float | None = None
    ) -> "Request[StartRecordingConf]":
        """Have a recording server record the call. It fails where none is registered at the CTI Server.

        ``OnCallStartRecordingConf`` reports the confirmation.
        """
        row = rows.START_RECORD
        return self._request(
            row, row.received(args), {}, timeout, partial(self._name, ""), take_in=self._take_recording
        )

    def stop_record(
        self, args: Mapping[str, object] | None = None, *, timeout: float | None = None
    ) -> "Request[StopRecordingConf]":
        """Have the recording of the call stopped, by the server that ``start_record`` was answered by.

        ``OnCallStopRecordingConf`` reports the confirmation.
        """
        row = rows.STOP_RECORD

        def name(fields: Fields) -> None:
            self._name("", fields)
            fields["session_id"], fields["server_data"] = self._recording or (0, 0)

        return self._request(row, row.received(args), {}, timeout, name)

    def _take_recording(self, fields: Fields, message: Message) -> None:
        del fields
        self._recording = message["SessionID"], message["ServerData"]

    # --- Data ---------------------------------------------------------------------------------------

    def set_call_data(
        self,
        args: Mapping[str, object] | None = None,
        *,
        timeout: float | None = None,
        **fields: Unpack[rows.CallDataFields],
    ) -> "Request[SetCallDataConf]":
        """Set data of the call. What is not given stays as it is.

        - ``args``: any of what follows under its CTI OS keyword.
        - ``call_variable1`` to ``call_variable10``: at most 40 bytes each. A blank clears one.
        - ``ecc``: all ECC variables that the call is to have, ``user.Name`` and ``user.Name[n]``, at most
          2000 bytes together. Those that are left out may be lost: to add one, read ``ecc``, add, give all.
        - ``user_to_user_info``: at most 131 bytes.
        - ``ani``, ``caller_entered_digits``, ``call_wrapup_data``: at most 39 bytes each.
        - ``customer_phone_number``: at most 19 bytes; ``customer_account_number``: at most 31 bytes.
        - ``call_type``, ``called_party_disposition``, ``campaign_id``, ``query_rule_id``: the message always
          carries these, so the call's present values are sent unless given.

        ``OnSetCallDataConf`` reports the confirmation, ``OnCallDataUpdate`` the change. Needs Call Data
        Update.
        """
        row = rows.SET_CALL_DATA

        def name(fields: Fields) -> None:
            self._name("", fields)
            fields.pop("agent_instrument", None)
            add_present_values(self, fields)

        return self._request(row, row.received(args), fields, timeout, name)

    # --- A further call -----------------------------------------------------------------------------

    def make_consult_call(
        self,
        args: Mapping[str, object] | None = None,
        *,
        timeout: float | None = None,
        **fields: Unpack[rows.ConsultFields],
    ) -> "Request[ConsultationCallConf]":
        """Hold the call, which must be connected, and call another number.

        - ``args``: any of what follows under its CTI OS keyword.
        - ``dialed_number``: required, 1 to 39 bytes.
        - ``consult_type``: required, a ConsultType: 1 to transfer, 2 to confer.
        - ``call_placement_type``, ``call_manner_type``, ``call_option``, ``facility_type``: numbers of the
          enumerations of these names; 0 unless given.
        - ``priority``, ``post_route``: False unless given.
        - ``call_variable1`` … ``call_variable10``, ``ecc``, ``user_to_user_info``, ``call_wrapup_data``:
          replace what the new call would inherit; limits as in ``set_call_data``.
        - ``facility_code``, ``authorization_code``, ``account_code``: at most 39 bytes each.

        ``OnConsultationCallConf`` reports the confirmation, ``OnCallBegin`` the new call, before it or after.
        """
        row = rows.CONSULT
        return self._request(
            row, row.received(args), fields, timeout, partial(self._name, "active_"),
            precondition=self._check(row),
        )  # fmt: skip

    def single_step_conference(
        self,
        args: Mapping[str, object] | None = None,
        *,
        timeout: float | None = None,
        **fields: Unpack[rows.SingleStepFields],
    ) -> "Request[ConferenceCallConf]":
        """Add a party to the call, which must be connected, without a consultation.

        The parameters are those of ``make_consult_call`` without ``consult_type``, and:

        - ``alert_rings``: 0, the default, is the peripheral's own number.
        - ``answering_machine``: a number of the enumeration; 0 unless given.

        Unified CCE does not support it. ``OnConferenceCallConf`` reports the confirmation.
        """
        row = rows.SINGLE_STEP_CONFERENCE
        return self._request(
            row, row.received(args), fields, timeout, self._name_single_step, precondition=self._check(row)
        )

    def single_step_transfer(
        self,
        args: Mapping[str, object] | None = None,
        *,
        timeout: float | None = None,
        **fields: Unpack[rows.SingleStepFields],
    ) -> "Request[TransferCallConf]":
        """Transfer the call, which must be connected, without a consultation.

        The parameters are those of ``single_step_conference``. ``OnTransferCallConf`` reports the
        confirmation.
        """
        row = rows.SINGLE_STEP_TRANSFER
        return self._request(
            row, row.received(args), fields, timeout, self._name_single_step, precondition=self._check(row)
        )

    # --- Two calls of one device --------------------------------------------------------------------

    def alternate(
        self,
        args: Mapping[str, object] | None = None,
        *,
        other: "CallReference | str | None" = None,
        timeout: float | None = None,
    ) -> "Request[AlternateCallConf]":
        """Hold the connected call of the device, and retrieve its held one.

        - ``other``: the other call, as a Call or its UniqueObjectID (CallReferenceObjectID in ``args``).
          Without it the device must have one other call, or the request fails (E_CTIOS_INVALID_CALL).
          Raises ``MethodError`` (E_CTIOS_INVALID_CALL) for what is not another call of this session.

        ``OnAlternateCallConf`` reports the confirmation, ``OnCallHeld`` and ``OnCallRetrieved`` the change.
        """
        return self._ask_of_two(rows.ALTERNATE, rows.ALTERNATE.received(args), other, timeout, "other_")

    def reconnect(
        self,
        args: Mapping[str, object] | None = None,
        *,
        other: "CallReference | str | None" = None,
        timeout: float | None = None,
    ) -> "Request[ReconnectCallConf]":
        """End the connected call of the device, and retrieve its held one.

        ``other``: as in ``alternate``. ``OnReconnectCallConf`` reports the confirmation.
        """
        return self._ask_of_two(rows.RECONNECT, rows.RECONNECT.received(args), other, timeout)

    def conference(
        self,
        args: Mapping[str, object] | None = None,
        *,
        other: "CallReference | str | None" = None,
        timeout: float | None = None,
    ) -> "Request[ConferenceCallConf]":
        """Join the held call and the connected call of the device.

        ``other``: as in ``alternate``. ``OnConferenceCallConf`` reports the confirmation,
        ``OnCallConferenced`` the conference.
        """
        return self._ask_of_two(rows.CONFERENCE, rows.CONFERENCE.received(args), other, timeout)

    def transfer(
        self,
        args: Mapping[str, object] | None = None,
        *,
        other: "CallReference | str | None" = None,
        timeout: float | None = None,
    ) -> "Request[TransferCallConf]":
        """Connect the parties of the held call and of the connected call, and leave both.

        ``other``: as in ``alternate``. ``OnTransferCallConf`` reports the confirmation,
        ``OnCallTransferred`` the transfer.
        """
        return self._ask_of_two(rows.TRANSFER, rows.TRANSFER.received(args), other, timeout)

    # --- How requests are sent ----------------------------------------------------------------------

    def _ask(
        self, row: RequestRow[C], args: Any, timeout: float | None, given: Mapping[str, Any] | None = None
    ) -> Request[C]:
        return self._request(
            row, args, given or {}, timeout, partial(self._name, ""), precondition=self._check(row)
        )

    def _ask_of_two(
        self, row: RequestRow[C], args: Any, other: Any, timeout: float | None, held: str = "held_"
    ) -> Request[C]:
        named = other
        if named is None and isinstance(args, Arguments):
            named = args.get(kw.CTIOS_CALLREFERENCEOBJECTID)
        partner = self._only_other() if named is None else self._named_other(named)

        def name(fields: Fields) -> None:
            if partner is not None:
                on_hold, active = (self, partner) if self.status == states.HOLD else (partner, self)
                on_hold._name(held, fields)  # noqa: SLF001 - a call as this one
                active._name("active_", fields)  # noqa: SLF001

        def check() -> MethodError | None:
            error = self._error_of_status(row)
            if error is None and partner is None:
                error = MethodError(
                    CilCode.E_CTIOS_INVALID_CALL,
                    f"{row.method}() needs the other call: {self!r} has {len(self.other_calls)} others "
                    "at its device",
                )
            return error

        return self._request(row, args, {}, timeout, name, precondition=check)

    def _only_other(self) -> "CallRequests | None":
        others = self.other_calls
        return others[0] if len(others) == 1 else None

    def _named_other(self, named: Any) -> "CallRequests":
        context = self._require_context()
        found = context.registry.find(named) if isinstance(named, str) else named
        if not isinstance(found, CallRequests) or context_of(found) is not context or found is self:
            raise refuse(f"{shown(named)} is not another call of this session", CilCode.E_CTIOS_INVALID_CALL)
        return found

    def _check(self, row: RequestRow[Any]) -> "partial[MethodError | None]":
        return partial(self._error_of_status, row)

    def _error_of_status(self, row: RequestRow[Any]) -> MethodError | None:
        wanted, status = rows.STATUSES.get(row.method), self.status
        if wanted is None or status is None or status in wanted.allowed:
            return None
        if not self._require_context().is_strict:
            return None
        return MethodError(
            wanted.codes.get(status, wanted.code),
            f"{row.method}() needs a call in state {_names(wanted.allowed)}, {self!r} is {_names({status})}",
        )

    def _name(self, prefix: str, fields: Fields) -> None:
        # The fields that name the connection, with ``active_``, ``held_`` or ``other_`` before their names.
        fields["peripheral_id"] = self.peripheral_id
        name_connection(self, fields, prefix)
        if self.instrument is not None and self._require_context().codec.version >= _SINCE_INSTRUMENT:
            fields["agent_instrument"] = self.instrument

    def _name_single_step(self, fields: Fields) -> None:
        self._name("active_", fields)
        name_no_connection(fields, "held_")

    def _confirmed_arguments(self, fields: Fields, message: Message, describe: Describe | None) -> Arguments:
        # CTI OS documents the call's identity alone. What the server answered is the request's answer.
        if self._require_context().minimizes_event_args:
            return arguments_over({kw.CTIOS_UNIQUEOBJECTID: self.unique_object_id})
        return super()._confirmed_arguments(fields, message, describe)

    def _refusal_arguments(self, error: Refused) -> Arguments:
        context = self._require_context()
        agent = context.current_agent
        if agent is None and self.instrument is not None:
            agent = context.agent_at(self.instrument)
        args = super()._refusal_arguments(error)
        args[kw.CTIOS_AGENTID] = "" if agent is None else agent.agent_id
        return args

    def _peripheral_type(self) -> Any:
        keyword = kw.CTIOS_PERIPHERALTYPE
        return self.get_value(keyword) if self.is_valid(keyword) else None


def _names(statuses: "frozenset[int] | set[int]") -> str:
    from ctios_fast.protocol.enums import LocalConnectionState

    known = {int(each): each.name for each in LocalConnectionState}
    return " or ".join(known.get(each, str(each)) for each in sorted(statuses))
