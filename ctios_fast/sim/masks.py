"""Which bits of OPEN_REQ's masks are defined in which protocol version.

The generated enumerations hold all bits; the versions that some of them came in stand here (a test holds
the two against the protocol's data). A bit newer than the session's version is undefined in it.
"""

from collections.abc import Mapping
from typing import Final

from ctios_fast.protocol.enums import AgentStateMask, ConfigMsgMask, CTIServiceMask

__all__ = ["AGENT_STATES", "CONFIG", "SERVICES", "defined"]

SERVICES: Final[Mapping[int, int]] = {bit.value: 0 for bit in CTIServiceMask} | {
    CTIServiceMask.CTI_SERVICE_IGNORE_CONF.value: 14,
    CTIServiceMask.CTI_SERVICE_ACD_LINE_ONLY.value: 14,
    CTIServiceMask.CTI_SERVICE_ACTIVE_STANDBY.value: 24,
}
"""Bit of ServicesRequested -> version that it came in, 0: as old as the protocol is covered."""

AGENT_STATES: Final[Mapping[int, int]] = {bit.value: 0 for bit in AgentStateMask}
"""Bit of AgentStateMask -> version that it came in."""

CONFIG: Final[Mapping[int, int]] = {bit.value: 0 for bit in ConfigMsgMask} | {
    ConfigMsgMask.MEDIA_ROUTING_DOMAIN_INFORMATION.value: 20,
    ConfigMsgMask.PERIPHERAL_INFORMATION.value: 22,
    ConfigMsgMask.AGENT_DESK_SETTINGS_INFORMATION.value: 22,
    ConfigMsgMask.TERMINAL_INFORMATION.value: 23,
    ConfigMsgMask.AGENT_SERVICES_INFORMATION.value: 24,
}
"""Bit of ConfigMsgMask -> version that it came in."""


def defined(table: Mapping[int, int], version: int) -> int:
    """All bits of a mask that a version defines."""
    return sum(bit for bit, since in table.items() if since <= version)
