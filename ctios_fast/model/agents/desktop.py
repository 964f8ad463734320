"""What an agent's desktop asks for, beside states: calls, help, settings. Each request is a row of a table.

``AgentRequests`` is the base of ``Agent`` that has these methods.
"""

from collections.abc import Mapping
from typing import Any, Final, TypedDict, Unpack

from ctios_fast import keywords as kw
from ctios_fast.connection.request_book import Request
from ctios_fast.core import Message
from ctios_fast.enums import CilCode
from ctios_fast.model.call_data_fields import CALL_VARIABLES, ECC, USER_TO_USER_INFO, WRAPUP_DATA
from ctios_fast.model.coercion import refuse
from ctios_fast.model.context import Context
from ctios_fast.model.request_rows import (
    Parameter,
    RequestingObject,
    RequestRow,
    bounded_text,
    flag,
    number,
    required_text,
)
from ctios_fast.protocol.codes import CTI_SERVICE_CLIENT_CONTROL

__all__ = ["AgentRequests"]


class MakeCallFields(TypedDict, total=False):
    """The keywords of ``make_call``."""

    dialed_number: str
    agent_instrument: str
    call_placement_type: int
    call_manner_type: int
    alert_rings: int
    call_option: int
    facility_type: int
    answering_machine: int
    priority: bool
    post_route: bool
    skill_group_number: int
    user_to_user_info: bytes | str
    call_variable1: str
    call_variable2: str
    call_variable3: str
    call_variable4: str
    call_variable5: str
    call_variable6: str
    call_variable7: str
    call_variable8: str
    call_variable9: str
    call_variable10: str
    ecc: Mapping[str, Any]
    call_wrapup_data: str
    facility_code: str
    authorization_code: str
    account_code: str
    cct: str


_MAKE_CALL: Final = RequestRow(
    "make_call",
    "MakeCallReq",
    "OnMakeCallConf",
    (
        Parameter(kw.CTIOS_DIALEDNUMBER, required_text, is_required=True),
        Parameter(kw.CTIOS_AGENTINSTRUMENT, required_text),
        Parameter(kw.CTIOS_CALLPLACEMENTTYPE, number),
        Parameter(kw.CTIOS_CALLMANNERTYPE, number),
        Parameter(kw.CTIOS_ALERTRINGS, number),
        Parameter(kw.CTIOS_CALLOPTION, number),
        Parameter(kw.CTIOS_FACILITYTYPE, number),
        Parameter(kw.CTIOS_ANSWERINGMACHINE, number),
        Parameter(kw.CTIOS_PRIORITY, flag),
        Parameter(kw.CTIOS_POSTROUTE, flag),
        Parameter(kw.CTIOS_SKILLGROUPNUMBER, number),
        USER_TO_USER_INFO,
        *CALL_VARIABLES,
        ECC,
        WRAPUP_DATA,
        Parameter(kw.CTIOS_FACILITYCODE, bounded_text),
        Parameter(kw.CTIOS_AUTHORIZATIONCODE, bounded_text),
        Parameter(kw.CTIOS_ACCOUNTCODE, bounded_text),
        Parameter("CCT", bounded_text),
    ),
    services=CTI_SERVICE_CLIENT_CONTROL,
    defaults={"priority": False},
)


class AgentRequests(RequestingObject):
    """The requests of an Agent for its device, its calls and its settings."""

    __slots__ = ()

    agent_id: str
    agent_instrument: str | None
    agent_extension: str | None

    def make_call(
        self,
        args: Mapping[str, Any] | None = None,
        *,
        timeout: float | None = None,
        **fields: Unpack[MakeCallFields],
    ) -> Request[Message]:
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

        Fails with ``ControlFailure``, ``RequestRefused`` (both fire ``OnControlFailureConf``),
        ``RequestTimeout``, ``ConnectionLost``, and with ``MethodError`` (E_CTIOS_MODE_CONFLICT) where the
        server did not grant Client Control. Raises ``MethodError`` for a value that cannot be sent,
        ``TypeError`` for an unknown keyword.
        """
        args = _MAKE_CALL.received(args)
        return self._request(_MAKE_CALL, args, fields, timeout, self._name_device)

    # --- What requests name the agent by --------------------------------------------------------------

    def _name_device(self, fields: dict[str, Any]) -> None:
        self._name_peripheral(fields)
        if "agent_instrument" not in fields:
            fields["agent_instrument"] = self._require_instrument()

    def _name_peripheral(self, fields: dict[str, Any]) -> None:
        fields["peripheral_id"] = self._peripheral(self._require_context())

    def _peripheral(self, context: Context) -> int:
        return context.peripheral_id if self.peripheral_id is None else self.peripheral_id

    def _require_instrument(self) -> str:
        instrument = self.agent_instrument or self.agent_extension
        if not instrument:
            raise refuse(
                f"agent {self.agent_id} has no AgentInstrument to act on", CilCode.E_CTIOS_MISSING_ARGUMENT
            )
        return instrument
