"""Button enablement: which requests an agent's desktop may offer, as tables. No I/O and no objects.

CTI OS's server computed EnablementMask and SupervisorBtnEnablementMask. The CTI OS Developer's Guide states
the rules for a few buttons (``published``). All others are the library's own.

``agent_mask`` and ``call_mask`` give the two parts of EnablementMask, ``combined`` puts them together, and
``supervisor_mask`` gives the mask about an agent that a supervisor monitors. Masks are plain integers of
``ButtonEnablement`` and ``SupervisorButtonEnablement``. ``docs/buttons.md`` is drawn from the tables.
"""

from collections.abc import Iterable
from enum import Enum
from functools import cache, lru_cache
from typing import Final, NamedTuple

from ctios_fast.enums import AgentState
from ctios_fast.protocol.codes import (
    CALLTYPE_SUPERVISOR_MONITOR,
    LCS_ALERTING,
    LCS_CONNECT,
    LCS_FAIL,
    LCS_HOLD,
    LCS_INITIATE,
    LCS_QUEUED,
    PT_ENTERPRISE_AGENT,
)

__all__ = [
    "AGENT_ROWS",
    "ALL_CONTROLS",
    "CALL_ROWS",
    "CONTROL_ROWS",
    "DESK_ROWS",
    "SETUP_ROWS",
    "SILENT_MONITOR_ROWS",
    "SUPERVISOR_ROWS",
    "AgentRow",
    "CallRow",
    "ControlRow",
    "DeskRow",
    "SetupRow",
    "Supervision",
    "SupervisorRow",
    "agent_mask",
    "call_mask",
    "combined",
    "supervisor_mask",
]

#: CallControlSupported where QUERY_DEVICE_INFO_REQ was not answered: nothing is taken away.
ALL_CONTROLS: Final = 0xFFFFFFFF
#: Masks that are kept once computed. A desktop meets a few dozen of them.
_MAX_KEPT: Final = 1024


class AgentRow(NamedTuple):
    """The buttons of agent states.

    - ``states``: the states; None among them is an agent of which nothing was heard.
    - ``buttons``: names of ``ButtonEnablement`` without ``ENABLE_``.
    - ``elsewhere``: further buttons on peripherals other than Unified CCE's.
    - ``published``: those of the buttons that the guide states.
    """

    states: tuple[AgentState | None, ...]
    buttons: tuple[str, ...]
    elsewhere: tuple[str, ...] = ()
    published: tuple[str, ...] = ()


class DeskRow(NamedTuple):
    """What desk settings change.

    - ``bit``: of DeskSettingsMask.
    - ``when_set``: whether the row applies where the bit is set, or where it is not.
    - ``button``: the button that goes; ``instead``: the one in its place, empty for none.
    """

    bit: int
    when_set: bool
    button: str
    instead: str = ""


class CallRow(NamedTuple):
    """The buttons of a call's states.

    - ``statuses``: CallStatus (LocalConnectionState) of the call.
    - ``has_other``: whether the device has another call: a held one beside a call in CONNECT, an active one
      beside a call in HOLD. None where it makes no difference.
    - ``buttons``: names of ``ButtonEnablement`` without ``ENABLE_``.
    - ``published``: those of the buttons that the guide states.
    """

    statuses: tuple[int, ...]
    has_other: bool | None
    buttons: tuple[str, ...]
    published: tuple[str, ...] = ()


class SetupRow(NamedTuple):
    """A button that a device has if TransferConferenceSetup of QUERY_DEVICE_INFO_CONF has one of the bits.

    The peripherals of Unified CCE lack it always.
    """

    button: str
    bits: int


class ControlRow(NamedTuple):
    """Bits of CallControlSupported of QUERY_DEVICE_INFO_CONF, of which a button needs one."""

    button: str
    bits: int


class Supervision(Enum):
    """What a supervisor does with the call of the monitored agent."""

    NONE = "none"
    MONITORING = "silent monitoring"
    BARGED_IN = "barged in"


