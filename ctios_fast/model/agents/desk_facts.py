"""What is known of an agent's desk beside its state: desk settings, the device, and the remote telephone."""

from collections.abc import Mapping
from typing import Any, Final

from ctios_fast.core import Message
from ctios_fast.enums import CilCode
from ctios_fast.errors import MethodError
from ctios_fast.model.coercion import integer, refuse, text

from .agent_groups import GroupsOfAgent

__all__ = ["MAX_INSTRUMENT", "NO_FACTS", "DeskFacts", "call_mode", "incomplete_remote_login", "remote_number"]

#: Characters of AgentInstrument, in which a login names the telephone too.
MAX_INSTRUMENT: Final = 63
_SEPARATOR: Final = ";"
#: AgentCallMode: call by call, and nailed connection. Their numbers are the protocol's AgentWorkMode.
_CALL_MODES: Final = (3, 4)

#: DeskSettingsMask.
_IDLE_REASON_REQUIRED: Final = 0x8
_LOGOUT_REASON_REQUIRED: Final = 0x10
#: Attributes of ``DeskFacts``, and the fields of messages about states that they hold.
_OF_STATES: Final = (
    ("peripheral_type", "PeripheralType"),
    ("agent_mode", "AgentMode"),
    ("availability_status", "AgentAvailabilityStatus"),
    ("skill_target_id", "ICMAgentID"),
)
#: Protocol version from which AgentMode 1 means routable; before it 0 does.
_SINCE_ROUTABLE_IS_1: Final = 20
#: IncomingOrOutgoing by CallDirection: in, other in; out, other out, and the three of outbound campaigns.
_INCOMING_OR_OUTGOING: Final = {1: 1, 3: 1, 2: 2, 4: 2, 5: 2, 6: 2, 7: 2}
#: WrapupDataIncomingMode: required, and required with wrap-up data.
_WRAPUP_REQUIRED: Final = frozenset({0, 3})


class DeskFacts:
    """What an agent's requests learned of its desk, and what the program set for a mobile agent.

    - ``settings``: the fields of AGENT_DESK_SETTINGS_CONF, None as long as it was not asked for.
    - ``device``: the fields of QUERY_DEVICE_INFO_CONF about the agent's own device, None likewise.
    - ``is_supervisor``: whether the program wants a supervisor's session for the agent.
    - ``is_remote``: whether logins name the agent's telephone (mobile agent).
    - ``remote_number``: that telephone's number.
    - ``call_mode``: how it is called, an AgentCallMode.
    - ``direction``: the CallDirection of the last call, 0 as long as no state event named one.
    - ``groups``: the agent's skill groups.
    - ``peripheral_type``, ``agent_mode``, ``availability_status``, ``skill_target_id``: PeripheralType,
      AgentMode, AgentAvailabilityStatus and ICMAgentID of the last message about the state, None as long as
      none named them.
    """

    __slots__ = (
        "agent_mode",
        "availability_status",
        "call_mode",
        "device",
        "direction",
        "groups",
        "is_remote",
        "is_supervisor",
        "peripheral_type",
        "remote_number",
        "settings",
        "skill_target_id",
    )

    def __init__(self) -> None:
        self.settings: Mapping[str, int] | None = None
        self.device: Mapping[str, int] | None = None
        self.is_supervisor = False
        self.is_remote = False
        self.remote_number: str | None = None
        self.call_mode: int | None = None
        self.direction = 0
        self.groups = GroupsOfAgent()
        self.peripheral_type: int | None = None
        self.agent_mode: int | None = None
        self.availability_status: int | None = None
        self.skill_target_id: int | None = None

    def take_state(self, message: Message) -> None:
        """Take in what a message about the agent's state says beside the state."""
        for attribute, field in _OF_STATES:
            value = message.get(field)
            if value is not None:
                setattr(self, attribute, value)
        # An event that names no direction leaves that of the last call: wrap-up follows a call.
        self.direction = message.get("Direction") or self.direction

    def is_routable(self, version: int) -> bool | None:
        """Whether tasks are routed to the agent, None as long as it is not known.

        ``version``: the session's, since the meaning of AgentMode was reversed in version 20.
        """
        return (
            None if self.agent_mode is None else (self.agent_mode == 1) is (version >= _SINCE_ROUTABLE_IS_1)
        )

    @property
    def incoming_or_outgoing(self) -> int:
        """CTI OS's IncomingOrOutgoing of the last call: 0 unknown, 1 incoming, 2 outgoing."""
        return _INCOMING_OR_OUTGOING.get(self.direction, 0)

    @property
    def mask(self) -> int | None:
        """DeskSettingsMask, None as long as it is not known."""
        return None if self.settings is None else self.settings["DeskSettingsMask"]

    @property
    def needs_not_ready_reason(self) -> bool | None:
        """Whether the agent must give a reason for NOT_READY, None as long as it is not known."""
        return None if self.mask is None else bool(self.mask & _IDLE_REASON_REQUIRED)

    @property
    def needs_logout_reason(self) -> bool | None:
        """Whether the agent must give a reason for LOGOUT, None as long as it is not known."""
        return None if self.mask is None else bool(self.mask & _LOGOUT_REASON_REQUIRED)

    @property
    def needs_wrapup_data(self) -> bool | None:
        """Whether wrap-up data are required after an incoming call, None as long as it is not known."""
        return None if self.settings is None else self.settings["WrapupDataIncomingMode"] in _WRAPUP_REQUIRED

    def remote_login(self, instrument: str) -> tuple[str, int]:
        """AgentInstrument and AgentWorkMode of a mobile agent's login.

        Raises ``MethodError``: E_CTIOS_MISSING_ARGUMENT where the telephone or the mode is not known,
        E_CTIOS_INVALID_ARGUMENT where instrument and telephone together are too long.
        """
        if not self.remote_number or self.call_mode is None:
            raise incomplete_remote_login()
        device = instrument.partition(_SEPARATOR)[0]
        named = f"{device}{_SEPARATOR}{self.remote_number}"
        if len(named) > MAX_INSTRUMENT:
            raise refuse(
                f"AgentInstrument and AgentRemoteNumber must have at most {MAX_INSTRUMENT - 1} characters "
                f"together, got {len(named) - 1}"
            )
        return named, self.call_mode

    def forget(self) -> None:
        """Drop what was learned over an earlier connection. What the program set stays."""
        self.settings = self.device = None
        self.groups = GroupsOfAgent()
        self.direction = 0
        self.peripheral_type = self.agent_mode = self.availability_status = self.skill_target_id = None


def incomplete_remote_login() -> MethodError:
    """The error for a mobile agent's login that lacks the telephone or the mode."""
    return refuse("RemoteLogin needs AgentRemoteNumber and AgentCallMode", CilCode.E_CTIOS_MISSING_ARGUMENT)


def remote_number(name: str, value: Any) -> str | None:
    """The number of a mobile agent's telephone; None stays None. Raises ``MethodError``."""
    if value is None:
        return None
    number = text(name, value, MAX_INSTRUMENT - 1)
    if _SEPARATOR in number:
        raise refuse(f"{name} must not have a semicolon, got {number!r}")
    return number


def call_mode(name: str, value: Any) -> int | None:
    """An AgentCallMode; None stays None. Raises ``MethodError``."""
    if value is None:
        return None
    mode = integer(name, value, 0, 0xFFFF)
    if mode not in _CALL_MODES:
        raise refuse(f"{name} must be 3 (call by call) or 4 (nailed connection), got {mode}")
    return mode


#: The facts of an agent of whose desk nothing is known. They are never changed.
NO_FACTS: Final = DeskFacts()
