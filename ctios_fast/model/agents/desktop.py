"""What an agent's desktop asks for, beside states: calls, help, settings. ``Agent`` inherits it."""

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, Unpack

from ctios_fast import keywords as kw
from ctios_fast.connection.request_book import Request
from ctios_fast.core import Message
from ctios_fast.enums import CilCode
from ctios_fast.model.arguments import arguments_over
from ctios_fast.model.coercion import refuse
from ctios_fast.model.context import Context
from ctios_fast.model.device_snapshot import agent_device_type, device_values
from ctios_fast.model.named_call import (
    CallReference,
    add_present_values,
    name_connection,
    name_no_connection,
    named_call,
)
from ctios_fast.model.object_ids import call_object_id
from ctios_fast.model.object_request import C
from ctios_fast.model.request_rows import Describe, Fields, RequestRow, TakeIn
from ctios_fast.model.supervisors.companion import controlling_context

from . import desktop_rows as rows
from .statistics_of_agent import StatisticsOfAgent

if TYPE_CHECKING:
    from ctios_fast.messages import (
        AgentDeskSettingsConf,
        AgentGreetingControlConf,
        BadCallConf,
        EmergencyCallConf,
        MakeCallConf,
        QueryDeviceInfoConf,
        ReleaseCallConf,
        SetCallDataConf,
        SnapshotDeviceConf,
        SupervisorAssistConf,
    )

__all__ = ["AgentRequests"]