class SupervisorRow(NamedTuple):
    """When a supervisor has a button. A part that is None makes no difference.

    - ``button``: a name of ``SupervisorButtonEnablement`` without ``ENABLE_``.
    - ``agent_states``: of the monitored agent.
    - ``call_statuses``: of the monitored call.
    - ``own_states``: of the supervisor.
    - ``supervisions``: what the supervisor does.
    - ``needs_control``: whether the session must be able to control the agent.
    """

    button: str
    agent_states: frozenset[AgentState] | None = None
    call_statuses: frozenset[int] | None = None
    own_states: frozenset[AgentState] | None = None
    supervisions: frozenset[Supervision] | None = None
    needs_control: bool = False


_ALWAYS: Final = ("STATISTICS", "CHAT")
_HELP: Final = ("SUPERVISOR_ASSIST", "EMERGENCY_CALL")

#: The agent's part. NOTREADY in NOT_READY gives another reason; on a call it is kept for later.
AGENT_ROWS: Final = (
    AgentRow((AgentState.LOGOUT, AgentState.UNKNOWN, None), ("LOGIN",)),
    AgentRow(
        (AgentState.LOGIN, AgentState.NOT_READY),
        ("READY", "LOGOUT", "NOTREADY", "MAKECALL", *_HELP, *_ALWAYS),
        published=("LOGOUT",),  # Unified CCE logs an agent out from NOT_READY only
    ),
    AgentRow((AgentState.AVAILABLE,), ("NOTREADY", *_ALWAYS), elsewhere=("MAKECALL",)),
    AgentRow((AgentState.RESERVED,), ("NOTREADY", *_ALWAYS)),
    AgentRow(
        (
            AgentState.TALKING,
            AgentState.HOLD,
            AgentState.BUSY_OTHER,
            AgentState.ACTIVE,
            AgentState.PAUSED,
            AgentState.INTERRUPTED,
        ),
        ("READY", "NOTREADY", "WORKREADY", "WORKNOTREADY", *_HELP, *_ALWAYS),
    ),
    AgentRow((AgentState.WORK_READY, AgentState.WORK_NOT_READY), ("READY", "NOTREADY", "WRAPUP", *_ALWAYS)),
)

#: Applied to both parts where AGENT_DESK_SETTINGS_CONF came. Each of the two buttons for NotReady
#: enables it, and the same is true of Logout.
DESK_ROWS: Final = (
    DeskRow(0x8, True, "NOTREADY", "NOTREADY_WITH_REASON"),
    DeskRow(0x10, True, "LOGOUT", "LOGOUT_WITH_REASON"),
    DeskRow(0x20, False, "SUPERVISOR_ASSIST"),
)

#: The part of the current call. A status without a row, such as NULL, gives no buttons.
CALL_ROWS: Final = (
    CallRow((LCS_ALERTING,), None, ("ANSWER",), published=("ANSWER",)),
    CallRow((LCS_INITIATE, LCS_QUEUED, LCS_FAIL), None, ("RELEASE",)),
    CallRow(
        (LCS_CONNECT,),
        False,
        (
            "HOLD",
            "RELEASE",
            "TRANSFER_INIT",
            "CONFERENCE_INIT",
            "SINGLE_STEP_TRANSFER",
            "SINGLE_STEP_CONFERENCE",
            "RECORD",
            "BAD_LINE_CALL",
            *_HELP,
        ),
        published=("HOLD", "RELEASE", "TRANSFER_INIT", "CONFERENCE_INIT"),
    ),
    CallRow(
        (LCS_CONNECT,),
        True,
        (
            "RELEASE",
            "ALTERNATE",
            "RECONNECT",
            "TRANSFER_COMPLETE",
            "CONFERENCE_COMPLETE",
            "RECORD",
            "BAD_LINE_CALL",
        ),
    ),
    CallRow((LCS_HOLD,), False, ("RETRIEVE",)),
    CallRow((LCS_HOLD,), True, ("ALTERNATE", "RECONNECT", "TRANSFER_COMPLETE", "CONFERENCE_COMPLETE")),
)

#: A silent monitor call (CallType 21) has these in place of the row of its status.
SILENT_MONITOR_ROWS: Final = {LCS_CONNECT: ("HOLD", "RELEASE"), LCS_HOLD: ("RETRIEVE", "RELEASE")}

