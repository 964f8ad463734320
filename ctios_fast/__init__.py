"""ctios_fast: the object model of Cisco CTI OS over GED-188, the CTI Server protocol, on a compiled core.

::

    async with Session(client_id="wallboard") as session:
        await session.connect(ctios_a="cg-a.example", ctios_b="cg-b.example")
        await session.set_agent(Agent("1001", 5000, agent_instrument="3001"))
        await session.current_agent.login()

Public: the names of ``__all__``, and the modules ``errors``, ``enums``, ``keywords``, ``messages`` (a class
for each message), ``core`` (frames, codec), ``protocol`` (message numbers and enumerations), ``bulk``,
``records``, ``wireshark``, ``fleet`` and ``sim``.

A name is imported when it is first used, so ``import ctios_fast`` itself takes almost no time.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

__all__ = [  # noqa: RUF022, grouped by source
    # ._version
    "__version__",
    # .connection.request_book
    "Request",
    # .connection.life_cycle
    "ConnectionState",
    # .enums
    "AgentState",
    "AnsweringMachine",
    "ArgType",
    "ButtonEnablement",
    "CallMannerType",
    "CallOption",
    "CallPlacementType",
    "CallStatus",
    "CilCode",
    "ConsultType",
    "DeskSettingsMask",
    "DesktopType",
    "FacilityType",
    "FailureCode",
    "FailureReason",
    "IncomingOrOutgoing",
    "SilentMonitorStatus",
    "SupervisorButtonEnablement",
    "SupervisoryAction",
    "SystemEvent",
    # .errors
    "ConnectionFailed",
    "ConnectionLost",
    "ControlFailure",
    "CtiOsError",
    "EncodeError",
    "ForcedLogout",
    "MethodError",
    "OpenRefused",
    "ProtocolError",
    "Refused",
    "RequestRefused",
    "RequestTimeout",
    "SendBufferFull",
    "SessionEnded",
    "StreamOverflow",
    "TooManyRequests",
    # .model.agents.agent
    "Agent",
    # .model.agents.reasons
    "CTIOS_FORCED_LOGOUT_REASON_CODE",
    "CTIOS_IPCC_FORCED_LOGOUT_REASON_CODE",
    # .model.arguments
    "Arguments",
    # .model.calls.call
    "Call",
    # .model.monitors.agent_team
    "AgentTeam",
    # .model.session
    "Session",
    # .model.skill_groups.skill_group
    "SkillGroup",
    # .model.statistics.statistics_view
    "Statistics",
    # .model.streams
    "Event",
    "EventStream",
]

# The same names for type checkers and editors, which do not run __getattr__.
if TYPE_CHECKING:
    from ._version import __version__
    from .connection.life_cycle import ConnectionState
    from .connection.request_book import Request
    from .enums import (
        AgentState,
        AnsweringMachine,
        ArgType,
        ButtonEnablement,
        CallMannerType,
        CallOption,
        CallPlacementType,
        CallStatus,
        CilCode,
        ConsultType,
        DeskSettingsMask,
        DesktopType,
        FacilityType,
        FailureCode,
        FailureReason,
        IncomingOrOutgoing,
        SilentMonitorStatus,
        SupervisorButtonEnablement,
        SupervisoryAction,
        SystemEvent,
    )
    from .errors import (
        ConnectionFailed,
        ConnectionLost,
        ControlFailure,
        CtiOsError,
        EncodeError,
        ForcedLogout,
        MethodError,
        OpenRefused,
        ProtocolError,
        Refused,
        RequestRefused,
        RequestTimeout,
        SendBufferFull,
        SessionEnded,
        StreamOverflow,
        TooManyRequests,
    )
    from .model.agents.agent import Agent
    from .model.agents.reasons import CTIOS_FORCED_LOGOUT_REASON_CODE, CTIOS_IPCC_FORCED_LOGOUT_REASON_CODE
    from .model.arguments import Arguments
    from .model.calls.call import Call
    from .model.monitors.agent_team import AgentTeam
    from .model.session import Session
    from .model.skill_groups.skill_group import SkillGroup
    from .model.statistics.statistics_view import Statistics
    from .model.streams import Event, EventStream

#: Public name -> the module that defines it.
_SOURCES = {
    name: source
    for source, names in {
        "._version": ("__version__",),
        ".connection.request_book": ("Request",),
        ".connection.life_cycle": ("ConnectionState",),
        ".enums": (
            "AgentState",
            "AnsweringMachine",
            "ArgType",
            "ButtonEnablement",
            "CallMannerType",
            "CallOption",
            "CallPlacementType",
            "CallStatus",
            "CilCode",
            "ConsultType",
            "DeskSettingsMask",
            "DesktopType",
            "FacilityType",
            "FailureCode",
            "FailureReason",
            "IncomingOrOutgoing",
            "SilentMonitorStatus",
            "SupervisorButtonEnablement",
            "SupervisoryAction",
            "SystemEvent",
        ),
        ".errors": (
            "ConnectionFailed",
            "ConnectionLost",
            "ControlFailure",
            "CtiOsError",
            "EncodeError",
            "ForcedLogout",
            "MethodError",
            "OpenRefused",
            "ProtocolError",
            "Refused",
            "RequestRefused",
            "RequestTimeout",
            "SendBufferFull",
            "SessionEnded",
            "StreamOverflow",
            "TooManyRequests",
        ),
        ".model.agents.agent": ("Agent",),
        ".model.agents.reasons": (
            "CTIOS_FORCED_LOGOUT_REASON_CODE",
            "CTIOS_IPCC_FORCED_LOGOUT_REASON_CODE",
        ),
        ".model.arguments": ("Arguments",),
        ".model.calls.call": ("Call",),
        ".model.monitors.agent_team": ("AgentTeam",),
        ".model.session": ("Session",),
        ".model.skill_groups.skill_group": ("SkillGroup",),
        ".model.statistics.statistics_view": ("Statistics",),
        ".model.streams": ("Event", "EventStream"),
    }.items()
    for name in names
}


if not TYPE_CHECKING:  # or every misspelt name would pass a type checker

    def __getattr__(name: str) -> Any:
        source = _SOURCES.get(name)
        if source is None:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        if source == ".enums":
            import_module(".protocol", __name__)  # says how to build a checkout that lacks generated modules
        value = globals()[name] = getattr(import_module(source, __name__), name)
        return value


def __dir__() -> list[str]:
    return list(__all__)
