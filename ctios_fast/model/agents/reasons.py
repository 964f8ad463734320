"""Reason codes that Unified CCE itself sets (CTI OS Developer's Guide; Unified CCE predefined reason codes).

On the wire a reason is an unsigned 16-bit number; compare with ``unsigned_reason`` where one may be negative.
"""

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


def unsigned_reason(code: int) -> int:
    """The code as the unsigned 16-bit number of the wire."""
    return code & 0xFFFF