#: TRANS_SETUP_SINGLE_ACD_CALL, TRANS_SETUP_ANY_SINGLE_CALL; CONF_SETUP_SINGLE_ACD_CALL,
#: CONF_SETUP_ANY_SINGLE_CALL.
SETUP_ROWS: Final = (
    SetupRow("SINGLE_STEP_TRANSFER", 0x20 | 0x80),
    SetupRow("SINGLE_STEP_CONFERENCE", 0x10 | 0x40),
)

#: A button that is not here needs no call control.
CONTROL_ROWS: Final = (
    ControlRow("ANSWER", 0x8),  # CONTROL_ANSWER_CALL
    ControlRow("RELEASE", 0x10 | 0x20),  # CONTROL_CLEAR_CALL, CONTROL_CLEAR_CONNECTION
    ControlRow("HOLD", 0x200),  # CONTROL_HOLD_CALL
    ControlRow("RETRIEVE", 0x2000),  # CONTROL_RETRIEVE_CALL
    ControlRow("MAKECALL", 0x400),  # CONTROL_MAKE_CALL
    ControlRow("TRANSFER_INIT", 0x80),  # CONTROL_CONSULTATION_CALL
    ControlRow("CONFERENCE_INIT", 0x80),
    ControlRow("TRANSFER_COMPLETE", 0x4000),  # CONTROL_TRANSFER_CALL
    ControlRow("SINGLE_STEP_TRANSFER", 0x4000),
    ControlRow("CONFERENCE_COMPLETE", 0x40),  # CONTROL_CONFERENCE_CALL
    ControlRow("SINGLE_STEP_CONFERENCE", 0x40),
    ControlRow("ALTERNATE", 0x4),  # CONTROL_ALTERNATE_CALL
    ControlRow("RECONNECT", 0x1000),  # CONTROL_RECONNECT_CALL
)

_LOGGED_IN: Final = frozenset(AgentState) - {AgentState.LOGOUT, AgentState.UNKNOWN}
_CONNECTED: Final = frozenset({LCS_CONNECT})
_NOT_READY: Final = frozenset({AgentState.NOT_READY})
_IDLE: Final = frozenset({Supervision.NONE})

SUPERVISOR_ROWS: Final = (
    SupervisorRow(
        "SET_AGENT_READY",
        frozenset({AgentState.NOT_READY, AgentState.WORK_READY, AgentState.WORK_NOT_READY}),
        needs_control=True,
    ),
    SupervisorRow("SET_AGENT_LOGOUT", _LOGGED_IN, needs_control=True),
    SupervisorRow("START_SILENTMONITOR", None, _CONNECTED, _NOT_READY, _IDLE),
    SupervisorRow("STOP_SILENTMONITOR", supervisions=frozenset({Supervision.MONITORING})),
    SupervisorRow("BARGE_IN", None, _CONNECTED, _NOT_READY, _IDLE),
    SupervisorRow("INTERCEPT", supervisions=frozenset({Supervision.BARGED_IN})),
    SupervisorRow("CLEAR", supervisions=frozenset({Supervision.MONITORING, Supervision.BARGED_IN})),
)


# --- Masks ------------------------------------------------------------------------------------------


@lru_cache(_MAX_KEPT)
def agent_mask(
    state: int | None,
    *,
    desk_settings: int | None = None,
    peripheral_type: int = PT_ENTERPRISE_AGENT,
    is_routable: bool | None = None,
) -> int:
    """The agent's part of EnablementMask.

    - ``state``: the AgentState, None for an agent of which nothing was heard.
    - ``desk_settings``: DeskSettingsMask of AGENT_DESK_SETTINGS_CONF, None if it was not asked for.
    - ``peripheral_type``: PeripheralType, 17 (Unified CCE) unless given.
    - ``is_routable``: whether tasks are routed to the agent; one that is not routable cannot become ready.
      None if it is not known.
    """
    buttons: list[str] = []
    for row in AGENT_ROWS:
        if state in row.states:
            buttons += row.buttons
            if peripheral_type != PT_ENTERPRISE_AGENT:
                buttons += row.elsewhere
    _apply_desk(buttons, desk_settings)
    if is_routable is False and "READY" in buttons:
        buttons.remove("READY")
    return _mask(buttons)


