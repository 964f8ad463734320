"""Reason codes that Unified CCE itself sets (CTI OS Developer's Guide; Unified CCE predefined reason codes).

On the wire a reason is an unsigned 16-bit number; compare with ``unsigned_reason`` where one may be negative.
"""

from collections.abc import Mapping
from typing import Final

AGENT_REINITIALIZED: Final = 0xFFFF  # -1: the peripheral restarted
PG_RESET_AGENT: Final = 0xFFFE  # -2
EXTENSION_CHANGED: Final = 0xFFFD  # -3: by an administrator
SUPERVISOR_LOGGED_OUT: Final = 999
CALL_NOT_ANSWERED: Final = 32767
CLIENT_DISCONNECTED: Final = 50001
FORCED_LOGOUT: Final = 50002  # a component failed or a heartbeat timed out
DEVICE_OUT_OF_SERVICE: Final = 50003
INACTIVITY: Final = 50004
BUSY_ON_NON_ACD_LINE: Final = 50005
ROUTED_CALLS_NOT_ARRIVED: Final = 50010
SKILL_GROUP_CHANGED: Final = 50020
DEVICE_TARGET_CLASH: Final = 50030
MOBILE_AGENT_CALL_FAILED: Final = 50040
MOBILE_AGENT_LINE_BUSY: Final = 50041
NAILED_CONNECTION_DROPPED: Final = 50042

#: The peripheral logged the agent out during a fail-over: the application keeps its session.
CTIOS_FORCED_LOGOUT_REASON_CODE: Final = FORCED_LOGOUT
CTIOS_IPCC_FORCED_LOGOUT_REASON_CODE: Final = FORCED_LOGOUT


#: What each predefined code says, for people.
_TEXTS: Final[dict[int, str]] = {
    AGENT_REINITIALIZED: "agent reinitialized, the peripheral restarted",
    PG_RESET_AGENT: "agent reset by the peripheral gateway",
    EXTENSION_CHANGED: "extension changed by an administrator",
    SUPERVISOR_LOGGED_OUT: "logged out by a supervisor",
    CALL_NOT_ANSWERED: "call not answered",
    CLIENT_DISCONNECTED: "client disconnected",
    FORCED_LOGOUT: "component failed or heartbeat timed out",
    DEVICE_OUT_OF_SERVICE: "device out of service",
    INACTIVITY: "inactivity",
    BUSY_ON_NON_ACD_LINE: "busy on a non-ACD line",
    ROUTED_CALLS_NOT_ARRIVED: "two routed calls did not arrive",
    SKILL_GROUP_CHANGED: "skill group changed",
    DEVICE_TARGET_CLASH: "device target clash",
    MOBILE_AGENT_CALL_FAILED: "mobile agent's call failed",
    MOBILE_AGENT_LINE_BUSY: "mobile agent's line busy",
    NAILED_CONNECTION_DROPPED: "nailed connection dropped",
}


def reason_text(code: int, site: Mapping[int, str] | None = None) -> str:
    """What a reason code says, for people; the number as text if nobody named it.

    ``site``: the site's own codes and their names. They come before the predefined ones.
    """
    number = unsigned_reason(code)
    for names in (site or {}, _TEXTS):
        for key in (number, code):
            if key in names:
                return names[key]
    return str(number)


def is_predefined(code: int) -> bool:
    """Whether the peripheral itself sets that reason, rather than an agent."""
    return unsigned_reason(code) in _TEXTS


def unsigned_reason(code: int) -> int:
    """The code as the unsigned 16-bit number of the wire."""
    return code & 0xFFFF
