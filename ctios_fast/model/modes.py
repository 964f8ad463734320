"""Modes of a session: what each asks the CTI Server for, and what follows once it is open.

A mode is a record. Nothing else in the model compares modes by name.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

from ctios_fast.protocol.codes import (
    CTI_SERVICE_ALL_EVENTS,
    CTI_SERVICE_CALL_DATA_UPDATE,
    CTI_SERVICE_CLIENT_CONTROL,
    CTI_SERVICE_CLIENT_EVENTS,
    CTI_SERVICE_PERIPHERAL_MONITOR,
    CTI_SERVICE_SUPERVISOR,
)
from ctios_fast.protocol.versions import defined_bits

from .coercion import MAX_UINT, integer

__all__ = ["AGENT", "BULK", "MONITOR", "PASSIVE_MESSAGES", "SUPERVISOR", "Mode"]

_Mask = Callable[[int], int]

#: Messages that a passive mode may send: they ask, subscribe or talk, and control no agent and no call.
PASSIVE_MESSAGES: Final = frozenset(
    {
        "AGENT_DESK_SETTINGS_REQ",
        "CLIENT_EVENT_REPORT_REQ",
        "CONFIG_REQUEST_EVENT",
        "CONFIG_REQUEST_KEY_EVENT",
        "LIST_AGENT_TEAM_REQ",
        "MONITOR_AGENT_TEAM_START_REQ",
        "MONITOR_AGENT_TEAM_STOP_REQ",
        "MONITOR_START_REQ",
        "MONITOR_STOP_REQ",
        "QUERY_AGENT_STATE_REQ",
        "QUERY_AGENT_STATISTICS_REQ",
        "QUERY_DEVICE_INFO_REQ",
        "QUERY_SKILL_GROUP_STATISTICS_REQ",
        "REGISTER_VARIABLES_REQ",
        "SNAPSHOT_CALL_REQ",
        "SNAPSHOT_DEVICE_REQ",
        "USER_MESSAGE_REQ",
    }
)


def _all_calls(version: int) -> int:
    return defined_bits("UnsolicitedCallEventMessageMask", version)


def _all_states(version: int) -> int:
    return defined_bits("AgentStateMask", version)


def _nothing(version: int) -> int:
    return 0


class Mode(NamedTuple):
    """One mode of a session.

    ``name``: for messages to people. ``services``: ServicesRequested. ``call_mask``, ``agent_mask``,
    ``config_mask``: CallMsgMask, AgentStateMask and ConfigMsgMask for a protocol version. ``opened_event``:
    fired when the session is open. ``configuration``: what is acquired after the opening, a ConfigMsgMask.
    ``is_agent``: it serves one agent, whose state is asked for after opening.
    ``hears_all``: every event is the session's own. ``is_passive``: agents and calls can be asked about, but
    not controlled. ``losses``: what is not possible without a service that the server did not grant, by the
    service's bit. ``optional_services``: those of ``services`` without which the session is opened where the
    server refuses them.
    """

    name: str
    services: int
    opened_event: str
    is_agent: bool
    hears_all: bool
    call_mask: _Mask = _all_calls
    agent_mask: _Mask = _all_states
    config_mask: _Mask = _nothing
    configuration: int = 0
    is_passive: bool = False
    losses: Mapping[int, str] = {}
    optional_services: int = 0

    def changed(
        self, services: Any, call_mask: Any, agent_mask: Any, config_mask: Any, configuration: int = 0
    ) -> "Mode":
        """The mode with the services and masks that the program chose; None leaves one as it is.

        ``configuration``: ConfigMsgMask of what is acquired. Its updates come unless ``config_mask`` says
        otherwise.

        Raises ``MethodError`` for a value that is not an unsigned number of 32 bits.
        """
        chosen: dict[str, object] = {"configuration": configuration}
        if config_mask is None and configuration:
            config_mask = configuration
        if services is not None:
            chosen["services"] = integer("services", services, 0, MAX_UINT)
        for name, value in (
            ("call_mask", call_mask),
            ("agent_mask", agent_mask),
            ("config_mask", config_mask),
        ):
            if value is not None:
                mask = integer(name, value, 0, MAX_UINT)
                chosen[name] = lambda version, mask=mask: mask
        return self._replace(**chosen)  # type: ignore[arg-type]


#: One agent at its own device. 0x2 is needed for SET_CALL_DATA and wrap-up data.
AGENT: Final = Mode(
    "agent",
    services=CTI_SERVICE_CLIENT_EVENTS | CTI_SERVICE_CALL_DATA_UPDATE | CTI_SERVICE_CLIENT_CONTROL,
    opened_event="OnSetAgentModeEvent",
    is_agent=True,
    hears_all=False,
)

#: What a supervisor's session asks for beside an agent's. Supervisor is refused to an agent that is not
#: configured as a supervisor; Peripheral Monitor brings the calls of a monitored agent.
_OF_SUPERVISORS: Final = CTI_SERVICE_SUPERVISOR | CTI_SERVICE_PERIPHERAL_MONITOR

#: Agent mode of a supervisor: the own device, the teams' states, and supervision of the teams' calls.
SUPERVISOR: Final = AGENT._replace(
    services=AGENT.services | _OF_SUPERVISORS,
    optional_services=_OF_SUPERVISORS,
    losses={
        CTI_SERVICE_SUPERVISOR: "teams cannot be monitored and calls not supervised",
        CTI_SERVICE_PERIPHERAL_MONITOR: "calls of a monitored agent come from a companion session only",
    },
)

#: All events of a peripheral, and control of any of its agents.
BULK: Final = Mode(
    "bulk",
    services=CTI_SERVICE_ALL_EVENTS | CTI_SERVICE_CLIENT_CONTROL | CTI_SERVICE_CALL_DATA_UPDATE,
    opened_event="OnMonitorModeEstablished",
    is_agent=False,
    hears_all=True,
)

#: All events of a peripheral, without control. Client Control is needed for queries and snapshots alone.
MONITOR: Final = Mode(
    "monitor",
    services=CTI_SERVICE_ALL_EVENTS | CTI_SERVICE_CLIENT_CONTROL,
    opened_event="OnMonitorModeEstablished",
    is_agent=False,
    hears_all=True,
    is_passive=True,
    losses={CTI_SERVICE_CLIENT_CONTROL: "agents and calls cannot be asked for, so calls cannot be repaired"},
)