@lru_cache(_MAX_KEPT)
def call_mask(
    status: int | None,
    *,
    has_other: bool = False,
    call_type: int | None = None,
    desk_settings: int | None = None,
    peripheral_type: int = PT_ENTERPRISE_AGENT,
    setup: int = 0,
) -> int:
    """The part of EnablementMask that the current call gives.

    - ``status``: CallStatus of the call, None without a call.
    - ``has_other``: whether the device has a held call beside one in CONNECT, or an active one beside one in
      HOLD.
    - ``call_type``: CallType, None if it is not known; 21 is a silent monitor call.
    - ``desk_settings``: DeskSettingsMask of AGENT_DESK_SETTINGS_CONF, None if it was not asked for.
    - ``peripheral_type``: PeripheralType, 17 (Unified CCE) unless given.
    - ``setup``: TransferConferenceSetup of QUERY_DEVICE_INFO_CONF, 0 if it was not asked for.
    """
    if call_type == CALLTYPE_SUPERVISOR_MONITOR:
        return 0 if status is None else _mask(SILENT_MONITOR_ROWS.get(status, ()))
    buttons = [
        button
        for row in CALL_ROWS
        if status in row.statuses and row.has_other in (None, has_other)
        for button in row.buttons
    ]
    for change in SETUP_ROWS:
        if change.button in buttons and (peripheral_type == PT_ENTERPRISE_AGENT or not setup & change.bits):
            buttons.remove(change.button)
    _apply_desk(buttons, desk_settings)
    return _mask(buttons)


def combined(agent: int, call: int = 0, call_control: int = ALL_CONTROLS) -> int:
    """EnablementMask: both parts, without what the device does not support.

    - ``agent``, ``call``: what ``agent_mask`` and ``call_mask`` gave.
    - ``call_control``: CallControlSupported of QUERY_DEVICE_INFO_CONF, all bits if it was not asked for.
    """
    return (agent | call) & ~_unsupported(call_control)


@lru_cache(_MAX_KEPT)
def supervisor_mask(
    agent_state: int | None,
    call_status: int | None = None,
    *,
    own_state: int | None = None,
    supervision: Supervision = Supervision.NONE,
    has_control: bool = True,
) -> int:
    """SupervisorBtnEnablementMask about the monitored agent and its call.

    - ``agent_state``: AgentState of the monitored agent, None if it is not known.
    - ``call_status``: CallStatus of its call, None without one.
    - ``own_state``: AgentState of the supervisor.
    - ``supervision``: what the supervisor does with the call.
    - ``has_control``: whether the session can control the monitored agent, as in bulk mode or through a
      companion.
    """
    values = (agent_state, call_status, own_state, supervision)
    return _mask(
        (
            row.button
            for row in SUPERVISOR_ROWS
            if (has_control or not row.needs_control)
            and all(
                allowed is None or value in allowed for allowed, value in zip(row[1:5], values, strict=True)
            )
        ),
        "SupervisorButtonEnablement",
    )


def _apply_desk(buttons: list[str], desk_settings: int | None) -> None:
    if desk_settings is None:
        return
    for change in DESK_ROWS:
        if change.button in buttons and bool(desk_settings & change.bit) is change.when_set:
            buttons.remove(change.button)
            buttons += [change.instead] if change.instead else []


@lru_cache(_MAX_KEPT)
def _unsupported(call_control: int) -> int:
    return _mask(row.button for row in CONTROL_ROWS if not call_control & row.bits)


def _mask(buttons: Iterable[str], enumeration: str = "ButtonEnablement") -> int:
    bits = _bits(enumeration)
    return sum({bits[button] for button in buttons})


@cache
def _bits(enumeration: str) -> dict[str, int]:
    # the bit of each button, by its name without ENABLE_; the enumeration is built when it is looked up
    import ctios_fast.enums as enums

    members = getattr(enums, enumeration).__members__
    return {
        name.removeprefix("ENABLE_"): int(member)
        for name, member in members.items()
        if name.startswith("ENABLE_")
    }
