"""The requests of supervisors and of chat as rows: the message of each, and the values a program may give."""

from typing import TYPE_CHECKING, Any, Final

from ctios_fast import keywords as kw
from ctios_fast.enums import CilCode
from ctios_fast.model.coercion import integer, refuse
from ctios_fast.model.request_rows import Limit, Parameter, RequestRow, required_text
from ctios_fast.protocol.codes import (
    CALLTYPE_SUPERVISOR_MONITOR,
    CALLTYPE_SUPERVISOR_WHISPER,
    CTI_SERVICE_ALL_EVENTS,
    CTI_SERVICE_SUPERVISOR,
    DISTRIBUTE_TO_ALL,
    DISTRIBUTE_TO_CLIENT,
    DISTRIBUTE_TO_SUPERVISOR,
    DISTRIBUTE_TO_TEAM,
    SUPERVISOR_INTERCEPT,
)

if TYPE_CHECKING:
    from ctios_fast.messages import SuperviseCallConf, UserMessageConf

__all__ = ["DISTRIBUTIONS", "LISTENING", "NAMES_OF_DISTRIBUTIONS", "SEND_CHAT_MESSAGE", "SUPERVISE_CALL"]

#: CallType of the calls through which a supervisor listens.
LISTENING: Final = frozenset({CALLTYPE_SUPERVISOR_MONITOR, CALLTYPE_SUPERVISOR_WHISPER})
#: The Distribution of a chat message, by its name in lower case. CTI OS has the first two names.
DISTRIBUTIONS: Final = {
    "agent": DISTRIBUTE_TO_CLIENT,
    "distributetoagent": DISTRIBUTE_TO_CLIENT,
    "client": DISTRIBUTE_TO_CLIENT,
    "supervisor": DISTRIBUTE_TO_SUPERVISOR,
    "team": DISTRIBUTE_TO_TEAM,
    "all": DISTRIBUTE_TO_ALL,
}
#: The name that OnChatMessage has for each Distribution.
NAMES_OF_DISTRIBUTIONS: Final = {
    DISTRIBUTE_TO_CLIENT: "agent",
    DISTRIBUTE_TO_SUPERVISOR: "supervisor",
    DISTRIBUTE_TO_TEAM: "team",
    DISTRIBUTE_TO_ALL: "all",
}


def _action(name: str, value: Any, limit: Limit) -> int:
    del limit
    return integer(name, value, 0, SUPERVISOR_INTERCEPT)


def _distribution(name: str, value: Any, limit: Limit) -> int:
    del limit
    number = DISTRIBUTIONS.get(value.strip().lower()) if isinstance(value, str) else None
    if number is None:
        known = ", ".join(DISTRIBUTIONS)
        raise refuse(f"{name} must be one of {known}, got {value!r}", CilCode.E_CTIOS_INVALID_ARGUMENT)
    return number


SUPERVISE_CALL: "Final[RequestRow[SuperviseCallConf]]" = RequestRow(
    "supervise_call",
    "SuperviseCallReq",
    "OnSuperviseCallConf",
    (Parameter(kw.CTIOS_SUPERVISORYACTION, _action, is_required=True),),
    services=CTI_SERVICE_SUPERVISOR | CTI_SERVICE_ALL_EVENTS,
    also=(kw.CTIOS_AGENTREFERENCE, kw.CTIOS_CALLREFERENCE, kw.CTIOS_AGENTCALLREFERENCE),
)

SEND_CHAT_MESSAGE: "Final[RequestRow[UserMessageConf]]" = RequestRow(
    "send_chat_message",
    "UserMessageReq",
    "",
    (
        Parameter(kw.CTIOS_MESSAGE, required_text, field="Text", is_required=True),
        Parameter(kw.CTIOS_DISTRIBUTION, _distribution, is_required=True),
        Parameter(kw.CTIOS_CLIENTID, required_text),
    ),
    also=(kw.CTIOS_TARGET, kw.CTIOS_LOGINNAME),
)