class AgentRequests(StatisticsOfAgent):
    """The requests of an Agent for its device, its calls and its settings.

    Each method takes its values by keyword, or in Arguments (``args``) under CTI OS's keywords. The answer of
    the request that it returns is the confirmation, which an event reports as well.

    All of them fail with ``ControlFailure`` and ``RequestRefused``, which fire ``OnControlFailureConf``, with
    ``RequestTimeout`` and ``ConnectionLost``, and with ``MethodError`` (E_CTIOS_MODE_CONFLICT) where the
    server did not grant the service that they need. They raise ``MethodError`` for a value that cannot be
    sent, and ``TypeError`` for an unknown keyword. ``timeout`` is in seconds, the session's
    ``request_timeout`` unless given.
    """

    __slots__ = ()

    # --- Calls ----------------------------------------------------------------------------------------

    def make_call(
        self,
        args: Mapping[str, object] | None = None,
        *,
        timeout: float | None = None,
        **fields: Unpack[rows.MakeCallFields],
    ) -> "Request[MakeCallConf]":
        """Make a call from the agent's device; the answer is the MAKE_CALL_CONF.

        - ``args``: any of what follows under its CTI OS keyword, such as DialedNumber and CallVariable1.
        - ``dialed_number``: required, 1 to 39 bytes.
        - ``agent_instrument``: another device than the agent's, 1 to 63 bytes.
        - ``call_placement_type``, ``call_manner_type``, ``call_option``, ``facility_type``,
          ``answering_machine``: numbers of the enumerations of these names, 0 to 65535; 0 unless given.
        - ``alert_rings``: 0 to 65535; 0, the default, is the peripheral's own number.
        - ``priority``: whether the call has priority; ``post_route``: whether the peripheral post-routes it.
          False unless given.
        - ``skill_group_number``: the group that the call is made for; the agent's default one unless given.
        - ``user_to_user_info``: at most 131 bytes.
        - ``call_variable1`` to ``call_variable10``: at most 40 bytes each.
        - ``ecc``: ECC variables by keyword, ``user.Name`` and ``user.Name[n]``, at most 2000 bytes together.
        - ``call_wrapup_data``, ``facility_code``, ``authorization_code``, ``account_code``: at most 39 bytes
          each. ``cct``: the call control table, at most 3 bytes, which servers require where
          ``call_placement_type`` is 2 (CPT_OUTBOUND).
        - ``timeout``: seconds, the session's ``request_timeout`` unless given.

        ``OnMakeCallConf`` reports the confirmation. The Call itself comes with ``OnCallBegin``, before it or
        after it.

        Needs Client Control. Fails and raises as the class says.
        """
        args = rows.MAKE_CALL.received(args)
        return self._request(rows.MAKE_CALL, args, fields, timeout, self._name_device)

    def request_supervisor_assist(
        self,
        args: Mapping[str, object] | None = None,
        *,
        call: CallReference | str | None = None,
        timeout: float | None = None,
    ) -> "Request[SupervisorAssistConf]":
        """Ask an available supervisor for help; the answer is the SUPERVISOR_ASSIST_CONF.

        - ``call``: the call that needs help, as a Call or its UniqueObjectID (CallReferenceObjectID in
          ``args``); the current call unless given. Without one the request is about no call.
        - ``timeout``: seconds.

        ``OnSupervisorAssistConf`` names the new call. Fails with ``RequestRefused`` where no supervisor is
        found. Needs Client Control. Fails and raises as the class says.
        """
        args = rows.SUPERVISOR_ASSIST.received(args)
        return self._ask_for_help(rows.SUPERVISOR_ASSIST, args, call, timeout)

    def make_emergency_call(
        self,
        args: Mapping[str, object] | None = None,
        *,
        call: CallReference | str | None = None,
        timeout: float | None = None,
    ) -> "Request[EmergencyCallConf]":
        """Report an emergency and call the agent's supervisor; the answer is the EMERGENCY_CALL_CONF.

        - ``call``: the call that needs help, as in ``request_supervisor_assist``.
        - ``timeout``: seconds.

        ``OnEmergencyCallConf`` names the new call. Fails with ``RequestRefused`` where no supervisor is
        found; the emergency was reported even then. Needs Client Control or Supervisor. Fails and raises as
        the class says.
        """
        args = rows.EMERGENCY_CALL.received(args)
        return self._ask_for_help(rows.EMERGENCY_CALL, args, call, timeout)

    def report_bad_call_line(
        self,
        args: Mapping[str, object] | None = None,
        *,
        call: CallReference | str | None = None,
        timeout: float | None = None,
    ) -> "Request[BadCallConf]":
        """Report that the line of a call is bad; the answer is the BAD_CALL_CONF.

        - ``call``: a Call or its UniqueObjectID (CallReferenceObjectID in ``args``); the current call unless
          given.
        - ``timeout``: seconds.

        ``OnBadCallConf`` reports the confirmation. Needs Client Control. Fails and raises as the class says;
        raises ``MethodError`` (E_CTIOS_INVALID_CALL) where no call is given and none is current.
        """
        args = rows.BAD_CALL.received(args)
        return self._request(rows.BAD_CALL, args, {}, timeout, partial(self._name_bad_call, call, args))

    def set_wrapup_data(
        self,
        args: Mapping[str, object] | None = None,
        *,
        call: CallReference | str | None = None,
        timeout: float | None = None,
        **fields: Unpack[rows.WrapupFields],
    ) -> "Request[SetCallDataConf]":
        """Set the wrap-up data of a call, and nothing else of it; the answer is the SET_CALL_DATA_CONF.

        - ``call_wrapup_data``: required, at most 39 bytes (CallWrapupData in ``args``).
        - ``call``: a Call, which may have ended, or the UniqueObjectID of one that has not
          (CallReferenceObjectID in ``args``); the current call unless given.
        - ``timeout``: seconds.

        ``OnSetCallDataConf`` reports the confirmation. A server accepts wrap-up data for a while after the
        call, two minutes unless configured otherwise, or until ``release_call``.

        Needs Call Data Update. Fails and raises as the class says; raises ``MethodError``
        (E_CTIOS_INVALID_CALL) where no call is given and none is current.
        """
        args = rows.WRAPUP.received(args)
        return self._request(
            rows.WRAPUP,
            args,
            fields,
            timeout,
            partial(self._name_data_of_call, call, args),
            describe=_values_of_call,
        )

    def release_call(
        self,
        args: Mapping[str, object] | None = None,
        *,
        call: CallReference | str | None = None,
        timeout: float | None = None,
    ) -> "Request[ReleaseCallConf]":
        """Say that no more data of a call will be set; the answer is the RELEASE_CALL_CONF.

        It does not hang up. Without it the server waits with the call's record for wrap-up data.

        - ``call``: as in ``set_wrapup_data``.
        - ``timeout``: seconds.

        ``OnReleaseCallConf`` reports the confirmation. Needs Call Data Update. Fails and raises as
        ``set_wrapup_data`` does.
        """
        args = rows.RELEASE_CALL.received(args)
        return self._request(
            rows.RELEASE_CALL,
            args,
            {},
            timeout,
            partial(self._name_required_call, call, args),
            describe=_values_of_call,
        )

    # --- Settings and the device ------------------------------------------------------------------------

    def request_desk_settings(
        self, args: Mapping[str, object] | None = None, *, timeout: float | None = None
    ) -> "Request[AgentDeskSettingsConf]":
        """Ask for the agent's desk settings; the answer is the AGENT_DESK_SETTINGS_CONF.

        ``timeout``: seconds.

        ``OnAgentDeskSettingsConf`` reports them. The agent keeps them: ``desk_settings_mask``,
        ``not_ready_reason_required``, ``logout_reason_required``, ``wrapup_ok_enabled``, and its buttons.

        Needs no service. Fails and raises as the class says.
        """
        args = rows.DESK_SETTINGS.received(args)
        return self._request(
            rows.DESK_SETTINGS, args, {}, timeout, self._name_agent, take_in=self._take_desk_settings
        )

    def snapshot_device(
        self,
        args: Mapping[str, object] | None = None,
        *,
        timeout: float | None = None,
        **fields: Unpack[rows.SnapshotFields],
    ) -> "Request[SnapshotDeviceConf]":
        """Ask which calls a device has; the answer is the SNAPSHOT_DEVICE_CONF, with 16 calls at most.

        - ``agent_instrument``: another device than the agent's, 1 to 63 bytes.
        - ``snapshot_device_type``: the kind of that device, a DeviceIDType; 76, an agent's device, unless
          given. Sessions below version 13 cannot send it.
        - ``timeout``: seconds.

        ``OnSnapshotDeviceConf`` reports the UniqueObjectIDs of the calls as ValidCalls.

        Needs Client Control; for a device that is not the session's own the server demands All Events too.
        Fails and raises as the class says.
        """
        args = rows.SNAPSHOT_DEVICE.received(args)
        return self._request(
            rows.SNAPSHOT_DEVICE,
            args,
            fields,
            timeout,
            self._name_snapshot,
            describe=self._snapshot_values,
        )

    def query_device_info(
        self,
        args: Mapping[str, object] | None = None,
        *,
        timeout: float | None = None,
        **fields: Unpack[rows.DeviceFields],
    ) -> "Request[QueryDeviceInfoConf]":
        """Ask what a device can do; the answer is the QUERY_DEVICE_INFO_CONF.

        - ``agent_instrument``: another device than the agent's, 1 to 63 bytes.
        - ``timeout``: seconds.

        ``OnQueryDeviceInfoConf`` reports it, with a nested ``Line[n]`` for each line. What the agent's own
        device supports limits its buttons.

        Needs Client Control. Fails and raises as the class says.
        """
        args = rows.QUERY_DEVICE_INFO.received(args)
        return self._request(
            rows.QUERY_DEVICE_INFO,
            args,
            fields,
            timeout,
            self._name_device,
            take_in=self._take_device,
            describe=_values_of_device,
        )

    def set_agent_greeting_action(
        self,
        args: Mapping[str, object] | None = None,
        *,
        timeout: float | None = None,
        **fields: Unpack[rows.GreetingFields],
    ) -> "Request[AgentGreetingControlConf]":
        """Stop, disable or enable the agent's greeting; the answer is the AGENT_GREETING_CONTROL_CONF.

        - ``agent_action``: required (AgentAction in ``args``). 0 stops the greeting that is played, 1
          disables greetings for the rest of the login session, 2 enables them.
        - ``timeout``: seconds.

        ``OnAgentGreetingControlConf`` reports the confirmation. Sessions below version 15 cannot send it.

        Needs Client Control. Fails and raises as the class says.
        """
        args = rows.GREETING.received(args)
        return self._request(rows.GREETING, args, fields, timeout, self._name_agent)

    # --- Answers --------------------------------------------------------------------------------------

    def _confirm(
        self,
        row: RequestRow[Any],
        fields: Fields,
        message: Message,
        take_in: TakeIn | None,
        describe: Describe | None,
    ) -> None:
        # Desk settings and the device's abilities change the buttons.
        before = self.enablement_mask
        super()._confirm(row, fields, message, take_in, describe)
        if self._buttons is not None and self.enablement_mask != before:
            self._buttons.report(self.unique_object_id, message.type)

    def _sender(self, row: RequestRow[Any]) -> Context:
        # Requests that need a service are about the device. Those about another agent's device go through the
        # companion.
        context = self._require_context()
        if not row.services or not self._is_foreign:
            return context
        return controlling_context(context, f"{row.method}() of agent {self.agent_id}")

    # --- What requests name ---------------------------------------------------------------------------

    def _name_peripheral(self, fields: Fields) -> None:
        fields["peripheral_id"] = self._peripheral(self._require_context())

    def _name_agent(self, fields: Fields) -> None:
        self._name_peripheral(fields)
        fields["agent_id"] = self.agent_id

    def _name_device(self, fields: Fields) -> None:
        self._name_peripheral(fields)
        if "agent_instrument" not in fields:
            fields["agent_instrument"] = self._require_instrument()

    def _name_snapshot(self, fields: Fields) -> None:
        self._name_device(fields)
        kind = agent_device_type(self._require_context().codec.version)
        if kind is None:
            fields["snapshot_device_type"] = None
        else:
            fields.setdefault("snapshot_device_type", kind)

    def _ask_for_help(
        self, row: RequestRow[C], args: Any, call: CallReference | str | None, timeout: float | None
    ) -> Request[C]:
        return self._request(row, args, {}, timeout, partial(self._name_helped_call, call, args))

    def _name_helped_call(self, call: Any, args: Any, fields: Fields) -> None:
        self._name_agent(fields)
        fields["agent_instrument"] = self.agent_instrument or None
        named = self._named_call(call, args)
        if named is None:
            name_no_connection(fields)
            fields["connection_device_id"] = ""
        else:
            name_connection(named, fields)

    def _name_required_call(self, call: Any, args: Any, fields: Fields) -> CallReference:
        named = self._named_call(call, args)
        if named is None:
            raise refuse("no call is given, and none is current", CilCode.E_CTIOS_INVALID_CALL)
        self._name_peripheral(fields)
        name_connection(named, fields)
        return named

    def _name_bad_call(self, call: Any, args: Any, fields: Fields) -> None:
        self._name_required_call(call, args, fields)
        fields["agent_id"] = self.agent_id

    def _name_data_of_call(self, call: Any, args: Any, fields: Fields) -> None:
        add_present_values(self._name_required_call(call, args, fields), fields)

    def _named_call(self, call: Any, args: Any) -> CallReference | None:
        if call is None and args is not None:
            call = args.get(kw.CTIOS_CALLREFERENCEOBJECTID)
        return named_call(self._require_context(), call)

    def _require_instrument(self) -> str:
        instrument = self.agent_instrument or self.agent_extension
        if not instrument:
            raise refuse(
                f"agent {self.agent_id} has no AgentInstrument to act on", CilCode.E_CTIOS_MISSING_ARGUMENT
            )
        return instrument

    # --- What answers say -----------------------------------------------------------------------------

    def _take_desk_settings(self, fields: Fields, message: Message) -> None:
        self._known_facts().settings = message.fixed()

    def _take_device(self, fields: Fields, message: Message) -> None:
        if fields["agent_instrument"] in (self.agent_instrument, self.agent_extension):
            self._known_facts().device = message.fixed()

    def _snapshot_values(self, fields: Fields, message: Message) -> dict[str, Any]:
        return device_values(fields["peripheral_id"], fields["agent_instrument"], message)


def _values_of_device(fields: Fields, message: Message) -> dict[str, Any]:
    values: dict[str, Any] = {kw.CTIOS_AGENTINSTRUMENT: fields["agent_instrument"], **message.fixed()}
    del values["Reserved"]
    lines = zip(message.get("LineHandle") or (), message.get("LineType") or (), strict=False)
    for number, line in enumerate(lines, 1):
        row = dict(zip((kw.CTIOS_LINEHANDLE, kw.CTIOS_LINETYPE), line, strict=True))
        values[f"Line[{number}]"] = arguments_over(row)
    return values


def _values_of_call(fields: Fields, message: Message) -> dict[str, Any]:
    # The confirmations of requests about a call's data are events of the call.
    del message
    return {
        kw.CTIOS_UNIQUEOBJECTID: call_object_id(
            fields["peripheral_id"], fields["connection_call_id"], fields["connection_device_id"]
        )
    }
