# Written by ci/make_sync_stub.py from the classes of the model.
# pyright: reportInvalidTypeVarUse=false

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future
from typing import Concatenate, Generic, Literal, Never, Self, TypeVar, Unpack, overload

from ctios_fast.connection.life_cycle import ConnectionState
from ctios_fast.connection.options import ConnectionKeywords
from ctios_fast.core import Codec, Handler, Message
from ctios_fast.core.scan.column_arrays import Columns
from ctios_fast.core.scan.frame_filter import FrameFilter
from ctios_fast.core.secret import Secret
from ctios_fast.enums import AgentState, ArgType, ConnectionMode
from ctios_fast.messages import (
    AgentDeskSettingsConf,
    AgentGreetingControlConf,
    AlternateCallConf,
    AnswerCallConf,
    BadCallConf,
    ClearCallConf,
    ClearConnectionConf,
    ConferenceCallConf,
    ConsultationCallConf,
    DeflectCallConf,
    EmergencyCallConf,
    HoldCallConf,
    MakeCallConf,
    MessageName,
    MonitorAgentTeamStartConf,
    MonitorAgentTeamStopConf,
    MonitorStartConf,
    MonitorStopConf,
    QueryAgentStateConf,
    QueryAgentStatisticsConf,
    QueryDeviceInfoConf,
    QuerySkillGroupStatisticsConf,
    ReconnectCallConf,
    ReleaseCallConf,
    RetrieveCallConf,
    SendDtmfSignalConf,
    SetCallDataConf,
    SnapshotCallConf,
    SnapshotDeviceConf,
    StartRecordingConf,
    StopRecordingConf,
    SuperviseCallConf,
    SupervisorAssistConf,
    TransferCallConf,
    UserMessageConf,
)
from ctios_fast.model.agents.desktop_rows import (
    DeviceFields,
    GreetingFields,
    MakeCallFields,
    SnapshotFields,
    WrapupFields,
)
from ctios_fast.model.arguments import Arguments
from ctios_fast.model.calls.call_rows import CallDataFields, ConsultFields, DtmfFields, SingleStepFields
from ctios_fast.model.configuration.configuration import Configuration
from ctios_fast.model.configuration.records import AgentRecord, SkillGroupRecord
from ctios_fast.model.event_arguments import (
    AgentInfoArguments,
    AgentModeArguments,
    AgentQueryArguments,
    AgentStateArguments,
    AgentStatisticsArguments,
    ButtonArguments,
    CallArguments,
    CallContextArguments,
    CallDataArguments,
    CallDequeuedArguments,
    CallDivertedArguments,
    CallEndArguments,
    CallFailedArguments,
    CallLineArguments,
    CallQueuedArguments,
    CallReachedNetworkArguments,
    CallSnapshotArguments,
    ChatArguments,
    ConfirmationArguments,
    ConnectionArguments,
    ConnectionFailureArguments,
    ConnectionRejectedArguments,
    ControlFailureArguments,
    CtiosFailureArguments,
    CurrentObjectArguments,
    DeskSettingsArguments,
    DeviceInfoArguments,
    DeviceSnapshotArguments,
    EmergencyCallArguments,
    EventName,
    LagArguments,
    MaintenanceArguments,
    MakeCallArguments,
    MissingHeartbeatArguments,
    MonitoredAgentArguments,
    MonitorModeArguments,
    PrecallAbortArguments,
    PrecallArguments,
    RecoveredArguments,
    RtpStartedArguments,
    RtpStoppedArguments,
    SilentMonitorArguments,
    SkillGroupStatisticsArguments,
    SkillInfoArguments,
    StandbyArguments,
    StandbyLossArguments,
    SupervisedCallArguments,
    SupervisorButtonArguments,
    TeamMemberArguments,
    TimeArguments,
    TranslationRouteArguments,
)
from ctios_fast.model.monitors.agent_team import AgentTeam
from ctios_fast.model.monitors.member_arguments import Member
from ctios_fast.model.publisher import Listener
from ctios_fast.model.session_snapshot import SnapshotData
from ctios_fast.model.statistics.statistics_view import Statistics
from ctios_fast.model.streams import A, Event, Overflow

_AgentInfoArguments = TypeVar("_AgentInfoArguments", bound=Callable[[AgentInfoArguments], object])
_AgentModeArguments = TypeVar("_AgentModeArguments", bound=Callable[[AgentModeArguments], object])
_AgentQueryArguments = TypeVar("_AgentQueryArguments", bound=Callable[[AgentQueryArguments], object])
_AgentStateArguments = TypeVar("_AgentStateArguments", bound=Callable[[AgentStateArguments], object])
_AgentStatisticsArguments = TypeVar(
    "_AgentStatisticsArguments", bound=Callable[[AgentStatisticsArguments], object]
)
_Arguments = TypeVar("_Arguments", bound=Callable[[Arguments], object])
_ButtonArguments = TypeVar("_ButtonArguments", bound=Callable[[ButtonArguments], object])
_CallArguments = TypeVar("_CallArguments", bound=Callable[[CallArguments], object])
_CallContextArguments = TypeVar("_CallContextArguments", bound=Callable[[CallContextArguments], object])
_CallDataArguments = TypeVar("_CallDataArguments", bound=Callable[[CallDataArguments], object])
_CallDequeuedArguments = TypeVar("_CallDequeuedArguments", bound=Callable[[CallDequeuedArguments], object])
_CallDivertedArguments = TypeVar("_CallDivertedArguments", bound=Callable[[CallDivertedArguments], object])
_CallEndArguments = TypeVar("_CallEndArguments", bound=Callable[[CallEndArguments], object])
_CallFailedArguments = TypeVar("_CallFailedArguments", bound=Callable[[CallFailedArguments], object])
_CallLineArguments = TypeVar("_CallLineArguments", bound=Callable[[CallLineArguments], object])
_CallQueuedArguments = TypeVar("_CallQueuedArguments", bound=Callable[[CallQueuedArguments], object])
_CallReachedNetworkArguments = TypeVar(
    "_CallReachedNetworkArguments", bound=Callable[[CallReachedNetworkArguments], object]
)
_CallSnapshotArguments = TypeVar("_CallSnapshotArguments", bound=Callable[[CallSnapshotArguments], object])
_ChatArguments = TypeVar("_ChatArguments", bound=Callable[[ChatArguments], object])
_ConfirmationArguments = TypeVar("_ConfirmationArguments", bound=Callable[[ConfirmationArguments], object])
_ConnectionArguments = TypeVar("_ConnectionArguments", bound=Callable[[ConnectionArguments], object])
_ConnectionFailureArguments = TypeVar(
    "_ConnectionFailureArguments", bound=Callable[[ConnectionFailureArguments], object]
)
_ConnectionRejectedArguments = TypeVar(
    "_ConnectionRejectedArguments", bound=Callable[[ConnectionRejectedArguments], object]
)
_ControlFailureArguments = TypeVar(
    "_ControlFailureArguments", bound=Callable[[ControlFailureArguments], object]
)
_CtiosFailureArguments = TypeVar("_CtiosFailureArguments", bound=Callable[[CtiosFailureArguments], object])
_CurrentObjectArguments = TypeVar("_CurrentObjectArguments", bound=Callable[[CurrentObjectArguments], object])
_DeskSettingsArguments = TypeVar("_DeskSettingsArguments", bound=Callable[[DeskSettingsArguments], object])
_DeviceInfoArguments = TypeVar("_DeviceInfoArguments", bound=Callable[[DeviceInfoArguments], object])
_DeviceSnapshotArguments = TypeVar(
    "_DeviceSnapshotArguments", bound=Callable[[DeviceSnapshotArguments], object]
)
_EmergencyCallArguments = TypeVar("_EmergencyCallArguments", bound=Callable[[EmergencyCallArguments], object])
_KnownEvent = TypeVar("_KnownEvent", bound=EventName | Sequence[Never])
_LagArguments = TypeVar("_LagArguments", bound=Callable[[LagArguments], object])
_M = TypeVar("_M", bound=Message)
_MaintenanceArguments = TypeVar("_MaintenanceArguments", bound=Callable[[MaintenanceArguments], object])
_MakeCallArguments = TypeVar("_MakeCallArguments", bound=Callable[[MakeCallArguments], object])
_MissingHeartbeatArguments = TypeVar(
    "_MissingHeartbeatArguments", bound=Callable[[MissingHeartbeatArguments], object]
)
_MonitorModeArguments = TypeVar("_MonitorModeArguments", bound=Callable[[MonitorModeArguments], object])
_MonitoredAgentArguments = TypeVar(
    "_MonitoredAgentArguments", bound=Callable[[MonitoredAgentArguments], object]
)
_PrecallAbortArguments = TypeVar("_PrecallAbortArguments", bound=Callable[[PrecallAbortArguments], object])
_PrecallArguments = TypeVar("_PrecallArguments", bound=Callable[[PrecallArguments], object])
_RecoveredArguments = TypeVar("_RecoveredArguments", bound=Callable[[RecoveredArguments], object])
_RtpStartedArguments = TypeVar("_RtpStartedArguments", bound=Callable[[RtpStartedArguments], object])
_RtpStoppedArguments = TypeVar("_RtpStoppedArguments", bound=Callable[[RtpStoppedArguments], object])
_SilentMonitorArguments = TypeVar("_SilentMonitorArguments", bound=Callable[[SilentMonitorArguments], object])
_SkillGroupStatisticsArguments = TypeVar(
    "_SkillGroupStatisticsArguments", bound=Callable[[SkillGroupStatisticsArguments], object]
)
_SkillInfoArguments = TypeVar("_SkillInfoArguments", bound=Callable[[SkillInfoArguments], object])
_StandbyArguments = TypeVar("_StandbyArguments", bound=Callable[[StandbyArguments], object])
_StandbyLossArguments = TypeVar("_StandbyLossArguments", bound=Callable[[StandbyLossArguments], object])
_SupervisedCallArguments = TypeVar(
    "_SupervisedCallArguments", bound=Callable[[SupervisedCallArguments], object]
)
_SupervisorButtonArguments = TypeVar(
    "_SupervisorButtonArguments", bound=Callable[[SupervisorButtonArguments], object]
)
_TeamMemberArguments = TypeVar("_TeamMemberArguments", bound=Callable[[TeamMemberArguments], object])
_TimeArguments = TypeVar("_TimeArguments", bound=Callable[[TimeArguments], object])
_TranslationRouteArguments = TypeVar(
    "_TranslationRouteArguments", bound=Callable[[TranslationRouteArguments], object]
)

class PropertyObject:
    """What the objects have in common: an identity and properties."""
    def dump_properties(self) -> str:
        """All properties as ``key1 = value1; key2 = value2``. Passwords are not shown."""
    def get_all_properties(self) -> Arguments:
        """All properties whose value is known, by keyword; objects as their UniqueObjectID."""
    def get_element(self, keyword: str, index: int) -> object:
        """The value at a position, from 1 on, of a property that holds Arguments.

        Raises ``MethodError`` for another property, ``IndexError`` for a position that it does not have.
        """
    def get_last_error(self) -> int:
        """The code of the last ``report_error``, 0 without one."""
    def get_num_properties(self) -> int:
        """How many properties ``get_all_properties`` returns."""
    def get_property_name(self, index: int) -> str:
        """The keyword at a position, from 1 to ``get_num_properties()``. Raises ``IndexError``."""
    def get_property_type(self, keyword: str) -> ArgType:
        """The type of a property; ARG_NOTSET while its value is not known."""
    def get_value(self, keyword: str) -> object:
        """The value. Raises ``KeyError`` where there is none, as all methods that read by keyword do."""
    def get_value_array(self, keyword: str) -> Arguments:
        """A property that holds Arguments. Raises ``MethodError`` for another one."""
    def get_value_bool(self, keyword: str) -> bool:
        """The value as a boolean. Numbers, and the texts 0, 1, true, false, yes, no and "" are converted."""
    def get_value_int(self, keyword: str) -> int:
        """The value as an integer of 64 bits. Text in decimal digits is converted."""
    def get_value_short(self, keyword: str) -> int:
        """The value as an integer of 16 bits."""
    def get_value_string(self, keyword: str) -> str:
        """A property as text: a number in digits, an object as its UniqueObjectID, None as empty text."""
    def get_value_type(self, keyword: str) -> ArgType:
        """The type of the value, as Arg.GetType of CTI OS reports it: ARG_NOTSET for None."""
    def get_value_uint(self, keyword: str) -> int:
        """The value as an unsigned integer of 32 bits."""
    def get_value_ushort(self, keyword: str) -> int:
        """The value as an unsigned integer of 16 bits."""
    def is_valid(self, keyword: str) -> bool:
        """Whether the object has such a property, and its value is known."""
    @property
    def last_error(self) -> int:
        """The code of the last ``report_error``, 0 without one. The library itself raises its errors."""
    def report_error(self, error: int) -> int:
        """Keep an error code of the program as LastError, log it as critical, and return it.

        Raises ``MethodError`` for a code that is not an integer of 32 bits.
        """
    def set_value(self, keyword: str, value: object) -> None:
        """Set a property of the object, or one of the application under a keyword of its own.

        A plain dict becomes Arguments, and a list a tuple; a password is hidden.

        Raises ``MethodError``: E_CTIOS_INVALID_PROPERTY for a property that cannot be set,
        E_CTIOS_INVALID_ARGUMENT for a value or keyword that cannot be used.
        """
    def set_value_uint(self, keyword: str, value: object) -> None:
        """Set a property as an unsigned integer of 32 bits. Raises as ``set_value`` does."""
    def set_value_ushort(self, keyword: str, value: object) -> None:
        """Set a property as an unsigned integer of 16 bits. Raises as ``set_value`` does."""
    @property
    def unique_object_id(self) -> str:
        """The object's identity within its session: its kind, the peripheral, its key."""

class Agent(PropertyObject):
    """``ctios_fast.Agent`` without await.

    The methods have the descriptions of the original. Where one says when an await returns or what it raises,
    the method itself returns then or raises it.
    """
    def __init__(
        self,
        agent_id: str,
        peripheral_id: int | None = ...,
        *,
        agent_instrument: str | None = ...,
        agent_extension: str | None = ...,
        agent_password: str | Secret | None = ...,
        auto_login: bool = ...,
        supervisor: bool = ...,
    ) -> None:
        """One agent of a peripheral.

        - ``agent_id``: the id it logs in with, 1 to 11 ASCII characters.
        - ``peripheral_id``: the peripheral (ACD) that it belongs to; bulk mode fills it in.
        - ``agent_instrument``: the device that requests act on.
        - ``agent_extension``: the extension; used where there is no instrument.
        - ``agent_password``: kept, since the peripheral can ask for it again at logout, and never shown.
        - ``auto_login``: whether the library logs the agent in again after a forced logout, and brings it back to
          the state from before.
        - ``supervisor``: whether ``set_agent`` opens a supervisor's session.

        ``state``, ``reason_code`` and ``domain_states`` are what ``StateOfAgent`` keeps.

        Raises ``MethodError`` for a value that cannot be used.
        """
    @property
    def agent_availability_status(self) -> int | None:
        """AgentAvailabilityStatus of the agent of agent mode, None as long as it is not known."""
    @property
    def agent_call_mode(self) -> int | None:
        """How a mobile agent is called, an AgentCallMode. Setting it raises ``MethodError`` for others."""
    @agent_call_mode.setter
    def agent_call_mode(self, mode: int | None) -> None: ...
    agent_extension: str | None
    @property
    def agent_flags(self) -> int | None:
        """AgentFlags of the agent in its teams together, None for an agent of none.

        1: a primary supervisor; 2: a temporary agent; 4: a supervisor; 0: another agent.
        """
    agent_id: str
    agent_instrument: str | None
    @property
    def agent_mode(self) -> int | None:
        """AgentMode of the agent of agent mode, None as long as it is not known. See ``is_routable``."""
    @property
    def agent_password(self) -> Secret:
        """The password, hidden. It may be set as text."""
    @agent_password.setter
    def agent_password(self, password: str | Secret | None) -> None: ...
    @property
    def agent_remote_number(self) -> str | None:
        """The number of a mobile agent's telephone. Setting it raises ``MethodError`` for an unusable one."""
    @agent_remote_number.setter
    def agent_remote_number(self, number: str | None) -> None: ...
    @property
    def auto_login(self) -> bool:
        """Whether the library logs the agent in again after a forced logout."""
    @auto_login.setter
    def auto_login(self, is_on: bool) -> None: ...
    def barge_in(
        self, *, agent: Agent | str | None = ..., call: Call | str | None = ..., timeout: float | None = ...
    ) -> SuperviseCallConf:
        """Join the call of an agent and speak with all parties. See ``supervise_call``."""
    def clear_supervision(
        self, *, agent: Agent | str | None = ..., call: Call | str | None = ..., timeout: float | None = ...
    ) -> SuperviseCallConf:
        """Leave the call of an agent, however the supervisor takes part in it. See ``supervise_call``."""
    @property
    def configured(self) -> AgentRecord | None:
        """The agent's record in the session's configuration."""
    @property
    def desk_settings_mask(self) -> int | None:
        """DeskSettingsMask, None as long as ``request_desk_settings`` was not answered."""
    def disable_agent_statistics(self, args: Mapping[str, object] | None = ...) -> None:
        """Stop asking for the agent's statistics.

        ``args``: not used, as in CTI OS. An answer that is still to come is ignored, and counted
        (``statistics_ignored``). The last statistics stay.
        """
    def disable_skill_group_statistics(self, args: Mapping[str, object] | None = ...) -> None:
        """Stop asking for the statistics of skill groups, as far as this agent has enabled them.

        ``args``: None or empty for all of them; otherwise as in ``enable_skill_group_statistics``. An answer
        that is still to come is ignored, and counted (``statistics_ignored``).

        Raises ``MethodError`` for arguments that cannot be used.
        """
    domain_states: dict[int, AgentState | int] | None
    def enable_agent_statistics(
        self,
        args: Mapping[str, object] | None = ...,
        *,
        interval: float | None = ...,
        at_call_end: bool = ...,
    ) -> None:
        """Have the agent's statistics asked for, now and again.

        - ``args``: not used, as in CTI OS.
        - ``interval``: seconds between two queries, None for none at an interval. The first one of them comes
          at a random time within the interval.
        - ``at_call_end``: whether they are also asked for after each call of the agent, once it has left the
          work after the call: that is when the figures change.

        ``OnAgentStatistics`` reports each answer, ``OnControlFailureConf`` each refusal. Statistics that are
        enabled already go on with these settings.

        While the session does not hear the agent's states, as after the end of their monitoring, nothing is
        asked for: the session would not learn of the logout.

        Raises ``MethodError`` for settings that cannot be used, for a session without a mode, and for an
        agent whose states the session does not hear (``is_heard``).
        """
    def enable_skill_group_statistics(
        self, args: Mapping[str, object] | None = ..., *, interval: float | None = ...
    ) -> None:
        """Have the statistics of skill groups asked for while the agent is logged in: now and at an interval.

        - ``args``: None for the groups that the agent belongs to, as its state events name them; empty for
          all groups that the session knows; otherwise SkillGroupNumbers has the numbers, nested under the
          keywords 1, 2 and so on, or as a list. SkillGroupPriority of a nested group must be 0.
        - ``interval``: seconds between two queries for a group, None for none at an interval.

        A group that several agents have enabled is asked for once in the shortest of their intervals.
        ``OnSkillGroupStatisticsUpdated`` reports each answer, ``OnControlFailureConf`` each refusal.

        While the session does not hear the agent's states, as after the end of their monitoring, nothing is
        asked for.

        Raises ``MethodError`` for arguments that cannot be used, for a session without a mode, and for an
        agent whose states the session does not hear (``is_heard``).
        """
    @property
    def enablement_mask(self) -> int | None:
        """EnablementMask as it is now; None for any other agent than that of agent mode."""
    @property
    def first_name(self) -> str | None:
        """First name."""
    def get_agent_state(self) -> AgentState | int | None:
        """CTI OS's name of ``state``; ``query_agent_state`` asks the server."""
    def get_monitored_agent(self) -> Agent | None:
        """CTI OS's name of ``monitored_agent``."""
    def get_monitored_call(self) -> Call | None:
        """CTI OS's name of ``monitored_call``."""
    def get_skill_groups(self) -> Arguments:
        """The SkillGroups that the agent belongs to, by UniqueObjectID.

        They are known while ``enable_skill_group_statistics()`` is in force for them, as in CTI OS; otherwise
        the Arguments are empty.
        """
    @property
    def incoming_or_outgoing(self) -> int:
        """Whether the last call of the agent of agent mode came in (1) or went out (2); 0 if it is not known.

        State events name the direction from version 16 on.
        """
    def intercept(
        self, *, agent: Agent | str | None = ..., call: Call | str | None = ..., timeout: float | None = ...
    ) -> SuperviseCallConf:
        """Take over a call after ``barge_in``: the agent is dropped from it. See ``supervise_call``."""
    def is_agent(self) -> bool:
        """Whether the session is in agent mode for this agent, who is not a supervisor."""
    @property
    def is_doubtful(self) -> bool:
        """Whether events may have been missed since ``state`` was heard of, so that it may be stale."""
    @property
    def is_heard(self) -> bool:
        """Whether the session hears of every change of the agent's state.

        It hears of its own agent, of all agents in bulk mode and monitor mode, and otherwise of those that it
        monitors, by a team or by themselves.
        """
    @property
    def is_logged_in(self) -> bool:
        """Whether the last event or answer about the agent says that it is logged in."""
    @property
    def is_routable(self) -> bool | None:
        """Whether tasks are routed to the agent of agent mode, None as long as it is not known.

        AgentMode 1 says so from version 20 on; before, 0 does.
        """
    def is_supervisor(self) -> bool:
        """Whether the session is in agent mode for this agent, who is a supervisor.

        The server grants the Supervisor service to agents only that are configured as supervisors.
        """
    @property
    def last_name(self) -> str | None:
        """Last name."""
    def login(
        self,
        args: Mapping[str, object] | None = ...,
        *,
        agent_password: str | Secret | None = ...,
        agent_instrument: str | None = ...,
        timeout: float | None = ...,
    ) -> AgentState | int:
        """Log the agent in; the answer is the state that it is in then.

        - ``args``: may carry AgentID, PeripheralID (they must be the agent's own), AgentInstrument,
          AgentExtension, AgentPassword, AutoLogin, AgentWorkMode, PositionID and SupervisorID, and for a
          mobile agent RemoteLogin, AgentRemoteNumber and AgentCallMode. LoginName instead of AgentID needs
          the configuration of agents, and must be the agent's own.
        - ``agent_password``, ``agent_instrument``: kept as the agent's.
        - ``timeout``: seconds for all of it, the session's ``request_timeout`` unless given.

        While the agent's state is not known it is asked for first, as CTI OS does; ``OnQueryAgentStateConf``
        reports it. An agent that is logged in already is left as it is: nothing is sent, and the answer is
        its state.

        Fails with ``ControlFailure``, ``RequestRefused``, ``RequestTimeout``, ``ConnectionLost``,
        ``MethodError``. Raises ``MethodError`` for arguments that cannot be used.
        """
    @property
    def login_name(self) -> str | None:
        """The name that the agent may log in with. CTI Servers of versions below 20 cut it to 32 bytes."""
    def logout(
        self,
        args: Mapping[str, object] | None = ...,
        *,
        reason_code: int | None = ...,
        timeout: float | None = ...,
    ) -> AgentState | int:
        """Log the agent out. Answered after all listeners of ``OnPostLogout`` have run.

        - ``args``: may carry EventReasonCode, AgentPassword, AgentInstrument.
        - ``reason_code``: -32768 to 65535, 0 unless given.
        - ``timeout``: seconds, the session's ``request_timeout`` unless given.

        ``OnPreLogout`` is fired before the request is sent. Then come ``OnAgentStateChange`` and
        ``OnPostLogout``, or ``OnLogoutFailed`` and ``OnControlFailureConf``. The session is left connected:
        whether to disconnect is decided in ``OnPostLogout``. In agent mode, another agent than the current
        one is logged out through the companion session, in the name of the current one (SupervisorID);
        ``OnPreLogout`` and ``OnPostLogout`` are events of the companion then.

        Fails with ``ForcedLogout`` if a fail-over logged the agent out first, ``ControlFailure``,
        ``RequestRefused``, ``RequestTimeout``, ``ConnectionLost``, and with ``MethodError``
        (E_CTIOS_AGENT_NOT_LOGIN) for an agent that is known to be logged out. Raises ``MethodError`` for
        arguments that cannot be used.
        """
    @property
    def logout_reason_required(self) -> bool | None:
        """Whether the desk settings require a reason for LOGOUT, None as long as they are not known."""
    def make_call(
        self,
        args: Mapping[str, object] | None = ...,
        *,
        timeout: float | None = ...,
        **fields: Unpack[MakeCallFields],
    ) -> MakeCallConf:
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
    def make_emergency_call(
        self,
        args: Mapping[str, object] | None = ...,
        *,
        call: Call | str | None = ...,
        timeout: float | None = ...,
    ) -> EmergencyCallConf:
        """Report an emergency and call the agent's supervisor; the answer is the EMERGENCY_CALL_CONF.

        - ``call``: the call that needs help, as in ``request_supervisor_assist``.
        - ``timeout``: seconds.

        ``OnEmergencyCallConf`` names the new call. Fails with ``RequestRefused`` where no supervisor is
        found; the emergency was reported even then. Needs Client Control or Supervisor. Fails and raises as
        the class says.
        """
    @property
    def monitored_agent(self) -> Agent | None:
        """The Agent whose calls this supervisor monitors, None without one.

        It is an Agent of the companion session if that session hears the calls.
        """
    @property
    def monitored_call(self) -> Call | None:
        """The Call that this supervisor monitors, None without one."""
    @property
    def name(self) -> str | None:
        """First and last name."""
    @property
    def not_ready_reason_required(self) -> bool | None:
        """Whether the desk settings require a reason for NOT_READY, None as long as they are not known."""
    peripheral_id: int | None
    @property
    def peripheral_type(self) -> int | None:
        """PeripheralType of the agent of agent mode, None as long as it is not known."""
    def query_agent_state(self, *, timeout: float | None = ...) -> QueryAgentStateConf:
        """Ask for the agent's state; ``OnQueryAgentStateConf`` reports it, and the answer is the message.

        ``timeout``: seconds, the session's ``request_timeout`` unless given.

        Fails with ``RequestRefused``, ``ControlFailure``, ``RequestTimeout``, ``ConnectionLost`` or
        ``MethodError``.
        """
    def query_agent_statistics(self, *, timeout: float | None = ...) -> QueryAgentStatisticsConf:
        """Ask for the agent's statistics once; ``OnAgentStatistics`` reports them.

        ``timeout``: seconds, the session's ``request_timeout`` unless given. The answer is the message.

        Fails with ``RequestRefused``, ``ControlFailure``, ``RequestTimeout``, ``ConnectionLost`` or
        ``MethodError``. Each query is work for the peripheral: ask rarely.
        """
    def query_device_info(
        self,
        args: Mapping[str, object] | None = ...,
        *,
        timeout: float | None = ...,
        **fields: Unpack[DeviceFields],
    ) -> QueryDeviceInfoConf:
        """Ask what a device can do; the answer is the QUERY_DEVICE_INFO_CONF.

        - ``agent_instrument``: another device than the agent's, 1 to 63 bytes.
        - ``timeout``: seconds.

        ``OnQueryDeviceInfoConf`` reports it, with a nested ``Line[n]`` for each line. What the agent's own
        device supports limits its buttons.

        Needs Client Control. Fails and raises as the class says.
        """
    reason_code: int
    def release_call(
        self,
        args: Mapping[str, object] | None = ...,
        *,
        call: Call | str | None = ...,
        timeout: float | None = ...,
    ) -> ReleaseCallConf:
        """Say that no more data of a call will be set; the answer is the RELEASE_CALL_CONF.

        It does not hang up. Without it the server waits with the call's record for wrap-up data.

        - ``call``: as in ``set_wrapup_data``.
        - ``timeout``: seconds.

        ``OnReleaseCallConf`` reports the confirmation. Needs Call Data Update. Fails and raises as
        ``set_wrapup_data`` does.
        """
    @property
    def remote_login(self) -> bool:
        """Whether logins are those of a mobile agent: they name its telephone."""
    @remote_login.setter
    def remote_login(self, is_remote: bool) -> None: ...
    def report_bad_call_line(
        self,
        args: Mapping[str, object] | None = ...,
        *,
        call: Call | str | None = ...,
        timeout: float | None = ...,
    ) -> BadCallConf:
        """Report that the line of a call is bad; the answer is the BAD_CALL_CONF.

        - ``call``: a Call or its UniqueObjectID (CallReferenceObjectID in ``args``); the current call unless
          given.
        - ``timeout``: seconds.

        ``OnBadCallConf`` reports the confirmation. Needs Client Control. Fails and raises as the class says;
        raises ``MethodError`` (E_CTIOS_INVALID_CALL) where no call is given and none is current.
        """
    def request_agent_team_list(
        self,
        args: Mapping[str, object] | None = ...,
        *,
        supervisor_id: int | None = ...,
        timeout: float | None = ...,
    ) -> tuple[int, ...]:
        """Ask for the teams that the supervisor may monitor; the answer is their TeamIDs.

        - ``args``: CTI OS reserves them.
        - ``supervisor_id``: the supervisor's skill target id. Unless given it is that of the configuration or
          of the last message about the agent's state; the agent is queried for it if need be.
        - ``timeout``: seconds for each request.

        ``OnNewAgentTeamMember`` reports each member of these teams once: those that the session knows with
        the answer, the others when the server lists them.

        Needs Supervisor. Fails and raises as the class says.
        """
    def request_desk_settings(
        self, args: Mapping[str, object] | None = ..., *, timeout: float | None = ...
    ) -> AgentDeskSettingsConf:
        """Ask for the agent's desk settings; the answer is the AGENT_DESK_SETTINGS_CONF.

        ``timeout``: seconds.

        ``OnAgentDeskSettingsConf`` reports them. The agent keeps them: ``desk_settings_mask``,
        ``not_ready_reason_required``, ``logout_reason_required``, ``wrapup_ok_enabled``, and its buttons.

        Needs no service. Fails and raises as the class says.
        """
    def request_supervisor_assist(
        self,
        args: Mapping[str, object] | None = ...,
        *,
        call: Call | str | None = ...,
        timeout: float | None = ...,
    ) -> SupervisorAssistConf:
        """Ask an available supervisor for help; the answer is the SUPERVISOR_ASSIST_CONF.

        - ``call``: the call that needs help, as a Call or its UniqueObjectID (CallReferenceObjectID in
          ``args``); the current call unless given. Without one the request is about no call.
        - ``timeout``: seconds.

        ``OnSupervisorAssistConf`` names the new call. Fails with ``RequestRefused`` where no supervisor is
        found. Needs Client Control. Fails and raises as the class says.
        """
    def send_chat_message(
        self,
        args: Mapping[str, object] | None = ...,
        *,
        message: str | None = ...,
        distribution: str | None = ...,
        target: Agent | str | None = ...,
        client_id: str | None = ...,
        timeout: float | None = ...,
    ) -> UserMessageConf:
        """Send a text to other clients of the CTI Server; the answer is the USER_MESSAGE_CONF.

        - ``args``: Message, Distribution, Target, ClientID.
        - ``message``: required, 1 to 254 bytes.
        - ``distribution``: required; ``"agent"`` (one client), ``"supervisor"`` (this agent's supervisor),
          ``"team"`` (all clients of this agent's team) or ``"all"`` (all clients of the server).
        - ``target``: for ``"agent"`` the recipient, as an Agent, its UniqueObjectID or its AgentID.
        - ``client_id``: for ``"agent"`` the recipient's ClientID instead of ``target``.
        - ``timeout``: seconds.

        The protocol addresses a client, not an agent. ``target`` is found where the server reports sessions
        (service 0x40, Client Monitor) or ``Session.chat_client_of`` gives a rule. The recipients' event is
        ``OnChatMessage``.

        Needs no service. Fails and raises as the class says; raises ``MethodError`` for a recipient whose
        ClientID is not known, and in agent mode for another agent than the session's own.
        """
    def set_agent_greeting_action(
        self,
        args: Mapping[str, object] | None = ...,
        *,
        timeout: float | None = ...,
        **fields: Unpack[GreetingFields],
    ) -> AgentGreetingControlConf:
        """Stop, disable or enable the agent's greeting; the answer is the AGENT_GREETING_CONTROL_CONF.

        - ``agent_action``: required (AgentAction in ``args``). 0 stops the greeting that is played, 1
          disables greetings for the rest of the login session, 2 enables them.
        - ``timeout``: seconds.

        ``OnAgentGreetingControlConf`` reports the confirmation. Sessions below version 15 cannot send it.

        Needs Client Control. Fails and raises as the class says.
        """
    def set_agent_state(
        self, state: int | Mapping[str, object], *, reason_code: int | None = ..., timeout: float | None = ...
    ) -> AgentState | int:
        """Ask for a state: NOT_READY, AVAILABLE, WORK_READY, WORK_NOT_READY, and LOGIN or LOGOUT too.

        - ``state``: an AgentState, or Arguments with AgentState and EventReasonCode.
        - ``reason_code``: -32768 to 65535, 0 unless given.
        - ``timeout``: seconds, the session's ``request_timeout`` unless given.

        Answered when the server confirmed and the state event came. While the agent is busy with a call the
        peripheral keeps the state for later, so the confirmation alone answers then. For logging out use
        ``logout``.

        Fails and raises as ``logout`` does.
        """
    def set_wrapup_data(
        self,
        args: Mapping[str, object] | None = ...,
        *,
        call: Call | str | None = ...,
        timeout: float | None = ...,
        **fields: Unpack[WrapupFields],
    ) -> SetCallDataConf:
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
    @property
    def silent_monitor_call_uid(self) -> str | None:
        """UniqueObjectID of the call through which the supervisor listens; None without one.

        The supervisor is the agent of agent mode, or any agent in bulk mode.
        """
    @property
    def silent_monitor_target_agent_uid(self) -> str | None:
        """UniqueObjectID of the agent to whom the supervisor listens; None if it is not known."""
    @property
    def skill_target_id(self) -> int | None:
        """ICMAgentID, the id in the whole system. None for other agents than that of agent mode."""
    def snapshot_device(
        self,
        args: Mapping[str, object] | None = ...,
        *,
        timeout: float | None = ...,
        **fields: Unpack[SnapshotFields],
    ) -> SnapshotDeviceConf:
        """Ask which calls a device has; the answer is the SNAPSHOT_DEVICE_CONF, with 16 calls at most.

        - ``agent_instrument``: another device than the agent's, 1 to 63 bytes.
        - ``snapshot_device_type``: the kind of that device, a DeviceIDType; 76, an agent's device, unless
          given. Sessions below version 13 cannot send it.
        - ``timeout``: seconds.

        ``OnSnapshotDeviceConf`` reports the UniqueObjectIDs of the calls as ValidCalls.

        Needs Client Control; for a device that is not the session's own the server demands All Events too.
        Fails and raises as the class says.
        """
    def start_monitoring_agent(
        self,
        args: Mapping[str, object] | None = ...,
        *,
        agent: Member | str | None = ...,
        timeout: float | None = ...,
    ) -> MonitorStartConf | None:
        """Hear the calls of an agent: the ``OnMonitoredCall...`` events. Another monitored agent is given up.

        - ``args``: AgentReference.
        - ``agent``: required, an Agent of the session or its UniqueObjectID.
        - ``timeout``: seconds for each request.

        ``OnStartMonitoringAgent`` reports it, after ``OnStopMonitoringAgent`` for the agent before. An agent
        whose monitoring has not begun yet is given up, and its request fails with ``MethodError``. The agent
        is queried first if its device is not known. The calls that the agent has already are asked for; a
        server that does not list them to this session refuses that, and they become known by their next
        event. After a fail-over the agent is monitored anew.

        Needs Peripheral Monitor, or a companion session, which hears the calls then. Fails and raises as the
        class says.
        """
    def start_monitoring_agent_team(
        self,
        args: Mapping[str, object] | None = ...,
        *,
        team_id: int | None = ...,
        members: Iterable[str] = ...,
        timeout: float | None = ...,
    ) -> MonitorAgentTeamStartConf | None:
        """Hear the states of the agents of a team: ``OnMonitoredAgentStateChange``.

        - ``args``: TeamID.
        - ``team_id``: required, 0 to 4294967294.
        - ``members``: in bulk mode, AgentIDs of the team's members, where the server does not list them.
        - ``timeout``: seconds.

        A team that is monitored already is not monitored again. After a fail-over it is monitored anew.

        Needs Supervisor. Fails and raises as the class says.
        """
    def start_monitoring_all_agent_teams(
        self,
        args: Mapping[str, object] | None = ...,
        *,
        supervisor_id: int | None = ...,
        timeout: float | None = ...,
    ) -> tuple[int, ...]:
        """Hear the states of the agents of all teams of the supervisor; the answer is their TeamIDs.

        - ``args``: CTI OS reserves them.
        - ``supervisor_id``: as in ``request_agent_team_list``.
        - ``timeout``: seconds for each request.

        The teams are listed first. Where the server refuses one of them the others are monitored
        nevertheless, and the request fails in the end. After a fail-over the teams are listed again. In bulk
        mode it is for the teams that the session knows; without one it raises ``MethodError``.

        Needs Supervisor. Fails and raises as the class says.
        """
    def start_monitoring_call(
        self,
        args: Mapping[str, object] | None = ...,
        *,
        call: Call | str | None = ...,
        by_server: bool = ...,
        timeout: float | None = ...,
    ) -> MonitorStartConf | MonitorStopConf | None:
        """Choose the call that the supervisor acts on; ``get_monitored_call`` returns it.

        - ``args``: CallReference. Empty Arguments clear the choice, as in CTI OS.
        - ``call``: a Call of the session or its UniqueObjectID; None clears the choice.
        - ``by_server``: whether the server is asked to report all events of the call, wherever it goes. The
          calls of the monitored agent are reported anyway, as long as they are at the agent's device.
        - ``timeout``: seconds.

        Nothing is sent unless ``by_server`` is true; that needs Peripheral Monitor, or a companion session.
        A companion hears all events anyway, so nothing is sent then either. Fails and raises as the
        class says.
        """
    def start_silent_monitor(
        self, *, agent: Agent | str | None = ..., call: Call | str | None = ..., timeout: float | None = ...
    ) -> SuperviseCallConf:
        """Listen to the call of an agent through Unified CM. See ``supervise_call``."""
    state: AgentState | int | None
    @property
    def statistics(self) -> Statistics | None:
        """The agent's last statistics, None until they arrived."""
    @property
    def statistics_arguments(self) -> Arguments | None:
        """The last statistics as Arguments, None until they arrived. An unknown figure is 4294967295."""
    def stop_monitoring_agent(
        self,
        args: Mapping[str, object] | None = ...,
        *,
        agent: Member | str | None = ...,
        timeout: float | None = ...,
    ) -> MonitorStopConf | None:
        """Stop hearing the calls of the monitored agent; ``OnStopMonitoringAgent`` reports it.

        - ``args``: AgentReference.
        - ``agent``: the monitored agent, which it is unless given. It may be the one whose monitoring has not
          begun yet: its request fails with ``MethodError``.
        - ``timeout``: seconds.

        The agent's calls end for this session with ``OnMonitoredCallEnd``, marked ``Recovered``.

        Fails and raises as the class says; raises ``MethodError`` for an agent that is not monitored.
        """
    def stop_monitoring_agent_team(
        self,
        args: Mapping[str, object] | None = ...,
        *,
        team_id: int | None = ...,
        timeout: float | None = ...,
    ) -> MonitorAgentTeamStopConf | None:
        """Stop hearing the states of a team's agents.

        - ``args``: TeamID.
        - ``team_id``: required, 0 to 4294967294.
        - ``timeout``: seconds.

        Needs Supervisor. Fails and raises as the class says; raises ``MethodError`` for a team that is not
        monitored.
        """
    def stop_monitoring_all_agent_teams(
        self, args: Mapping[str, object] | None = ..., *, timeout: float | None = ...
    ) -> tuple[int, ...]:
        """Stop hearing the states of the agents of all teams; the answer is the TeamIDs that were monitored.

        - ``args``: CTI OS reserves them.
        - ``timeout``: seconds for each request.

        Needs Supervisor. Fails and raises as the class says.
        """
    def stop_monitoring_call(self, *, timeout: float | None = ...) -> MonitorStopConf | None:
        """Clear the choice of ``start_monitoring_call``, and stop the server's monitors of calls.

        CTI OS has no such method: there, empty Arguments of StartMonitoringCall clear the choice.

        - ``timeout``: seconds.

        Fails and raises as the class says.
        """
    def stop_silent_monitor(
        self, *, agent: Agent | str | None = ..., call: Call | str | None = ..., timeout: float | None = ...
    ) -> SuperviseCallConf:
        """Stop listening to the call of an agent: the same request as ``clear_supervision``."""
    def supervise_call(
        self,
        args: Mapping[str, object] | None = ...,
        *,
        action: int | None = ...,
        agent: Agent | str | None = ...,
        call: Call | str | None = ...,
        timeout: float | None = ...,
    ) -> SuperviseCallConf:
        """Listen to, join, take over or leave the call of an agent; the answer is the SUPERVISE_CALL_CONF.

        - ``args``: SupervisoryAction, AgentReference, and CallReference or AgentCallReference.
        - ``action``: required, a SupervisoryAction: 0 leave, 1 silent monitor, 2 whisper (the agent hears the
          supervisor, the caller does not; CTI OS lacks it), 3 barge in, 4 intercept.
        - ``agent``: the supervised agent, as an Agent or its UniqueObjectID.
        - ``call``: the agent's call, as a Call or its UniqueObjectID; the agent's active call unless given.
          To leave a call that the supervisor listens to, it may be the supervisor's own call.
        - ``timeout``: seconds.

        Without ``agent`` and ``call`` it is about the monitored call, or the active call of the monitored
        agent (``start_monitoring_call``, ``start_monitoring_agent``). The supervisor's own calls and those of
        the agent report what follows. Barging in needs a supervisor in NOT_READY; intercepting is possible
        after barging in only, and drops the agent.

        ``OnSuperviseCallConf`` reports the confirmation. In agent mode it needs the Supervisor service or a
        companion session. Fails and raises as the class says; raises ``MethodError`` for an agent or a call
        that the session does not know.
        """
    @property
    def supervisor(self) -> bool:
        """Whether the agent is a supervisor.

        While the agent's session is open it is what the server granted, otherwise what the program wants.
        ``set_agent`` opens a supervisor's session where the program wants one.
        """
    @supervisor.setter
    def supervisor(self, is_supervisor: bool) -> None: ...
    @property
    def supervisor_enablement_mask(self) -> int | None:
        """SupervisorBtnEnablementMask as it is now; None unless the agent is a supervisor in agent mode."""
    @property
    def unique_object_id(self) -> str:
        """The agent's identity within its session: ``agent.<PeripheralID>.<AgentID>``."""
    def whisper(
        self, *, agent: Agent | str | None = ..., call: Call | str | None = ..., timeout: float | None = ...
    ) -> SuperviseCallConf:
        """Speak with the agent of a call without being heard by the caller. See ``supervise_call``."""
    @property
    def wrapup_ok_enabled(self) -> bool | None:
        """Whether wrap-up data are required after an incoming call, None as long as it is not known."""
    def wait_for_state(self, *wanted: AgentState | int, timeout: float | None = ...) -> Future[AgentState]:
        """A future of the first of these states that the agent is in: ``wait_for_state(3).result()``.

        It begins to wait at the call, as ``Session.wait_for`` does. Its ``cancel`` ends the wait. Parameters
        and errors are those of ``ctios_fast.Agent.wait_for_state``.

        Raises ``MethodError`` in a listener, whose thread could not wait for the future.
        """

class Call(PropertyObject):
    """``ctios_fast.Call`` without await.

    The methods have the descriptions of the original. Where one says when an await returns or what it raises,
    the method itself returns then or raises it.
    """
    def alternate(
        self,
        args: Mapping[str, object] | None = ...,
        *,
        other: Call | str | None = ...,
        timeout: float | None = ...,
    ) -> AlternateCallConf:
        """Hold the connected call of the device, and retrieve its held one.

        - ``other``: the other call, as a Call or its UniqueObjectID (CallReferenceObjectID in ``args``).
          Without it the device must have one other call, or the request fails (E_CTIOS_INVALID_CALL).
          Raises ``MethodError`` (E_CTIOS_INVALID_CALL) for what is not another call of this session.

        ``OnAlternateCallConf`` reports the confirmation, ``OnCallHeld`` and ``OnCallRetrieved`` the change.
        """
    @property
    def ani(self) -> str | None:
        """The calling line's number."""
    def answer(
        self, args: Mapping[str, object] | None = ..., *, timeout: float | None = ...
    ) -> AnswerCallConf:
        """Answer the call, which must be alerting (E_CTIOS_CALL_NOT_ALERTING).

        ``OnAnswerCallConf`` reports the confirmation, ``OnCallEstablished`` the answered call.
        """
    @property
    def call_data(self) -> Mapping[str, object]:
        """What is known of the call except ECC, by keyword. Read-only."""
    @property
    def call_type(self) -> int | None:
        """The CallType of the protocol."""
    @property
    def call_variables(self) -> tuple[str | None, ...]:
        """CallVariable1 to CallVariable10; None for one that is not known."""
    @property
    def call_wrapup_data(self) -> str | None:
        """The wrap-up data."""
    def clear(self, args: Mapping[str, object] | None = ..., *, timeout: float | None = ...) -> ClearCallConf:
        """End the call for all of its parties.

        Unified CCE does not support it for other calls than silent monitor calls, and loses control of the
        call: use ``clear_connection`` there. ``OnClearCallConf`` reports the confirmation.
        """
    def clear_connection(
        self, args: Mapping[str, object] | None = ..., *, timeout: float | None = ...
    ) -> ClearConnectionConf:
        """End this connection of the call; other parties of a conference go on.

        ``OnClearConnectionConf`` reports the confirmation, ``OnCallConnectionCleared`` the end.
        """
    def conference(
        self,
        args: Mapping[str, object] | None = ...,
        *,
        other: Call | str | None = ...,
        timeout: float | None = ...,
    ) -> ConferenceCallConf:
        """Join the held call and the connected call of the device.

        ``other``: as in ``alternate``. ``OnConferenceCallConf`` reports the confirmation,
        ``OnCallConferenced`` the conference.
        """
    connection_call_id: int
    connection_device_id: str
    connection_device_id_type: int
    def deflect(
        self,
        args: Mapping[str, object] | None = ...,
        *,
        called_device_id: str | None = ...,
        called_device_type: int | None = ...,
        timeout: float | None = ...,
    ) -> DeflectCallConf:
        """Send an alerting call (E_CTIOS_CALL_NOT_ALERTING) to another device. CTI OS has no such method.

        - ``args``: CalledDeviceID, CalledDeviceType.
        - ``called_device_id``: required, 1 to 63 bytes.
        - ``called_device_type``: a DeviceIDType; a device number unless given.

        ``OnDeflectCallConf`` reports the confirmation.
        """
    @property
    def dialed_number(self) -> str | None:
        """The number that was dialed."""
    @property
    def dnis(self) -> str | None:
        """The number that the caller dialed, as the network reports it."""
    @property
    def ecc(self) -> Arguments:
        """The ECC variables: ``user.name`` for a scalar, ``user.name[0]`` for an element. A copy."""
    def get_call_context(self) -> Arguments:
        """The call's data other than call variables and ECC variables, as far as they are known."""
    def get_call_data(self) -> Arguments:
        """The call variables, and the ECC variables nested under ECC, as far as they are known."""
    def hold(self, args: Mapping[str, object] | None = ..., *, timeout: float | None = ...) -> HoldCallConf:
        """Put the call on hold; it must be connected (E_CTIOS_CALL_ALREADY_ON_HOLD for one that is held).

        ``OnHoldCallConf`` reports the confirmation, ``OnCallHeld`` the held call.
        """
    @property
    def icm_enterprise_unique_id(self) -> str | None:
        """``icm.<RouterCallKeyDay>.<RouterCallKeyCallID>``, None as long as the key is not known."""
    instrument: str | None
    @property
    def is_alive(self) -> bool:
        """Whether the session still knows the call: OnCallEnd has not been fired for it."""
    @property
    def line_type(self) -> int | None:
        """The LineType of the last message that named the line."""
    def make_consult_call(
        self,
        args: Mapping[str, object] | None = ...,
        *,
        timeout: float | None = ...,
        **fields: Unpack[ConsultFields],
    ) -> ConsultationCallConf:
        """Hold the call, which must be connected, and call another number.

        - ``args``: any of what follows under its CTI OS keyword.
        - ``dialed_number``: required, 1 to 39 bytes.
        - ``consult_type``: required, a ConsultType: 1 to transfer, 2 to confer.
        - ``call_placement_type``, ``call_manner_type``, ``call_option``, ``facility_type``: numbers of the
          enumerations of these names; 0 unless given.
        - ``priority``, ``post_route``: False unless given.
        - ``call_variable1`` … ``call_variable10``, ``ecc``, ``user_to_user_info``, ``call_wrapup_data``:
          replace what the new call would inherit; limits as in ``set_call_data``.
        - ``facility_code``, ``authorization_code``, ``account_code``: at most 39 bytes each.

        ``OnConsultationCallConf`` reports the confirmation, ``OnCallBegin`` the new call, before it or after.
        """
    @property
    def other_calls(self) -> tuple[Call, ...]:
        """Other calls of the same device that have not ended, as a consultation has one."""
    peripheral_id: int | None
    def reconnect(
        self,
        args: Mapping[str, object] | None = ...,
        *,
        other: Call | str | None = ...,
        timeout: float | None = ...,
    ) -> ReconnectCallConf:
        """End the connected call of the device, and retrieve its held one.

        ``other``: as in ``alternate``. ``OnReconnectCallConf`` reports the confirmation.
        """
    def retrieve(
        self, args: Mapping[str, object] | None = ..., *, timeout: float | None = ...
    ) -> RetrieveCallConf:
        """Take the call off hold; it must be held (E_CTIOS_CALL_NOT_ON_HOLD).

        ``OnRetrieveCallConf`` reports the confirmation, ``OnCallRetrieved`` the connected call.
        """
    def send_dtmf_signal(
        self,
        args: Mapping[str, object] | None = ...,
        *,
        timeout: float | None = ...,
        **fields: Unpack[DtmfFields],
    ) -> SendDtmfSignalConf:
        """Have the peripheral send DTMF tones.

        - ``dtmf_string``: required, at most 31 bytes.
        - ``tone_duration``, ``pause_duration``: milliseconds; 0, the default, is the peripheral's own.

        ``OnSendDTMFConf`` reports the confirmation.
        """
    def set_call_data(
        self,
        args: Mapping[str, object] | None = ...,
        *,
        timeout: float | None = ...,
        **fields: Unpack[CallDataFields],
    ) -> SetCallDataConf:
        """Set data of the call. What is not given stays as it is.

        - ``args``: any of what follows under its CTI OS keyword.
        - ``call_variable1`` to ``call_variable10``: at most 40 bytes each. A blank clears one.
        - ``ecc``: all ECC variables that the call is to have, ``user.Name`` and ``user.Name[n]``, at most
          2000 bytes together. Those that are left out may be lost: to add one, read ``ecc``, add, give all.
        - ``user_to_user_info``: at most 131 bytes.
        - ``ani``, ``caller_entered_digits``, ``call_wrapup_data``: at most 39 bytes each.
        - ``customer_phone_number``: at most 19 bytes; ``customer_account_number``: at most 31 bytes.
        - ``call_type``, ``called_party_disposition``, ``campaign_id``, ``query_rule_id``: the message always
          carries these, so the call's present values are sent unless given.

        ``OnSetCallDataConf`` reports the confirmation, ``OnCallDataUpdate`` the change. Needs Call Data
        Update.
        """
    def single_step_conference(
        self,
        args: Mapping[str, object] | None = ...,
        *,
        timeout: float | None = ...,
        **fields: Unpack[SingleStepFields],
    ) -> ConferenceCallConf:
        """Add a party to the call, which must be connected, without a consultation.

        The parameters are those of ``make_consult_call`` without ``consult_type``, and:

        - ``alert_rings``: 0, the default, is the peripheral's own number.
        - ``answering_machine``: a number of the enumeration; 0 unless given.

        Unified CCE does not support it. ``OnConferenceCallConf`` reports the confirmation.
        """
    def single_step_transfer(
        self,
        args: Mapping[str, object] | None = ...,
        *,
        timeout: float | None = ...,
        **fields: Unpack[SingleStepFields],
    ) -> TransferCallConf:
        """Transfer the call, which must be connected, without a consultation.

        The parameters are those of ``single_step_conference``. ``OnTransferCallConf`` reports the
        confirmation.
        """
    def snapshot(self, *, timeout: float | None = ...) -> SnapshotCallConf:
        """Ask for what the server knows of the call; OnSnapshotCallConf and OnCallDataUpdate report it.

        - ``timeout``: seconds, the session's ``request_timeout`` unless given.

        The answer is the message. Fails with ``RequestRefused``, ``ControlFailure``, ``RequestTimeout``,
        ``ConnectionLost`` or ``MethodError``.
        """
    def start_record(
        self, args: Mapping[str, object] | None = ..., *, timeout: float | None = ...
    ) -> StartRecordingConf:
        """Have a recording server record the call. It fails where none is registered at the CTI Server.

        ``OnCallStartRecordingConf`` reports the confirmation.
        """
    status: int | None
    def stop_record(
        self, args: Mapping[str, object] | None = ..., *, timeout: float | None = ...
    ) -> StopRecordingConf:
        """Have the recording of the call stopped, by the server that ``start_record`` was answered by.

        ``OnCallStopRecordingConf`` reports the confirmation.
        """
    def transfer(
        self,
        args: Mapping[str, object] | None = ...,
        *,
        other: Call | str | None = ...,
        timeout: float | None = ...,
    ) -> TransferCallConf:
        """Connect the parties of the held call and of the connected call, and leave both.

        ``other``: as in ``alternate``. ``OnTransferCallConf`` reports the confirmation,
        ``OnCallTransferred`` the transfer.
        """
    @property
    def unique_object_id(self) -> str:
        """``call.<PeripheralID>.<ConnectionCallID>.<ConnectionDeviceID>``."""

class SkillGroup(PropertyObject):
    """``ctios_fast.SkillGroup`` without await.

    The methods have the descriptions of the original. Where one says when an await returns or what it raises,
    the method itself returns then or raises it.
    """
    @property
    def configured(self) -> SkillGroupRecord | None:
        """The group's record in the session's configuration."""
    def disable_skill_group_statistics(self, args: Mapping[str, object] | None = ...) -> None:
        """Have the group's statistics asked for no more, unless an agent has enabled them too.

        ``args``: as in ``enable_skill_group_statistics``. An answer that is still to come is ignored, and
        counted (``statistics_ignored``).

        Raises ``MethodError`` as ``enable_skill_group_statistics`` does.
        """
    def enable_skill_group_statistics(
        self, args: Mapping[str, object] | None = ..., *, interval: float | None = ...
    ) -> None:
        """Have the group's statistics asked for, now and at an interval.

        - ``args``: may carry PeripheralID, SkillGroupNumber (they must be the group's own) and
          SkillGroupPriority (0).
        - ``interval``: seconds between two queries, None for none at an interval.

        ``OnSkillGroupStatisticsUpdated`` reports each answer, ``OnControlFailureConf`` each refusal.

        Raises ``MethodError`` for arguments that cannot be used, and for a session without a mode.
        """
    @property
    def name(self) -> str | None:
        """The group's name."""
    peripheral_id: int | None
    def query_statistics(self, *, timeout: float | None = ...) -> QuerySkillGroupStatisticsConf:
        """Ask for the group's statistics once; ``OnSkillGroupStatisticsUpdated`` reports them.

        ``timeout``: seconds, the session's ``request_timeout`` unless given. The answer is the message.

        Fails with ``RequestRefused``, ``ControlFailure``, ``RequestTimeout``, ``ConnectionLost`` or
        ``MethodError``. Each query is work for the peripheral: ask rarely.
        """
    skill_group_id: int | None
    skill_group_number: int
    @property
    def skill_group_state(self) -> AgentState | int | None:
        """The state of the agent of agent mode in this group, None if it is not known or not in the group."""
    statistics: Statistics | None
    @property
    def statistics_arguments(self) -> Arguments | None:
        """The last statistics as Arguments, None until they arrived. An unknown figure is 4294967295."""
    @property
    def unique_object_id(self) -> str:
        """The group's identity within its session: ``skillgroup.<PeripheralID>.<SkillGroupNumber>``."""

class Session(PropertyObject):
    """``ctios_fast.Session`` without await.

    The methods have the descriptions of the original. Where one says when an await returns or what it raises,
    the method itself returns then or raises it.
    ``with Session(...) as session:`` disconnects at the end.
    """
    def __init__(
        self,
        *,
        client_id: str,
        client_password: str | Secret = ...,
        client_signature: str | None = ...,
        version: int = ...,
        encoding: str | None = ...,
        request_timeout: float = ...,
        max_objects: int = ...,
        minimize_event_args: bool = ...,
        strict: bool = ...,
        call_idle_check: float | None = ...,
        **options: Unpack[ConnectionKeywords],
    ) -> None:
        """A client's session with a CTI Server pair.

        - ``client_id``, ``client_password``, ``client_signature``: identify the client to the server, in at most
          63 characters each.
        - ``version``: the protocol version to speak, 9 to 25.
        - ``encoding``: text encoding of what is not ASCII, such as ``"utf-8"``, which Unified CCX uses. None:
          each byte above 127 is the Latin-1 character of that number, in both directions.
        - ``request_timeout``: seconds that a confirmation may take.
        - ``max_objects``: objects of one kind (agents, skill groups) that the server may make known.
        - ``minimize_event_args``: whether events of calls have the keywords that CTI OS documents, and no more.
          False: they have every field of their message as well, under the reference's names.
        - ``strict``: whether a request that the state of a call does not allow, such as answering one that does
          not alert, is refused here, and one about another agent's device in agent mode without a companion.
          False: the peripheral decides.
        - ``call_idle_check``: seconds without an event after which the server is asked whether a call still
          exists, within a sixth of that time. A call that it does not know ends with ``OnCallEnd``. None: never.
        - ``options``: how the connection behaves, by keyword. They are those of
          ``ctios_fast.connection.options.ConnectionOptions``, such as ``heartbeat``, ``ssl``,
          ``connect_timeout``, ``reconnect_attempts``, ``clients``, ``max_open_requests``, ``max_buffered``.

        ``async with Session(...) as session:`` disconnects at the end.

        Raises ``MethodError``, ``TypeError`` or ``ValueError`` for an option that cannot be used.
        """
    @property
    def accepts_maintenance(self) -> bool:
        """The answer when the active CTI Server asks whether its maintenance is acceptable.

        A listener of ``OnActiveMaintenanceRequest`` may set it: the answer is sent after the listeners. One
        refusal cancels the maintenance of the whole peripheral gateway.

        Setting it raises ``MethodError`` for what is not a bool.
        """
    @accepts_maintenance.setter
    def accepts_maintenance(self, accepts: bool) -> None: ...
    def add_event_listener(self, sink: object) -> None:
        """Call the sink's methods that are named after events, such as ``on_post_logout(args)``.

        ``ctios_fast.event_types`` has base classes for sinks, whose methods an editor completes.

        Raises ``TypeError`` for a class, for a sink without such a method, for a misspelt one, for one that
        does not take the Arguments alone, and for an attribute of such a name that is not a method. An
        attribute that is None counts as no method.
        """
    def agent(
        self,
        agent_id: str | None = ...,
        *,
        login_name: str | None = ...,
        agent_instrument: str | None = ...,
        agent_extension: str | None = ...,
        agent_password: str | Secret | None = ...,
        auto_login: bool | None = ...,
    ) -> Agent:
        """Return the session's Agent of that ID; it is made if the session does not know it.

        - ``agent_id``: the ID.
        - ``login_name``: in place of the ID, where the configuration of agents was asked for.

        The other parameters, where given, are set on it. They are those of ``Agent``.

        Raises ``MethodError`` for a value that cannot be used, and for a login name that the configuration
        does not have (E_CTIOS_MISSING_ARGUMENT).
        """
    @property
    def agents(self) -> Mapping[str, Agent]:
        """The agents that the session knows, by agent ID. Read-only."""
    @property
    def calls(self) -> Mapping[str, Call]:
        """The calls that the session knows, by UniqueObjectID. Read-only."""
    @property
    def ccm_based_silent_monitor(self) -> bool:
        """Whether silent monitoring is a call through Unified CM: always, since the protocol has no other."""
    @property
    def chat_client_of(self) -> Callable[[str], str | None] | None:
        """The site's rule for chat: gives the ClientID of an AgentID, or None. None: there is no rule.

        It counts where the server has not reported the agent's client. Setting it raises ``MethodError`` for
        what cannot be called.
        """
    @chat_client_of.setter
    def chat_client_of(self, rule: Callable[[str], str | None] | None) -> None: ...
    @property
    def client_id(self) -> str:
        """The ClientID of the next opening. Setting it raises ``MethodError`` for what cannot be used."""
    @client_id.setter
    def client_id(self, client_id: str) -> None: ...
    @property
    def client_signature(self) -> str | None:
        """The ClientSignature of the next opening, None for none. Setting it raises ``MethodError``."""
    @client_signature.setter
    def client_signature(self, signature: str | None) -> None: ...
    @property
    def codec(self) -> Codec:
        """The codec of the session's protocol version."""
    @property
    def configuration(self) -> Configuration:
        """The peripheral's configuration, as far as the program asked for it when it set the mode."""
    def connect(
        self,
        args: Mapping[str, object] | None = ...,
        *,
        ctios_a: str | None = ...,
        port_a: int | None = ...,
        ctios_b: str | None = ...,
        port_b: int | None = ...,
        heartbeat: float | None = ...,
        attempts: int | None = ...,
    ) -> None:
        """Connect to one of the two sides; ``OnConnection`` follows, then the mode is to be set.

        - ``args``: may carry CtiosA, PortA, CtiosB, PortB and Heartbeat.
        - ``ctios_a``, ``ctios_b``: hosts. Where one is missing the other's is taken.
        - ``port_a``, ``port_b``: 42027 and 43027 unless given.
        - ``heartbeat``: seconds, 5 at least; the session's unless given.
        - ``attempts``: how often all sides are tried; None for no limit.

        Each failed try fires ``OnConnectionFailure``, the last one with FinalAttempt.

        Fails with ``ConnectionFailed`` when no side was reached. Raises ``MethodError`` for arguments that
        cannot be used, with E_CTIOS_IN_FAILOVER during a fail-over, and with
        E_CTIOS_SESSION_NOT_DISCONNECTED if the session is not disconnected; nothing is changed then.
        """
    @property
    def connected_since(self) -> int | None:
        """Time of day in milliseconds at which the session was connected, None without a connection."""
    @property
    def connection_mode(self) -> ConnectionMode:
        """Whether the session serves one agent, monitors several (as bulk mode does), or has no mode."""
    def counters(self) -> dict[str, float]:
        """Counts since the session was made. Everything that is received, dropped or refused is counted.

        ``lag``, ``lag_max`` and ``turn_max`` are seconds, all others whole numbers.
        """
    @property
    def ctios_a(self) -> str | None:
        """The host of side A, None before the first ``connect``."""
    @property
    def ctios_b(self) -> str | None:
        """The host of side B, None before the first ``connect``."""
    @property
    def current_agent(self) -> Agent | None:
        """The agent of agent mode; None in other modes and without a mode."""
    @property
    def current_call(self) -> Call | None:
        """The call of agent mode that buttons are about; None in other modes and without one.

        The only own call is the current one. Among several, ``set_current_call`` chooses.
        """
    @property
    def current_port(self) -> int | None:
        """Port of the side that the session is connected to, None without one."""
    @property
    def current_server(self) -> str:
        """Host of the side that the session is connected to, or an empty text."""
    @property
    def current_side(self) -> str:
        """``"A"`` or ``"B"``: the side that the session is connected to, or an empty text."""
    def disable_skill_group_statistics(self, args: Mapping[str, object] | None = ...) -> None:
        """Have the statistics of skill groups asked for no more, unless an agent has enabled them too.

        ``args``: as in ``enable_skill_group_statistics``. An answer that is still to come is ignored, and
        counted (``statistics_ignored``).

        Raises ``MethodError`` for arguments that cannot be used.
        """
    def disconnect(self, args: Mapping[str, object] | None = ...) -> None:
        """Close the session, or stop looking for a server; ``OnConnectionClosed`` is its last event.

        Agents are not logged out by it. Requests that are open then fail with ``ConnectionLost``. ``args``
        may carry ForcedDisconnect, which changes nothing: a disconnect is never refused.
        """
    def enable_skill_group_statistics(
        self, args: Mapping[str, object] | None = ..., *, interval: float | None = ...
    ) -> None:
        """Have the statistics of skill groups asked for, now and at an interval.

        - ``args``: PeripheralID, SkillGroupNumber and SkillGroupPriority (0) name one group. None and empty
          Arguments name all groups that the session knows; one that becomes known later follows within an
          interval.
        - ``interval``: seconds between two queries for a group, None for none at an interval. With None each
          of all groups is asked for once, also one that becomes known later: that is looked for every 30
          seconds.

        ``OnSkillGroupStatisticsUpdated`` reports each answer, ``OnControlFailureConf`` each refusal. The
        statistics end with the session's mode; a fail-over does not end them.

        Raises ``MethodError`` for arguments that cannot be used, and for a session without a mode.
        """
    @property
    def events(self) -> tuple[EventName, ...]:
        """The names of all events that the session fires."""
    def get_all_agents(self) -> Arguments:
        """All agents that the session knows, by UniqueObjectID; empty Arguments without one."""
    def get_all_calls(self) -> Arguments:
        """All calls that the session knows, by UniqueObjectID; empty Arguments without one."""
    def get_all_skill_groups(self) -> Arguments:
        """All skill groups that the session knows, by UniqueObjectID; empty Arguments without one."""
    def get_current_agent(self) -> Agent | None:
        """CTI OS's name of ``current_agent``."""
    def get_current_call(self) -> Call | None:
        """CTI OS's name of ``current_call``."""
    def get_object_from_object_id(self, unique_object_id: str) -> PropertyObject | None:
        """The object of a UniqueObjectID such as ``agent.5000.1001``, None if it is not known.

        Raises ``MethodError`` for an id that is not text.
        """
    def get_system_status(self) -> Arguments:
        """The status of server, controller and peripherals, as CTI OS reports it with StatusSystem."""
    @property
    def heartbeat(self) -> float | None:
        """Seconds of silence after which a heartbeat is sent, None for no heartbeats."""
    def is_agent(self) -> bool:
        """Whether the session is in agent mode."""
    def is_ccm_silent_monitor(self) -> bool:
        """CTI OS's name of ``ccm_based_silent_monitor``."""
    def is_connected(self) -> bool:
        """Whether the session is connected to a side. Its mode may not be set yet."""
    @property
    def is_open(self) -> bool:
        """Whether the mode is set and the server confirmed it: requests can be made."""
    def is_supervisor(self) -> bool:
        """Whether the session is in agent mode, for an agent to whom the server granted Supervisor."""
    @property
    def lag(self) -> float:
        """Seconds for which the oldest byte known to have arrived waits for its handlers; 0 if none."""
    @property
    def max_heartbeats(self) -> int:
        """Unanswered heartbeats in a row that end the connection."""
    def off(self, message_type: int | MessageName | type[Message], handler: Callable[..., object]) -> None:
        """Take a handler away, with or without fields, or of batches.

        Raises ``ValueError`` if it is not registered.
        """
    def on_batch(
        self,
        message_type: int | MessageName | type[Message],
        handler: Callable[[Columns], object],
        fields: Iterable[str] | None = ...,
        *,
        max_rows: int = ...,
        max_string: int = ...,
    ) -> None:
        """Call the handler once per read from the socket, with columns of the read's messages of a type.

        - ``message_type``: the message's number, name or class.
        - ``handler``: called on the loop with ``Columns``: NumPy arrays of which each row is a message, in
          the order in which they came.
        - ``fields``: names of fields, such as ``("agent_state", "AgentID")``; None for all fixed fields.
        - ``max_rows``: largest number of rows of a batch. One that is full is delivered early.
        - ``max_string``: longest text in bytes. A longer one is invalid and empty.

        The objects are up to date with all messages of the batch by then; ``Dispatcher.on_batch`` says more.
        A handler that raises is logged and counted. ``off`` takes it away. Needs NumPy, which is imported.

        Raises ``ValueError`` for a message or field that the session's version does not have and for a bound
        outside its range, ``TypeError`` for a coroutine function, for a handler that does not take one
        argument, and for a field that cannot be a column.
        """
    @property
    def peripheral_id(self) -> int:
        """The peripheral that the mode was set for."""
    @property
    def port_a(self) -> int | None:
        """The port of side A, None before the first ``connect``."""
    @property
    def port_b(self) -> int | None:
        """The port of side B, None before the first ``connect``."""
    def remove_event_listener(self, sink: object) -> None:
        """Take a sink away. Raises ``ValueError`` if it was not added."""
    def request(
        self,
        message: int | MessageName | type[Message],
        fields: Mapping[str, int],
        floating: Iterable[tuple[str, object]] = ...,
        timeout: float | None = ...,
    ) -> Message:
        """Send any request of the protocol; its InvokeID is chosen here. The answer is the confirmation.

        - ``message``: number, name or class of the request.
        - ``fields``: its fixed fields, under the reference's names.
        - ``floating``: pairs of name and value in wire order, see ``Codec.encode``.
        - ``timeout``: seconds, the session's ``request_timeout`` unless given.

        Fails with ``RequestRefused``, ``ControlFailure``, ``RequestTimeout``, ``ConnectionLost``,
        ``TooManyRequests``, ``SendBufferFull`` and, without a connection or mode, ``MethodError``. Raises
        ``MethodError`` for a message that is not a request, and ``EncodeError``; nothing was sent then.
        """
    @property
    def request_timeout(self) -> float:
        """Seconds that a confirmation may take unless a request says otherwise."""
    def send(
        self,
        message: int | MessageName | type[Message],
        fields: Mapping[str, int],
        floating: Iterable[tuple[str, object]] = ...,
    ) -> int | None:
        """Send a message that has no confirmation, such as CONFIG_REQUEST_EVENT.

        The parameters are those of ``request``. Returns the InvokeID, None for a message without one.

        Raises ``MethodError`` for a message that has a confirmation or without an open mode,
        ``ConnectionLost``, ``SendBufferFull`` and ``EncodeError``.
        """
    @property
    def services_granted(self) -> int:
        """What the server granted to the open session (CTIServiceMask), 0 without one."""
    @property
    def session_type(self) -> int | None:
        """SessionType of the open session: 0 unknown, 1 active, 2 standby.

        None without an open session, and below protocol version 24.
        """
    def set_agent(
        self,
        agent: Agent | None,
        *,
        companion: Session | None = ...,
        services: int | None = ...,
        call_mask: int | None = ...,
        agent_mask: int | None = ...,
        config_mask: int | None = ...,
        configuration: bool | str | Iterable[str] = ...,
    ) -> None:
        """Set agent mode: the session serves this one agent. None clears the current agent.

        - ``agent``: with its PeripheralID.
        - ``companion``: a session in bulk mode of the same peripheral, through which a supervisor controls
          agents and calls that are not its own. This session does not disconnect it.
        - ``services``: ServicesRequested; Client Events, Call Data Update and Client Control unless given.
          For ``Agent(supervisor=True)`` Supervisor and Peripheral Monitor as well. The server refuses these
          to an agent who is not a supervisor; the session is opened without them then, and
          ``agent.is_supervisor()`` is False.
        - ``call_mask``, ``agent_mask``, ``config_mask``: the masks of OPEN_REQ; all call and agent events of
          the version, and updates of what ``configuration`` names, unless given.
        - ``configuration``: what is acquired of the peripheral's configuration and kept up to date: names
          such as ``("agents", "skill_groups")``, True for everything, nothing unless given.
          ``session.configuration`` has it. The await returns when it was acquired.

        ``OnSetAgentModeEvent`` follows, then ``OnQueryAgentStateConf``, which reports an agent that is logged
        in already.
        ``OnCurrentAgentReset`` reports the agent that was current before, if it is another one.

        Fails with ``OpenRefused``, ``RequestTimeout`` or ``ConnectionLost``. Raises ``MethodError`` when the
        session is not connected, has a mode, or the agent lacks its peripheral.
        """
    def set_bulk_mode(
        self,
        peripheral_id: int,
        *,
        agents: Iterable[str | Agent] = ...,
        services: int | None = ...,
        call_mask: int | None = ...,
        agent_mask: int | None = ...,
        config_mask: int | None = ...,
        configuration: bool | str | Iterable[str] = ...,
    ) -> None:
        """Set bulk mode: all events of the peripheral's agents, and control of any of them.

        - ``peripheral_id``: 0 to 4294967294.
        - ``agents``: agent IDs or Agents of the peripheral that the session knows from the start. A server
          reports an agent only when its state changes. Other agents become known by their events.
        - ``services``, ``call_mask``, ``agent_mask``, ``config_mask``, ``configuration``: see ``set_agent``;
          All Events, Client Control and Call Data Update are asked for unless given.

        ``OnMonitorModeEstablished`` follows. Then each of ``agents`` is asked for, several at a time, and
        ``OnQueryAgentStateConf`` reports its state. The await returns when all have answered. A refusal is
        an answer: it is counted (``first_queries_failed``), and the agent's ``state`` stays None. After a
        loss the await fails; the library opens the mode again and asks for the agents that are left.

        Fails and raises as ``set_agent`` does, and raises ``MethodError`` for ``agents`` that cannot be used;
        nothing is changed then.
        """
    def set_current_call(self, call: Call) -> None:
        """Make a call the current one. OnCurrentCallChanged and OnButtonEnablementChange follow.

        Raises ``MethodError``: E_CTIOS_MODE_CONFLICT outside agent mode, E_CTIOS_INVALID_CALL for what is not
        a call of this session, E_CTIOS_CALL_ALREADY_CURRENT_IN_SESSION for the call that is current already.
        """
    def set_message_filter(
        self,
        filter: str | FrameFilter | Mapping[str, object],
        *,
        peripheral_id: int | None = ...,
        agents: Iterable[str | Agent] = ...,
        snapshot: bool | None = ...,
        services: int | None = ...,
        call_mask: int | None = ...,
        agent_mask: int | None = ...,
        config_mask: int | None = ...,
        configuration: bool | str | Iterable[str] = ...,
    ) -> None:
        """Set monitor mode: all events of the peripheral that pass a filter, and no control.

        - ``filter``: a CTI OS filter string such as ``MessageId=30;AgentId=10*``, ``*`` for every event; or a
          ``FrameFilter`` of the session's version, which judges the message of each event; or Arguments with
          Filter, and with PeripheralID and MonitorSessionSnapshotMode if need be, where 1
          switches the snapshot off.
        - ``peripheral_id``: 0 to 4294967294. It is required here or in the Arguments.
        - ``agents``: as in ``set_bulk_mode``.
        - ``snapshot``: whether the agents that are known or named are asked for at the opening, and then the
          devices of those that are logged in, and their calls; yes unless given.
        - ``services``, ``call_mask``, ``agent_mask``, ``config_mask``, ``configuration``: see ``set_agent``;
          All Events and Client Control are asked for unless given.

        ``OnMonitorModeEstablished`` follows. The snapshot then fires ``OnQueryAgentStateConf``,
        ``OnSnapshotDeviceConf`` and ``OnSnapshotCallConf``. The await returns when all was answered.

        The filter decides which events the listeners get. Agents and calls are kept up to date by all events.
        A filter that takes any event of calls takes ``OnCallEnd`` too. Methods that control an agent or a
        call fail with ``MethodError`` (E_CTIOS_MODE_CONFLICT); queries and snapshots are allowed.

        Fails and raises as ``set_bulk_mode`` does, and raises ``FilterSyntaxError`` for a filter string that
        cannot be used; nothing is changed then.
        """
    def skill_group(self, skill_group_number: int) -> SkillGroup:
        """Return the session's SkillGroup of that number; it is made if the session does not know it.

        Raises ``MethodError`` for a number that cannot be used.
        """
    def snapshot(self) -> SnapshotData:
        """All objects that the session knows, at this moment, as plain data that ``json`` can write.

        The keys are ``session`` and the kinds of objects such as ``agent`` and ``call``. A kind has
        its objects by UniqueObjectID, each a dict of its properties by keyword; what is not known is left
        out. Passwords are not part of it.

        Raises ``MethodError`` for a property of the program that JSON cannot express.
        """
    @property
    def standby_side(self) -> str:
        """``"A"`` or ``"B"``: the side on which a standby session is open, or an empty text."""
    @property
    def state(self) -> ConnectionState:
        """The state of the connection."""
    def team(self, team_id: int) -> AgentTeam | None:
        """The team of a TeamID as it is known now, None if the session does not know it.

        Raises ``MethodError`` for a number that cannot be a TeamID.
        """
    @property
    def teams(self) -> Mapping[int, AgentTeam]:
        """The teams that the session knows now, by TeamID. Read-only.

        They are those of a supervisor in agent mode; in bulk mode and monitor mode, those that the server or
        the program has named. A session in agent mode that monitors teams through its companion has none:
        they are the companion's.
        """
    @property
    def trying_port(self) -> int | None:
        """Port of the side that is being tried, None without one."""
    @property
    def trying_server(self) -> str:
        """Host of the side that is being tried, or an empty text."""
    @property
    def trying_since(self) -> int | None:
        """Time of day in milliseconds at which this try began, None without one."""
    @property
    def unique_object_id(self) -> str:
        """The session's identity: ``session.<ClientID>``. The guide prints no form for it."""
    def unsubscribe(self, event: _KnownEvent, listener: Listener) -> None:
        """Take a listener away. Raises ``ValueError`` if it is not subscribed."""
    @property
    def version(self) -> int:
        """The protocol version that the session speaks."""
    @overload
    def on(self, message_type: int | MessageName, handler: Handler) -> None:
        """Call the handler with each message of a type, in the thread of the event loop.

        Parameters and errors are those of ``ctios_fast.Session.on``.
        """
    @overload
    def on(self, message_type: type[_M], handler: Callable[[_M], object]) -> None: ...
    @overload
    def on(
        self,
        message_type: int | MessageName | type[Message],
        handler: Callable[..., object],
        fields: Iterable[str],
        *,
        with_message: Literal[False] = ...,
    ) -> None: ...
    @overload
    def on(
        self,
        message_type: int | MessageName,
        handler: Callable[Concatenate[Message, ...], object],
        fields: Iterable[str],
        *,
        with_message: bool,
    ) -> None: ...
    @overload
    def on(
        self,
        message_type: type[_M],
        handler: Callable[Concatenate[_M, ...], object],
        fields: Iterable[str],
        *,
        with_message: bool,
    ) -> None: ...
    @overload
    def stream(
        self,
        event: Literal["OnConnection"],
        /,
        *more: Literal["OnConnection"],
        buffer: int = ...,
        overflow: Overflow = ...,
    ) -> EventStream[ConnectionArguments]:
        """The events of these names as an iterator that waits for each.

        Parameters and errors are those of ``ctios_fast.Session.stream``.

        Raises ``MethodError`` in a listener, whose thread could not wait for an event.
        """
    @overload
    def stream(
        self,
        event: Literal["OnStandbyOpened", "OnStandbyActive"],
        /,
        *more: Literal["OnStandbyOpened", "OnStandbyActive"],
        buffer: int = ...,
        overflow: Overflow = ...,
    ) -> EventStream[StandbyArguments]: ...
    @overload
    def stream(
        self,
        event: Literal["OnConnectionFailure"],
        /,
        *more: Literal["OnConnectionFailure"],
        buffer: int = ...,
        overflow: Overflow = ...,
    ) -> EventStream[ConnectionFailureArguments]: ...
    @overload
    def stream(
        self,
        event: Literal["OnStandbyLost"],
        /,
        *more: Literal["OnStandbyLost"],
        buffer: int = ...,
        overflow: Overflow = ...,
    ) -> EventStream[StandbyLossArguments]: ...
    @overload
    def stream(
        self,
        event: Literal["OnConnectionRejected"],
        /,
        *more: Literal["OnConnectionRejected"],
        buffer: int = ...,
        overflow: Overflow = ...,
    ) -> EventStream[ConnectionRejectedArguments]: ...
    @overload
    def stream(
        self,
        event: Literal["OnHeartbeat", "OnActiveMaintenanceRequest"],
        /,
        *more: Literal["OnHeartbeat", "OnActiveMaintenanceRequest"],
        buffer: int = ...,
        overflow: Overflow = ...,
    ) -> EventStream[TimeArguments]: ...
    @overload
    def stream(
        self,
        event: Literal["OnMissingHeartbeat"],
        /,
        *more: Literal["OnMissingHeartbeat"],
        buffer: int = ...,
        overflow: Overflow = ...,
    ) -> EventStream[MissingHeartbeatArguments]: ...
    @overload
    def stream(
        self,
        event: Literal["OnMonitorModeEstablished"],
        /,
        *more: Literal["OnMonitorModeEstablished"],
        buffer: int = ...,
        overflow: Overflow = ...,
    ) -> EventStream[MonitorModeArguments]: ...
    @overload
    def stream(
        self,
        event: Literal["OnSetAgentModeEvent", "OnSetAgentMode", "OnSetAgentModeConf"],
        /,
        *more: Literal["OnSetAgentModeEvent", "OnSetAgentMode", "OnSetAgentModeConf"],
        buffer: int = ...,
        overflow: Overflow = ...,
    ) -> EventStream[AgentModeArguments]: ...
    @overload
    def stream(
        self,
        event: Literal["OnCTIOSFailure", "OnCTIOSFailureEvent"],
        /,
        *more: Literal["OnCTIOSFailure", "OnCTIOSFailureEvent"],
        buffer: int = ...,
        overflow: Overflow = ...,
    ) -> EventStream[CtiosFailureArguments]: ...
    @overload
    def stream(
        self,
        event: Literal["OnCurrentAgentReset", "OnCurrentCallChanged"],
        /,
        *more: Literal["OnCurrentAgentReset", "OnCurrentCallChanged"],
        buffer: int = ...,
        overflow: Overflow = ...,
    ) -> EventStream[CurrentObjectArguments]: ...
    @overload
    def stream(
        self,
        event: Literal["OnRecovered"],
        /,
        *more: Literal["OnRecovered"],
        buffer: int = ...,
        overflow: Overflow = ...,
    ) -> EventStream[RecoveredArguments]: ...
    @overload
    def stream(
        self,
        event: Literal["OnActiveMaintenance"],
        /,
        *more: Literal["OnActiveMaintenance"],
        buffer: int = ...,
        overflow: Overflow = ...,
    ) -> EventStream[MaintenanceArguments]: ...
    @overload
    def stream(
        self, event: Literal["OnLag"], /, *more: Literal["OnLag"], buffer: int = ..., overflow: Overflow = ...
    ) -> EventStream[LagArguments]: ...
    @overload
    def stream(
        self,
        event: Literal[
            "OnSetAgentStateConf",
            "OnBadCallConf",
            "OnReleaseCallConf",
            "OnAgentGreetingControlConf",
            "OnAlternateCallConf",
            "OnAnswerCallConf",
            "OnCallStartRecordingConf",
            "OnStartRecordingConf",
            "OnCallStopRecordingConf",
            "OnStopRecordConf",
            "OnClearCallConf",
            "OnClearConnectionConf",
            "OnConferenceCallConf",
            "OnConsultationCallConf",
            "OnMakeConsultCallConf",
            "OnDeflectCallConf",
            "OnHoldCallConf",
            "OnReconnectCallConf",
            "OnRetrieveCallConf",
            "OnSendDTMFConf",
            "OnSendDTMFSignalConf",
            "OnSetCallDataConf",
            "OnTransferCallConf",
        ],
        /,
        *more: Literal[
            "OnSetAgentStateConf",
            "OnBadCallConf",
            "OnReleaseCallConf",
            "OnAgentGreetingControlConf",
            "OnAlternateCallConf",
            "OnAnswerCallConf",
            "OnCallStartRecordingConf",
            "OnStartRecordingConf",
            "OnCallStopRecordingConf",
            "OnStopRecordConf",
            "OnClearCallConf",
            "OnClearConnectionConf",
            "OnConferenceCallConf",
            "OnConsultationCallConf",
            "OnMakeConsultCallConf",
            "OnDeflectCallConf",
            "OnHoldCallConf",
            "OnReconnectCallConf",
            "OnRetrieveCallConf",
            "OnSendDTMFConf",
            "OnSendDTMFSignalConf",
            "OnSetCallDataConf",
            "OnTransferCallConf",
        ],
        buffer: int = ...,
        overflow: Overflow = ...,
    ) -> EventStream[ConfirmationArguments]: ...
    @overload
    def stream(
        self,
        event: Literal["OnLogoutFailed", "OnControlFailureConf", "OnControlFailure"],
        /,
        *more: Literal["OnLogoutFailed", "OnControlFailureConf", "OnControlFailure"],
        buffer: int = ...,
        overflow: Overflow = ...,
    ) -> EventStream[ControlFailureArguments]: ...
    @overload
    def stream(
        self,
        event: Literal["OnMakeCallConf"],
        /,
        *more: Literal["OnMakeCallConf"],
        buffer: int = ...,
        overflow: Overflow = ...,
    ) -> EventStream[MakeCallArguments]: ...
    @overload
    def stream(
        self,
        event: Literal["OnSupervisorAssistConf", "OnEmergencyCallConf", "OnSuperviseCallConf"],
        /,
        *more: Literal["OnSupervisorAssistConf", "OnEmergencyCallConf", "OnSuperviseCallConf"],
        buffer: int = ...,
        overflow: Overflow = ...,
    ) -> EventStream[SupervisedCallArguments]: ...
    @overload
    def stream(
        self,
        event: Literal["OnAgentDeskSettingsConf"],
        /,
        *more: Literal["OnAgentDeskSettingsConf"],
        buffer: int = ...,
        overflow: Overflow = ...,
    ) -> EventStream[DeskSettingsArguments]: ...
    @overload
    def stream(
        self,
        event: Literal["OnSnapshotDeviceConf"],
        /,
        *more: Literal["OnSnapshotDeviceConf"],
        buffer: int = ...,
        overflow: Overflow = ...,
    ) -> EventStream[DeviceSnapshotArguments]: ...
    @overload
    def stream(
        self,
        event: Literal["OnQueryDeviceInfoConf"],
        /,
        *more: Literal["OnQueryDeviceInfoConf"],
        buffer: int = ...,
        overflow: Overflow = ...,
    ) -> EventStream[DeviceInfoArguments]: ...
    @overload
    def stream(
        self,
        event: Literal[
            "OnAgentStateChange",
            "OnAgentStateChanged",
            "OnMonitoredAgentStateChange",
            "OnPreLogout",
            "OnPostLogout",
        ],
        /,
        *more: Literal[
            "OnAgentStateChange",
            "OnAgentStateChanged",
            "OnMonitoredAgentStateChange",
            "OnPreLogout",
            "OnPostLogout",
        ],
        buffer: int = ...,
        overflow: Overflow = ...,
    ) -> EventStream[AgentStateArguments]: ...
    @overload
    def stream(
        self,
        event: Literal["OnQueryAgentStateConf"],
        /,
        *more: Literal["OnQueryAgentStateConf"],
        buffer: int = ...,
        overflow: Overflow = ...,
    ) -> EventStream[AgentQueryArguments]: ...
    @overload
    def stream(
        self,
        event: Literal["OnAgentStatistics", "OnNewAgentStatisticsEvent"],
        /,
        *more: Literal["OnAgentStatistics", "OnNewAgentStatisticsEvent"],
        buffer: int = ...,
        overflow: Overflow = ...,
    ) -> EventStream[AgentStatisticsArguments]: ...
    @overload
    def stream(
        self,
        event: Literal[
            "OnAgentInfoEvent", "OnAgentInfo", "OnMonitoredAgentInfoEvent", "OnMonitoredAgentInfo"
        ],
        /,
        *more: Literal[
            "OnAgentInfoEvent", "OnAgentInfo", "OnMonitoredAgentInfoEvent", "OnMonitoredAgentInfo"
        ],
        buffer: int = ...,
        overflow: Overflow = ...,
    ) -> EventStream[AgentInfoArguments]: ...
    @overload
    def stream(
        self,
        event: Literal["OnNewAgentTeamMember"],
        /,
        *more: Literal["OnNewAgentTeamMember"],
        buffer: int = ...,
        overflow: Overflow = ...,
    ) -> EventStream[TeamMemberArguments]: ...
    @overload
    def stream(
        self,
        event: Literal["OnStartMonitoringAgent", "OnStopMonitoringAgent"],
        /,
        *more: Literal["OnStartMonitoringAgent", "OnStopMonitoringAgent"],
        buffer: int = ...,
        overflow: Overflow = ...,
    ) -> EventStream[MonitoredAgentArguments]: ...
    @overload
    def stream(
        self,
        event: Literal["OnEmergencyCall"],
        /,
        *more: Literal["OnEmergencyCall"],
        buffer: int = ...,
        overflow: Overflow = ...,
    ) -> EventStream[EmergencyCallArguments]: ...
    @overload
    def stream(
        self,
        event: Literal["OnChatMessage"],
        /,
        *more: Literal["OnChatMessage"],
        buffer: int = ...,
        overflow: Overflow = ...,
    ) -> EventStream[ChatArguments]: ...
    @overload
    def stream(
        self,
        event: Literal["OnButtonEnablementChange"],
        /,
        *more: Literal["OnButtonEnablementChange"],
        buffer: int = ...,
        overflow: Overflow = ...,
    ) -> EventStream[ButtonArguments]: ...
    @overload
    def stream(
        self,
        event: Literal["OnSupervisorButtonChange"],
        /,
        *more: Literal["OnSupervisorButtonChange"],
        buffer: int = ...,
        overflow: Overflow = ...,
    ) -> EventStream[SupervisorButtonArguments]: ...
    @overload
    def stream(
        self,
        event: Literal[
            "OnSilentMonitorStartedEvent",
            "OnSilentMonitorStarted",
            "OnSilentMonitorStopRequestedEvent",
            "OnSilentMonitorStopRequested",
        ],
        /,
        *more: Literal[
            "OnSilentMonitorStartedEvent",
            "OnSilentMonitorStarted",
            "OnSilentMonitorStopRequestedEvent",
            "OnSilentMonitorStopRequested",
        ],
        buffer: int = ...,
        overflow: Overflow = ...,
    ) -> EventStream[SilentMonitorArguments]: ...
    @overload
    def stream(
        self,
        event: Literal[
            "OnSkillGroupStatisticsUpdated", "OnNewSkillGroupStatistics", "OnNewSkillGroupStatisticsEvent"
        ],
        /,
        *more: Literal[
            "OnSkillGroupStatisticsUpdated", "OnNewSkillGroupStatistics", "OnNewSkillGroupStatisticsEvent"
        ],
        buffer: int = ...,
        overflow: Overflow = ...,
    ) -> EventStream[SkillGroupStatisticsArguments]: ...
    @overload
    def stream(
        self,
        event: Literal["OnSkillInfoEvent"],
        /,
        *more: Literal["OnSkillInfoEvent"],
        buffer: int = ...,
        overflow: Overflow = ...,
    ) -> EventStream[SkillInfoArguments]: ...
    @overload
    def stream(
        self,
        event: Literal[
            "OnCallHeld",
            "OnMonitoredCallHeld",
            "OnCallRetrieved",
            "OnMonitoredCallRetrieved",
            "OnCallConnectionCleared",
            "OnMonitoredCallConnectionCleared",
            "OnCallCleared",
            "OnMonitoredCallCleared",
        ],
        /,
        *more: Literal[
            "OnCallHeld",
            "OnMonitoredCallHeld",
            "OnCallRetrieved",
            "OnMonitoredCallRetrieved",
            "OnCallConnectionCleared",
            "OnMonitoredCallConnectionCleared",
            "OnCallCleared",
            "OnMonitoredCallCleared",
        ],
        buffer: int = ...,
        overflow: Overflow = ...,
    ) -> EventStream[CallArguments]: ...
    @overload
    def stream(
        self,
        event: Literal["OnCallEnd", "OnEndCall", "OnMonitoredCallEnd", "OnMonitoredEndCall"],
        /,
        *more: Literal["OnCallEnd", "OnEndCall", "OnMonitoredCallEnd", "OnMonitoredEndCall"],
        buffer: int = ...,
        overflow: Overflow = ...,
    ) -> EventStream[CallEndArguments]: ...
    @overload
    def stream(
        self,
        event: Literal["OnCallFailed", "OnMonitoredCallFailed"],
        /,
        *more: Literal["OnCallFailed", "OnMonitoredCallFailed"],
        buffer: int = ...,
        overflow: Overflow = ...,
    ) -> EventStream[CallFailedArguments]: ...
    @overload
    def stream(
        self,
        event: Literal[
            "OnCallConferenced",
            "OnMonitoredCallConferenced",
            "OnCallTransferred",
            "OnMonitoredCallTransferred",
        ],
        /,
        *more: Literal[
            "OnCallConferenced",
            "OnMonitoredCallConferenced",
            "OnCallTransferred",
            "OnMonitoredCallTransferred",
        ],
        buffer: int = ...,
        overflow: Overflow = ...,
    ) -> EventStream[CallDataArguments]: ...
    @overload
    def stream(
        self,
        event: Literal[
            "OnCallBegin",
            "OnBeginCall",
            "OnMonitoredCallBegin",
            "OnCallDataUpdate",
            "OnMonitoredCallDataUpdate",
        ],
        /,
        *more: Literal[
            "OnCallBegin",
            "OnBeginCall",
            "OnMonitoredCallBegin",
            "OnCallDataUpdate",
            "OnMonitoredCallDataUpdate",
        ],
        buffer: int = ...,
        overflow: Overflow = ...,
    ) -> EventStream[CallContextArguments]: ...
    @overload
    def stream(
        self,
        event: Literal[
            "OnCallServiceInitiatedEvent",
            "OnServiceInitiated",
            "OnCallServiceInitiated",
            "MonitoredCallServiceInitiatedEvent",
            "OnMonitoredCallServiceInitiated",
            "OnMonitoredCallServiceInitiatedEvent",
            "OnCallOriginated",
            "OnMonitoredCallOriginated",
            "OnCallDelivered",
            "OnMonitoredCallDelivered",
            "OnCallEstablished",
            "OnMonitoredCallEstablished",
        ],
        /,
        *more: Literal[
            "OnCallServiceInitiatedEvent",
            "OnServiceInitiated",
            "OnCallServiceInitiated",
            "MonitoredCallServiceInitiatedEvent",
            "OnMonitoredCallServiceInitiated",
            "OnMonitoredCallServiceInitiatedEvent",
            "OnCallOriginated",
            "OnMonitoredCallOriginated",
            "OnCallDelivered",
            "OnMonitoredCallDelivered",
            "OnCallEstablished",
            "OnMonitoredCallEstablished",
        ],
        buffer: int = ...,
        overflow: Overflow = ...,
    ) -> EventStream[CallLineArguments]: ...
    @overload
    def stream(
        self,
        event: Literal[
            "OnCallReachedNetworkEvent",
            "OnCallReachedNetwork",
            "MonitoredCallReachedNetworkEvent",
            "OnMonitoredCallReachedNetwork",
            "OnMonitoredCallReachedNetworkEvent",
        ],
        /,
        *more: Literal[
            "OnCallReachedNetworkEvent",
            "OnCallReachedNetwork",
            "MonitoredCallReachedNetworkEvent",
            "OnMonitoredCallReachedNetwork",
            "OnMonitoredCallReachedNetworkEvent",
        ],
        buffer: int = ...,
        overflow: Overflow = ...,
    ) -> EventStream[CallReachedNetworkArguments]: ...
    @overload
    def stream(
        self,
        event: Literal["OnCallDiverted", "OnMonitoredCallDiverted"],
        /,
        *more: Literal["OnCallDiverted", "OnMonitoredCallDiverted"],
        buffer: int = ...,
        overflow: Overflow = ...,
    ) -> EventStream[CallDivertedArguments]: ...
    @overload
    def stream(
        self,
        event: Literal[
            "OnCallDequeuedEvent",
            "OnCallDequeued",
            "MonitoredCallDequeuedEvent",
            "OnMonitoredCallDequeued",
            "OnMonitoredCallDequeuedEvent",
        ],
        /,
        *more: Literal[
            "OnCallDequeuedEvent",
            "OnCallDequeued",
            "MonitoredCallDequeuedEvent",
            "OnMonitoredCallDequeued",
            "OnMonitoredCallDequeuedEvent",
        ],
        buffer: int = ...,
        overflow: Overflow = ...,
    ) -> EventStream[CallDequeuedArguments]: ...
    @overload
    def stream(
        self,
        event: Literal[
            "OnCallQueuedEvent",
            "OnCallQueued",
            "MonitoredCallQueuedEvent",
            "OnMonitoredCallQueued",
            "OnMonitoredCallQueuedEvent",
        ],
        /,
        *more: Literal[
            "OnCallQueuedEvent",
            "OnCallQueued",
            "MonitoredCallQueuedEvent",
            "OnMonitoredCallQueued",
            "OnMonitoredCallQueuedEvent",
        ],
        buffer: int = ...,
        overflow: Overflow = ...,
    ) -> EventStream[CallQueuedArguments]: ...
    @overload
    def stream(
        self,
        event: Literal["OnCallRTPStopped"],
        /,
        *more: Literal["OnCallRTPStopped"],
        buffer: int = ...,
        overflow: Overflow = ...,
    ) -> EventStream[RtpStoppedArguments]: ...
    @overload
    def stream(
        self,
        event: Literal["OnCallRTPStarted"],
        /,
        *more: Literal["OnCallRTPStarted"],
        buffer: int = ...,
        overflow: Overflow = ...,
    ) -> EventStream[RtpStartedArguments]: ...
    @overload
    def stream(
        self,
        event: Literal[
            "OnAgentPrecallAbortEvent", "OnAgentPrecallAbort", "OnMonitoredCallAgentPrecallAbortEvent"
        ],
        /,
        *more: Literal[
            "OnAgentPrecallAbortEvent", "OnAgentPrecallAbort", "OnMonitoredCallAgentPrecallAbortEvent"
        ],
        buffer: int = ...,
        overflow: Overflow = ...,
    ) -> EventStream[PrecallAbortArguments]: ...
    @overload
    def stream(
        self,
        event: Literal["OnAgentPrecallEvent", "OnAgentPrecall", "OnMonitoredCallAgentPrecallEvent"],
        /,
        *more: Literal["OnAgentPrecallEvent", "OnAgentPrecall", "OnMonitoredCallAgentPrecallEvent"],
        buffer: int = ...,
        overflow: Overflow = ...,
    ) -> EventStream[PrecallArguments]: ...
    @overload
    def stream(
        self,
        event: Literal["OnTranslationRoute", "OnMonitoredTranslationRoute"],
        /,
        *more: Literal["OnTranslationRoute", "OnMonitoredTranslationRoute"],
        buffer: int = ...,
        overflow: Overflow = ...,
    ) -> EventStream[TranslationRouteArguments]: ...
    @overload
    def stream(
        self,
        event: Literal["OnSnapshotCallConf"],
        /,
        *more: Literal["OnSnapshotCallConf"],
        buffer: int = ...,
        overflow: Overflow = ...,
    ) -> EventStream[CallSnapshotArguments]: ...
    @overload
    def stream(
        self, *events: _KnownEvent, buffer: int = ..., overflow: Overflow = ...
    ) -> EventStream[Arguments]: ...
    @overload
    def subscribe(
        self, event: Literal["OnConnection"], listener: Callable[[ConnectionArguments], object]
    ) -> None:
        """Call the listener with the Arguments of each event of that name, such as ``OnPostLogout``.

        Without a listener it is a decorator: ``@session.subscribe("OnPostLogout")``. The listener is called
        in the thread of the event loop.

        Raises ``ValueError`` for an unknown name, ``TypeError`` for a coroutine function and for a listener
        that does not take the Arguments alone.
        """
    @overload
    def subscribe(
        self, event: Literal["OnConnection"]
    ) -> Callable[[_ConnectionArguments], _ConnectionArguments]: ...
    @overload
    def subscribe(
        self,
        event: Literal["OnStandbyOpened", "OnStandbyActive"],
        listener: Callable[[StandbyArguments], object],
    ) -> None: ...
    @overload
    def subscribe(
        self, event: Literal["OnStandbyOpened", "OnStandbyActive"]
    ) -> Callable[[_StandbyArguments], _StandbyArguments]: ...
    @overload
    def subscribe(
        self, event: Literal["OnConnectionFailure"], listener: Callable[[ConnectionFailureArguments], object]
    ) -> None: ...
    @overload
    def subscribe(
        self, event: Literal["OnConnectionFailure"]
    ) -> Callable[[_ConnectionFailureArguments], _ConnectionFailureArguments]: ...
    @overload
    def subscribe(
        self, event: Literal["OnStandbyLost"], listener: Callable[[StandbyLossArguments], object]
    ) -> None: ...
    @overload
    def subscribe(
        self, event: Literal["OnStandbyLost"]
    ) -> Callable[[_StandbyLossArguments], _StandbyLossArguments]: ...
    @overload
    def subscribe(
        self,
        event: Literal["OnConnectionRejected"],
        listener: Callable[[ConnectionRejectedArguments], object],
    ) -> None: ...
    @overload
    def subscribe(
        self, event: Literal["OnConnectionRejected"]
    ) -> Callable[[_ConnectionRejectedArguments], _ConnectionRejectedArguments]: ...
    @overload
    def subscribe(
        self,
        event: Literal["OnHeartbeat", "OnActiveMaintenanceRequest"],
        listener: Callable[[TimeArguments], object],
    ) -> None: ...
    @overload
    def subscribe(
        self, event: Literal["OnHeartbeat", "OnActiveMaintenanceRequest"]
    ) -> Callable[[_TimeArguments], _TimeArguments]: ...
    @overload
    def subscribe(
        self, event: Literal["OnMissingHeartbeat"], listener: Callable[[MissingHeartbeatArguments], object]
    ) -> None: ...
    @overload
    def subscribe(
        self, event: Literal["OnMissingHeartbeat"]
    ) -> Callable[[_MissingHeartbeatArguments], _MissingHeartbeatArguments]: ...
    @overload
    def subscribe(
        self, event: Literal["OnMonitorModeEstablished"], listener: Callable[[MonitorModeArguments], object]
    ) -> None: ...
    @overload
    def subscribe(
        self, event: Literal["OnMonitorModeEstablished"]
    ) -> Callable[[_MonitorModeArguments], _MonitorModeArguments]: ...
    @overload
    def subscribe(
        self,
        event: Literal["OnSetAgentModeEvent", "OnSetAgentMode", "OnSetAgentModeConf"],
        listener: Callable[[AgentModeArguments], object],
    ) -> None: ...
    @overload
    def subscribe(
        self, event: Literal["OnSetAgentModeEvent", "OnSetAgentMode", "OnSetAgentModeConf"]
    ) -> Callable[[_AgentModeArguments], _AgentModeArguments]: ...
    @overload
    def subscribe(
        self,
        event: Literal["OnCTIOSFailure", "OnCTIOSFailureEvent"],
        listener: Callable[[CtiosFailureArguments], object],
    ) -> None: ...
    @overload
    def subscribe(
        self, event: Literal["OnCTIOSFailure", "OnCTIOSFailureEvent"]
    ) -> Callable[[_CtiosFailureArguments], _CtiosFailureArguments]: ...
    @overload
    def subscribe(
        self,
        event: Literal["OnCurrentAgentReset", "OnCurrentCallChanged"],
        listener: Callable[[CurrentObjectArguments], object],
    ) -> None: ...
    @overload
    def subscribe(
        self, event: Literal["OnCurrentAgentReset", "OnCurrentCallChanged"]
    ) -> Callable[[_CurrentObjectArguments], _CurrentObjectArguments]: ...
    @overload
    def subscribe(
        self, event: Literal["OnRecovered"], listener: Callable[[RecoveredArguments], object]
    ) -> None: ...
    @overload
    def subscribe(
        self, event: Literal["OnRecovered"]
    ) -> Callable[[_RecoveredArguments], _RecoveredArguments]: ...
    @overload
    def subscribe(
        self, event: Literal["OnActiveMaintenance"], listener: Callable[[MaintenanceArguments], object]
    ) -> None: ...
    @overload
    def subscribe(
        self, event: Literal["OnActiveMaintenance"]
    ) -> Callable[[_MaintenanceArguments], _MaintenanceArguments]: ...
    @overload
    def subscribe(self, event: Literal["OnLag"], listener: Callable[[LagArguments], object]) -> None: ...
    @overload
    def subscribe(self, event: Literal["OnLag"]) -> Callable[[_LagArguments], _LagArguments]: ...
    @overload
    def subscribe(
        self,
        event: Literal[
            "OnSetAgentStateConf",
            "OnBadCallConf",
            "OnReleaseCallConf",
            "OnAgentGreetingControlConf",
            "OnAlternateCallConf",
            "OnAnswerCallConf",
            "OnCallStartRecordingConf",
            "OnStartRecordingConf",
            "OnCallStopRecordingConf",
            "OnStopRecordConf",
            "OnClearCallConf",
            "OnClearConnectionConf",
            "OnConferenceCallConf",
            "OnConsultationCallConf",
            "OnMakeConsultCallConf",
            "OnDeflectCallConf",
            "OnHoldCallConf",
            "OnReconnectCallConf",
            "OnRetrieveCallConf",
            "OnSendDTMFConf",
            "OnSendDTMFSignalConf",
            "OnSetCallDataConf",
            "OnTransferCallConf",
        ],
        listener: Callable[[ConfirmationArguments], object],
    ) -> None: ...
    @overload
    def subscribe(
        self,
        event: Literal[
            "OnSetAgentStateConf",
            "OnBadCallConf",
            "OnReleaseCallConf",
            "OnAgentGreetingControlConf",
            "OnAlternateCallConf",
            "OnAnswerCallConf",
            "OnCallStartRecordingConf",
            "OnStartRecordingConf",
            "OnCallStopRecordingConf",
            "OnStopRecordConf",
            "OnClearCallConf",
            "OnClearConnectionConf",
            "OnConferenceCallConf",
            "OnConsultationCallConf",
            "OnMakeConsultCallConf",
            "OnDeflectCallConf",
            "OnHoldCallConf",
            "OnReconnectCallConf",
            "OnRetrieveCallConf",
            "OnSendDTMFConf",
            "OnSendDTMFSignalConf",
            "OnSetCallDataConf",
            "OnTransferCallConf",
        ],
    ) -> Callable[[_ConfirmationArguments], _ConfirmationArguments]: ...
    @overload
    def subscribe(
        self,
        event: Literal["OnLogoutFailed", "OnControlFailureConf", "OnControlFailure"],
        listener: Callable[[ControlFailureArguments], object],
    ) -> None: ...
    @overload
    def subscribe(
        self, event: Literal["OnLogoutFailed", "OnControlFailureConf", "OnControlFailure"]
    ) -> Callable[[_ControlFailureArguments], _ControlFailureArguments]: ...
    @overload
    def subscribe(
        self, event: Literal["OnMakeCallConf"], listener: Callable[[MakeCallArguments], object]
    ) -> None: ...
    @overload
    def subscribe(
        self, event: Literal["OnMakeCallConf"]
    ) -> Callable[[_MakeCallArguments], _MakeCallArguments]: ...
    @overload
    def subscribe(
        self,
        event: Literal["OnSupervisorAssistConf", "OnEmergencyCallConf", "OnSuperviseCallConf"],
        listener: Callable[[SupervisedCallArguments], object],
    ) -> None: ...
    @overload
    def subscribe(
        self, event: Literal["OnSupervisorAssistConf", "OnEmergencyCallConf", "OnSuperviseCallConf"]
    ) -> Callable[[_SupervisedCallArguments], _SupervisedCallArguments]: ...
    @overload
    def subscribe(
        self, event: Literal["OnAgentDeskSettingsConf"], listener: Callable[[DeskSettingsArguments], object]
    ) -> None: ...
    @overload
    def subscribe(
        self, event: Literal["OnAgentDeskSettingsConf"]
    ) -> Callable[[_DeskSettingsArguments], _DeskSettingsArguments]: ...
    @overload
    def subscribe(
        self, event: Literal["OnSnapshotDeviceConf"], listener: Callable[[DeviceSnapshotArguments], object]
    ) -> None: ...
    @overload
    def subscribe(
        self, event: Literal["OnSnapshotDeviceConf"]
    ) -> Callable[[_DeviceSnapshotArguments], _DeviceSnapshotArguments]: ...
    @overload
    def subscribe(
        self, event: Literal["OnQueryDeviceInfoConf"], listener: Callable[[DeviceInfoArguments], object]
    ) -> None: ...
    @overload
    def subscribe(
        self, event: Literal["OnQueryDeviceInfoConf"]
    ) -> Callable[[_DeviceInfoArguments], _DeviceInfoArguments]: ...
    @overload
    def subscribe(
        self,
        event: Literal[
            "OnAgentStateChange",
            "OnAgentStateChanged",
            "OnMonitoredAgentStateChange",
            "OnPreLogout",
            "OnPostLogout",
        ],
        listener: Callable[[AgentStateArguments], object],
    ) -> None: ...
    @overload
    def subscribe(
        self,
        event: Literal[
            "OnAgentStateChange",
            "OnAgentStateChanged",
            "OnMonitoredAgentStateChange",
            "OnPreLogout",
            "OnPostLogout",
        ],
    ) -> Callable[[_AgentStateArguments], _AgentStateArguments]: ...
    @overload
    def subscribe(
        self, event: Literal["OnQueryAgentStateConf"], listener: Callable[[AgentQueryArguments], object]
    ) -> None: ...
    @overload
    def subscribe(
        self, event: Literal["OnQueryAgentStateConf"]
    ) -> Callable[[_AgentQueryArguments], _AgentQueryArguments]: ...
    @overload
    def subscribe(
        self,
        event: Literal["OnAgentStatistics", "OnNewAgentStatisticsEvent"],
        listener: Callable[[AgentStatisticsArguments], object],
    ) -> None: ...
    @overload
    def subscribe(
        self, event: Literal["OnAgentStatistics", "OnNewAgentStatisticsEvent"]
    ) -> Callable[[_AgentStatisticsArguments], _AgentStatisticsArguments]: ...
    @overload
    def subscribe(
        self,
        event: Literal[
            "OnAgentInfoEvent", "OnAgentInfo", "OnMonitoredAgentInfoEvent", "OnMonitoredAgentInfo"
        ],
        listener: Callable[[AgentInfoArguments], object],
    ) -> None: ...
    @overload
    def subscribe(
        self,
        event: Literal[
            "OnAgentInfoEvent", "OnAgentInfo", "OnMonitoredAgentInfoEvent", "OnMonitoredAgentInfo"
        ],
    ) -> Callable[[_AgentInfoArguments], _AgentInfoArguments]: ...
    @overload
    def subscribe(
        self, event: Literal["OnNewAgentTeamMember"], listener: Callable[[TeamMemberArguments], object]
    ) -> None: ...
    @overload
    def subscribe(
        self, event: Literal["OnNewAgentTeamMember"]
    ) -> Callable[[_TeamMemberArguments], _TeamMemberArguments]: ...
    @overload
    def subscribe(
        self,
        event: Literal["OnStartMonitoringAgent", "OnStopMonitoringAgent"],
        listener: Callable[[MonitoredAgentArguments], object],
    ) -> None: ...
    @overload
    def subscribe(
        self, event: Literal["OnStartMonitoringAgent", "OnStopMonitoringAgent"]
    ) -> Callable[[_MonitoredAgentArguments], _MonitoredAgentArguments]: ...
    @overload
    def subscribe(
        self, event: Literal["OnEmergencyCall"], listener: Callable[[EmergencyCallArguments], object]
    ) -> None: ...
    @overload
    def subscribe(
        self, event: Literal["OnEmergencyCall"]
    ) -> Callable[[_EmergencyCallArguments], _EmergencyCallArguments]: ...
    @overload
    def subscribe(
        self, event: Literal["OnChatMessage"], listener: Callable[[ChatArguments], object]
    ) -> None: ...
    @overload
    def subscribe(self, event: Literal["OnChatMessage"]) -> Callable[[_ChatArguments], _ChatArguments]: ...
    @overload
    def subscribe(
        self, event: Literal["OnButtonEnablementChange"], listener: Callable[[ButtonArguments], object]
    ) -> None: ...
    @overload
    def subscribe(
        self, event: Literal["OnButtonEnablementChange"]
    ) -> Callable[[_ButtonArguments], _ButtonArguments]: ...
    @overload
    def subscribe(
        self,
        event: Literal["OnSupervisorButtonChange"],
        listener: Callable[[SupervisorButtonArguments], object],
    ) -> None: ...
    @overload
    def subscribe(
        self, event: Literal["OnSupervisorButtonChange"]
    ) -> Callable[[_SupervisorButtonArguments], _SupervisorButtonArguments]: ...
    @overload
    def subscribe(
        self,
        event: Literal[
            "OnSilentMonitorStartedEvent",
            "OnSilentMonitorStarted",
            "OnSilentMonitorStopRequestedEvent",
            "OnSilentMonitorStopRequested",
        ],
        listener: Callable[[SilentMonitorArguments], object],
    ) -> None: ...
    @overload
    def subscribe(
        self,
        event: Literal[
            "OnSilentMonitorStartedEvent",
            "OnSilentMonitorStarted",
            "OnSilentMonitorStopRequestedEvent",
            "OnSilentMonitorStopRequested",
        ],
    ) -> Callable[[_SilentMonitorArguments], _SilentMonitorArguments]: ...
    @overload
    def subscribe(
        self,
        event: Literal[
            "OnSkillGroupStatisticsUpdated", "OnNewSkillGroupStatistics", "OnNewSkillGroupStatisticsEvent"
        ],
        listener: Callable[[SkillGroupStatisticsArguments], object],
    ) -> None: ...
    @overload
    def subscribe(
        self,
        event: Literal[
            "OnSkillGroupStatisticsUpdated", "OnNewSkillGroupStatistics", "OnNewSkillGroupStatisticsEvent"
        ],
    ) -> Callable[[_SkillGroupStatisticsArguments], _SkillGroupStatisticsArguments]: ...
    @overload
    def subscribe(
        self, event: Literal["OnSkillInfoEvent"], listener: Callable[[SkillInfoArguments], object]
    ) -> None: ...
    @overload
    def subscribe(
        self, event: Literal["OnSkillInfoEvent"]
    ) -> Callable[[_SkillInfoArguments], _SkillInfoArguments]: ...
    @overload
    def subscribe(
        self,
        event: Literal[
            "OnCallHeld",
            "OnMonitoredCallHeld",
            "OnCallRetrieved",
            "OnMonitoredCallRetrieved",
            "OnCallConnectionCleared",
            "OnMonitoredCallConnectionCleared",
            "OnCallCleared",
            "OnMonitoredCallCleared",
        ],
        listener: Callable[[CallArguments], object],
    ) -> None: ...
    @overload
    def subscribe(
        self,
        event: Literal[
            "OnCallHeld",
            "OnMonitoredCallHeld",
            "OnCallRetrieved",
            "OnMonitoredCallRetrieved",
            "OnCallConnectionCleared",
            "OnMonitoredCallConnectionCleared",
            "OnCallCleared",
            "OnMonitoredCallCleared",
        ],
    ) -> Callable[[_CallArguments], _CallArguments]: ...
    @overload
    def subscribe(
        self,
        event: Literal["OnCallEnd", "OnEndCall", "OnMonitoredCallEnd", "OnMonitoredEndCall"],
        listener: Callable[[CallEndArguments], object],
    ) -> None: ...
    @overload
    def subscribe(
        self, event: Literal["OnCallEnd", "OnEndCall", "OnMonitoredCallEnd", "OnMonitoredEndCall"]
    ) -> Callable[[_CallEndArguments], _CallEndArguments]: ...
    @overload
    def subscribe(
        self,
        event: Literal["OnCallFailed", "OnMonitoredCallFailed"],
        listener: Callable[[CallFailedArguments], object],
    ) -> None: ...
    @overload
    def subscribe(
        self, event: Literal["OnCallFailed", "OnMonitoredCallFailed"]
    ) -> Callable[[_CallFailedArguments], _CallFailedArguments]: ...
    @overload
    def subscribe(
        self,
        event: Literal[
            "OnCallConferenced",
            "OnMonitoredCallConferenced",
            "OnCallTransferred",
            "OnMonitoredCallTransferred",
        ],
        listener: Callable[[CallDataArguments], object],
    ) -> None: ...
    @overload
    def subscribe(
        self,
        event: Literal[
            "OnCallConferenced",
            "OnMonitoredCallConferenced",
            "OnCallTransferred",
            "OnMonitoredCallTransferred",
        ],
    ) -> Callable[[_CallDataArguments], _CallDataArguments]: ...
    @overload
    def subscribe(
        self,
        event: Literal[
            "OnCallBegin",
            "OnBeginCall",
            "OnMonitoredCallBegin",
            "OnCallDataUpdate",
            "OnMonitoredCallDataUpdate",
        ],
        listener: Callable[[CallContextArguments], object],
    ) -> None: ...
    @overload
    def subscribe(
        self,
        event: Literal[
            "OnCallBegin",
            "OnBeginCall",
            "OnMonitoredCallBegin",
            "OnCallDataUpdate",
            "OnMonitoredCallDataUpdate",
        ],
    ) -> Callable[[_CallContextArguments], _CallContextArguments]: ...
    @overload
    def subscribe(
        self,
        event: Literal[
            "OnCallServiceInitiatedEvent",
            "OnServiceInitiated",
            "OnCallServiceInitiated",
            "MonitoredCallServiceInitiatedEvent",
            "OnMonitoredCallServiceInitiated",
            "OnMonitoredCallServiceInitiatedEvent",
            "OnCallOriginated",
            "OnMonitoredCallOriginated",
            "OnCallDelivered",
            "OnMonitoredCallDelivered",
            "OnCallEstablished",
            "OnMonitoredCallEstablished",
        ],
        listener: Callable[[CallLineArguments], object],
    ) -> None: ...
    @overload
    def subscribe(
        self,
        event: Literal[
            "OnCallServiceInitiatedEvent",
            "OnServiceInitiated",
            "OnCallServiceInitiated",
            "MonitoredCallServiceInitiatedEvent",
            "OnMonitoredCallServiceInitiated",
            "OnMonitoredCallServiceInitiatedEvent",
            "OnCallOriginated",
            "OnMonitoredCallOriginated",
            "OnCallDelivered",
            "OnMonitoredCallDelivered",
            "OnCallEstablished",
            "OnMonitoredCallEstablished",
        ],
    ) -> Callable[[_CallLineArguments], _CallLineArguments]: ...
    @overload
    def subscribe(
        self,
        event: Literal[
            "OnCallReachedNetworkEvent",
            "OnCallReachedNetwork",
            "MonitoredCallReachedNetworkEvent",
            "OnMonitoredCallReachedNetwork",
            "OnMonitoredCallReachedNetworkEvent",
        ],
        listener: Callable[[CallReachedNetworkArguments], object],
    ) -> None: ...
    @overload
    def subscribe(
        self,
        event: Literal[
            "OnCallReachedNetworkEvent",
            "OnCallReachedNetwork",
            "MonitoredCallReachedNetworkEvent",
            "OnMonitoredCallReachedNetwork",
            "OnMonitoredCallReachedNetworkEvent",
        ],
    ) -> Callable[[_CallReachedNetworkArguments], _CallReachedNetworkArguments]: ...
    @overload
    def subscribe(
        self,
        event: Literal["OnCallDiverted", "OnMonitoredCallDiverted"],
        listener: Callable[[CallDivertedArguments], object],
    ) -> None: ...
    @overload
    def subscribe(
        self, event: Literal["OnCallDiverted", "OnMonitoredCallDiverted"]
    ) -> Callable[[_CallDivertedArguments], _CallDivertedArguments]: ...
    @overload
    def subscribe(
        self,
        event: Literal[
            "OnCallDequeuedEvent",
            "OnCallDequeued",
            "MonitoredCallDequeuedEvent",
            "OnMonitoredCallDequeued",
            "OnMonitoredCallDequeuedEvent",
        ],
        listener: Callable[[CallDequeuedArguments], object],
    ) -> None: ...
    @overload
    def subscribe(
        self,
        event: Literal[
            "OnCallDequeuedEvent",
            "OnCallDequeued",
            "MonitoredCallDequeuedEvent",
            "OnMonitoredCallDequeued",
            "OnMonitoredCallDequeuedEvent",
        ],
    ) -> Callable[[_CallDequeuedArguments], _CallDequeuedArguments]: ...
    @overload
    def subscribe(
        self,
        event: Literal[
            "OnCallQueuedEvent",
            "OnCallQueued",
            "MonitoredCallQueuedEvent",
            "OnMonitoredCallQueued",
            "OnMonitoredCallQueuedEvent",
        ],
        listener: Callable[[CallQueuedArguments], object],
    ) -> None: ...
    @overload
    def subscribe(
        self,
        event: Literal[
            "OnCallQueuedEvent",
            "OnCallQueued",
            "MonitoredCallQueuedEvent",
            "OnMonitoredCallQueued",
            "OnMonitoredCallQueuedEvent",
        ],
    ) -> Callable[[_CallQueuedArguments], _CallQueuedArguments]: ...
    @overload
    def subscribe(
        self, event: Literal["OnCallRTPStopped"], listener: Callable[[RtpStoppedArguments], object]
    ) -> None: ...
    @overload
    def subscribe(
        self, event: Literal["OnCallRTPStopped"]
    ) -> Callable[[_RtpStoppedArguments], _RtpStoppedArguments]: ...
    @overload
    def subscribe(
        self, event: Literal["OnCallRTPStarted"], listener: Callable[[RtpStartedArguments], object]
    ) -> None: ...
    @overload
    def subscribe(
        self, event: Literal["OnCallRTPStarted"]
    ) -> Callable[[_RtpStartedArguments], _RtpStartedArguments]: ...
    @overload
    def subscribe(
        self,
        event: Literal[
            "OnAgentPrecallAbortEvent", "OnAgentPrecallAbort", "OnMonitoredCallAgentPrecallAbortEvent"
        ],
        listener: Callable[[PrecallAbortArguments], object],
    ) -> None: ...
    @overload
    def subscribe(
        self,
        event: Literal[
            "OnAgentPrecallAbortEvent", "OnAgentPrecallAbort", "OnMonitoredCallAgentPrecallAbortEvent"
        ],
    ) -> Callable[[_PrecallAbortArguments], _PrecallAbortArguments]: ...
    @overload
    def subscribe(
        self,
        event: Literal["OnAgentPrecallEvent", "OnAgentPrecall", "OnMonitoredCallAgentPrecallEvent"],
        listener: Callable[[PrecallArguments], object],
    ) -> None: ...
    @overload
    def subscribe(
        self, event: Literal["OnAgentPrecallEvent", "OnAgentPrecall", "OnMonitoredCallAgentPrecallEvent"]
    ) -> Callable[[_PrecallArguments], _PrecallArguments]: ...
    @overload
    def subscribe(
        self,
        event: Literal["OnTranslationRoute", "OnMonitoredTranslationRoute"],
        listener: Callable[[TranslationRouteArguments], object],
    ) -> None: ...
    @overload
    def subscribe(
        self, event: Literal["OnTranslationRoute", "OnMonitoredTranslationRoute"]
    ) -> Callable[[_TranslationRouteArguments], _TranslationRouteArguments]: ...
    @overload
    def subscribe(
        self, event: Literal["OnSnapshotCallConf"], listener: Callable[[CallSnapshotArguments], object]
    ) -> None: ...
    @overload
    def subscribe(
        self, event: Literal["OnSnapshotCallConf"]
    ) -> Callable[[_CallSnapshotArguments], _CallSnapshotArguments]: ...
    @overload
    def subscribe(self, event: _KnownEvent, listener: Callable[[Arguments], object]) -> None: ...
    @overload
    def subscribe(self, event: _KnownEvent) -> Callable[[_Arguments], _Arguments]: ...
    @overload
    def wait_for(
        self,
        event: Literal["OnConnection"],
        predicate: Callable[[ConnectionArguments], object] | None = ...,
        timeout: float | None = ...,
    ) -> Future[ConnectionArguments]:
        """A future of the Arguments of the next event of that name: ``wait_for("OnCallEnd").result()``.

        Its ``cancel`` ends the wait. Parameters and errors are those of ``ctios_fast.Session.wait_for``. The
        predicate is called in the thread of the event loop.

        Raises ``MethodError`` in a listener, whose thread could not wait for the future.
        """
    @overload
    def wait_for(
        self,
        event: Literal["OnStandbyOpened", "OnStandbyActive"],
        predicate: Callable[[StandbyArguments], object] | None = ...,
        timeout: float | None = ...,
    ) -> Future[StandbyArguments]: ...
    @overload
    def wait_for(
        self,
        event: Literal["OnConnectionFailure"],
        predicate: Callable[[ConnectionFailureArguments], object] | None = ...,
        timeout: float | None = ...,
    ) -> Future[ConnectionFailureArguments]: ...
    @overload
    def wait_for(
        self,
        event: Literal["OnStandbyLost"],
        predicate: Callable[[StandbyLossArguments], object] | None = ...,
        timeout: float | None = ...,
    ) -> Future[StandbyLossArguments]: ...
    @overload
    def wait_for(
        self,
        event: Literal["OnConnectionRejected"],
        predicate: Callable[[ConnectionRejectedArguments], object] | None = ...,
        timeout: float | None = ...,
    ) -> Future[ConnectionRejectedArguments]: ...
    @overload
    def wait_for(
        self,
        event: Literal["OnHeartbeat", "OnActiveMaintenanceRequest"],
        predicate: Callable[[TimeArguments], object] | None = ...,
        timeout: float | None = ...,
    ) -> Future[TimeArguments]: ...
    @overload
    def wait_for(
        self,
        event: Literal["OnMissingHeartbeat"],
        predicate: Callable[[MissingHeartbeatArguments], object] | None = ...,
        timeout: float | None = ...,
    ) -> Future[MissingHeartbeatArguments]: ...
    @overload
    def wait_for(
        self,
        event: Literal["OnMonitorModeEstablished"],
        predicate: Callable[[MonitorModeArguments], object] | None = ...,
        timeout: float | None = ...,
    ) -> Future[MonitorModeArguments]: ...
    @overload
    def wait_for(
        self,
        event: Literal["OnSetAgentModeEvent", "OnSetAgentMode", "OnSetAgentModeConf"],
        predicate: Callable[[AgentModeArguments], object] | None = ...,
        timeout: float | None = ...,
    ) -> Future[AgentModeArguments]: ...
    @overload
    def wait_for(
        self,
        event: Literal["OnCTIOSFailure", "OnCTIOSFailureEvent"],
        predicate: Callable[[CtiosFailureArguments], object] | None = ...,
        timeout: float | None = ...,
    ) -> Future[CtiosFailureArguments]: ...
    @overload
    def wait_for(
        self,
        event: Literal["OnCurrentAgentReset", "OnCurrentCallChanged"],
        predicate: Callable[[CurrentObjectArguments], object] | None = ...,
        timeout: float | None = ...,
    ) -> Future[CurrentObjectArguments]: ...
    @overload
    def wait_for(
        self,
        event: Literal["OnRecovered"],
        predicate: Callable[[RecoveredArguments], object] | None = ...,
        timeout: float | None = ...,
    ) -> Future[RecoveredArguments]: ...
    @overload
    def wait_for(
        self,
        event: Literal["OnActiveMaintenance"],
        predicate: Callable[[MaintenanceArguments], object] | None = ...,
        timeout: float | None = ...,
    ) -> Future[MaintenanceArguments]: ...
    @overload
    def wait_for(
        self,
        event: Literal["OnLag"],
        predicate: Callable[[LagArguments], object] | None = ...,
        timeout: float | None = ...,
    ) -> Future[LagArguments]: ...
    @overload
    def wait_for(
        self,
        event: Literal[
            "OnSetAgentStateConf",
            "OnBadCallConf",
            "OnReleaseCallConf",
            "OnAgentGreetingControlConf",
            "OnAlternateCallConf",
            "OnAnswerCallConf",
            "OnCallStartRecordingConf",
            "OnStartRecordingConf",
            "OnCallStopRecordingConf",
            "OnStopRecordConf",
            "OnClearCallConf",
            "OnClearConnectionConf",
            "OnConferenceCallConf",
            "OnConsultationCallConf",
            "OnMakeConsultCallConf",
            "OnDeflectCallConf",
            "OnHoldCallConf",
            "OnReconnectCallConf",
            "OnRetrieveCallConf",
            "OnSendDTMFConf",
            "OnSendDTMFSignalConf",
            "OnSetCallDataConf",
            "OnTransferCallConf",
        ],
        predicate: Callable[[ConfirmationArguments], object] | None = ...,
        timeout: float | None = ...,
    ) -> Future[ConfirmationArguments]: ...
    @overload
    def wait_for(
        self,
        event: Literal["OnLogoutFailed", "OnControlFailureConf", "OnControlFailure"],
        predicate: Callable[[ControlFailureArguments], object] | None = ...,
        timeout: float | None = ...,
    ) -> Future[ControlFailureArguments]: ...
    @overload
    def wait_for(
        self,
        event: Literal["OnMakeCallConf"],
        predicate: Callable[[MakeCallArguments], object] | None = ...,
        timeout: float | None = ...,
    ) -> Future[MakeCallArguments]: ...
    @overload
    def wait_for(
        self,
        event: Literal["OnSupervisorAssistConf", "OnEmergencyCallConf", "OnSuperviseCallConf"],
        predicate: Callable[[SupervisedCallArguments], object] | None = ...,
        timeout: float | None = ...,
    ) -> Future[SupervisedCallArguments]: ...
    @overload
    def wait_for(
        self,
        event: Literal["OnAgentDeskSettingsConf"],
        predicate: Callable[[DeskSettingsArguments], object] | None = ...,
        timeout: float | None = ...,
    ) -> Future[DeskSettingsArguments]: ...
    @overload
    def wait_for(
        self,
        event: Literal["OnSnapshotDeviceConf"],
        predicate: Callable[[DeviceSnapshotArguments], object] | None = ...,
        timeout: float | None = ...,
    ) -> Future[DeviceSnapshotArguments]: ...
    @overload
    def wait_for(
        self,
        event: Literal["OnQueryDeviceInfoConf"],
        predicate: Callable[[DeviceInfoArguments], object] | None = ...,
        timeout: float | None = ...,
    ) -> Future[DeviceInfoArguments]: ...
    @overload
    def wait_for(
        self,
        event: Literal[
            "OnAgentStateChange",
            "OnAgentStateChanged",
            "OnMonitoredAgentStateChange",
            "OnPreLogout",
            "OnPostLogout",
        ],
        predicate: Callable[[AgentStateArguments], object] | None = ...,
        timeout: float | None = ...,
    ) -> Future[AgentStateArguments]: ...
    @overload
    def wait_for(
        self,
        event: Literal["OnQueryAgentStateConf"],
        predicate: Callable[[AgentQueryArguments], object] | None = ...,
        timeout: float | None = ...,
    ) -> Future[AgentQueryArguments]: ...
    @overload
    def wait_for(
        self,
        event: Literal["OnAgentStatistics", "OnNewAgentStatisticsEvent"],
        predicate: Callable[[AgentStatisticsArguments], object] | None = ...,
        timeout: float | None = ...,
    ) -> Future[AgentStatisticsArguments]: ...
    @overload
    def wait_for(
        self,
        event: Literal[
            "OnAgentInfoEvent", "OnAgentInfo", "OnMonitoredAgentInfoEvent", "OnMonitoredAgentInfo"
        ],
        predicate: Callable[[AgentInfoArguments], object] | None = ...,
        timeout: float | None = ...,
    ) -> Future[AgentInfoArguments]: ...
    @overload
    def wait_for(
        self,
        event: Literal["OnNewAgentTeamMember"],
        predicate: Callable[[TeamMemberArguments], object] | None = ...,
        timeout: float | None = ...,
    ) -> Future[TeamMemberArguments]: ...
    @overload
    def wait_for(
        self,
        event: Literal["OnStartMonitoringAgent", "OnStopMonitoringAgent"],
        predicate: Callable[[MonitoredAgentArguments], object] | None = ...,
        timeout: float | None = ...,
    ) -> Future[MonitoredAgentArguments]: ...
    @overload
    def wait_for(
        self,
        event: Literal["OnEmergencyCall"],
        predicate: Callable[[EmergencyCallArguments], object] | None = ...,
        timeout: float | None = ...,
    ) -> Future[EmergencyCallArguments]: ...
    @overload
    def wait_for(
        self,
        event: Literal["OnChatMessage"],
        predicate: Callable[[ChatArguments], object] | None = ...,
        timeout: float | None = ...,
    ) -> Future[ChatArguments]: ...
    @overload
    def wait_for(
        self,
        event: Literal["OnButtonEnablementChange"],
        predicate: Callable[[ButtonArguments], object] | None = ...,
        timeout: float | None = ...,
    ) -> Future[ButtonArguments]: ...
    @overload
    def wait_for(
        self,
        event: Literal["OnSupervisorButtonChange"],
        predicate: Callable[[SupervisorButtonArguments], object] | None = ...,
        timeout: float | None = ...,
    ) -> Future[SupervisorButtonArguments]: ...
    @overload
    def wait_for(
        self,
        event: Literal[
            "OnSilentMonitorStartedEvent",
            "OnSilentMonitorStarted",
            "OnSilentMonitorStopRequestedEvent",
            "OnSilentMonitorStopRequested",
        ],
        predicate: Callable[[SilentMonitorArguments], object] | None = ...,
        timeout: float | None = ...,
    ) -> Future[SilentMonitorArguments]: ...
    @overload
    def wait_for(
        self,
        event: Literal[
            "OnSkillGroupStatisticsUpdated", "OnNewSkillGroupStatistics", "OnNewSkillGroupStatisticsEvent"
        ],
        predicate: Callable[[SkillGroupStatisticsArguments], object] | None = ...,
        timeout: float | None = ...,
    ) -> Future[SkillGroupStatisticsArguments]: ...
    @overload
    def wait_for(
        self,
        event: Literal["OnSkillInfoEvent"],
        predicate: Callable[[SkillInfoArguments], object] | None = ...,
        timeout: float | None = ...,
    ) -> Future[SkillInfoArguments]: ...
    @overload
    def wait_for(
        self,
        event: Literal[
            "OnCallHeld",
            "OnMonitoredCallHeld",
            "OnCallRetrieved",
            "OnMonitoredCallRetrieved",
            "OnCallConnectionCleared",
            "OnMonitoredCallConnectionCleared",
            "OnCallCleared",
            "OnMonitoredCallCleared",
        ],
        predicate: Callable[[CallArguments], object] | None = ...,
        timeout: float | None = ...,
    ) -> Future[CallArguments]: ...
    @overload
    def wait_for(
        self,
        event: Literal["OnCallEnd", "OnEndCall", "OnMonitoredCallEnd", "OnMonitoredEndCall"],
        predicate: Callable[[CallEndArguments], object] | None = ...,
        timeout: float | None = ...,
    ) -> Future[CallEndArguments]: ...
    @overload
    def wait_for(
        self,
        event: Literal["OnCallFailed", "OnMonitoredCallFailed"],
        predicate: Callable[[CallFailedArguments], object] | None = ...,
        timeout: float | None = ...,
    ) -> Future[CallFailedArguments]: ...
    @overload
    def wait_for(
        self,
        event: Literal[
            "OnCallConferenced",
            "OnMonitoredCallConferenced",
            "OnCallTransferred",
            "OnMonitoredCallTransferred",
        ],
        predicate: Callable[[CallDataArguments], object] | None = ...,
        timeout: float | None = ...,
    ) -> Future[CallDataArguments]: ...
    @overload
    def wait_for(
        self,
        event: Literal[
            "OnCallBegin",
            "OnBeginCall",
            "OnMonitoredCallBegin",
            "OnCallDataUpdate",
            "OnMonitoredCallDataUpdate",
        ],
        predicate: Callable[[CallContextArguments], object] | None = ...,
        timeout: float | None = ...,
    ) -> Future[CallContextArguments]: ...
    @overload
    def wait_for(
        self,
        event: Literal[
            "OnCallServiceInitiatedEvent",
            "OnServiceInitiated",
            "OnCallServiceInitiated",
            "MonitoredCallServiceInitiatedEvent",
            "OnMonitoredCallServiceInitiated",
            "OnMonitoredCallServiceInitiatedEvent",
            "OnCallOriginated",
            "OnMonitoredCallOriginated",
            "OnCallDelivered",
            "OnMonitoredCallDelivered",
            "OnCallEstablished",
            "OnMonitoredCallEstablished",
        ],
        predicate: Callable[[CallLineArguments], object] | None = ...,
        timeout: float | None = ...,
    ) -> Future[CallLineArguments]: ...
    @overload
    def wait_for(
        self,
        event: Literal[
            "OnCallReachedNetworkEvent",
            "OnCallReachedNetwork",
            "MonitoredCallReachedNetworkEvent",
            "OnMonitoredCallReachedNetwork",
            "OnMonitoredCallReachedNetworkEvent",
        ],
        predicate: Callable[[CallReachedNetworkArguments], object] | None = ...,
        timeout: float | None = ...,
    ) -> Future[CallReachedNetworkArguments]: ...
    @overload
    def wait_for(
        self,
        event: Literal["OnCallDiverted", "OnMonitoredCallDiverted"],
        predicate: Callable[[CallDivertedArguments], object] | None = ...,
        timeout: float | None = ...,
    ) -> Future[CallDivertedArguments]: ...
    @overload
    def wait_for(
        self,
        event: Literal[
            "OnCallDequeuedEvent",
            "OnCallDequeued",
            "MonitoredCallDequeuedEvent",
            "OnMonitoredCallDequeued",
            "OnMonitoredCallDequeuedEvent",
        ],
        predicate: Callable[[CallDequeuedArguments], object] | None = ...,
        timeout: float | None = ...,
    ) -> Future[CallDequeuedArguments]: ...
    @overload
    def wait_for(
        self,
        event: Literal[
            "OnCallQueuedEvent",
            "OnCallQueued",
            "MonitoredCallQueuedEvent",
            "OnMonitoredCallQueued",
            "OnMonitoredCallQueuedEvent",
        ],
        predicate: Callable[[CallQueuedArguments], object] | None = ...,
        timeout: float | None = ...,
    ) -> Future[CallQueuedArguments]: ...
    @overload
    def wait_for(
        self,
        event: Literal["OnCallRTPStopped"],
        predicate: Callable[[RtpStoppedArguments], object] | None = ...,
        timeout: float | None = ...,
    ) -> Future[RtpStoppedArguments]: ...
    @overload
    def wait_for(
        self,
        event: Literal["OnCallRTPStarted"],
        predicate: Callable[[RtpStartedArguments], object] | None = ...,
        timeout: float | None = ...,
    ) -> Future[RtpStartedArguments]: ...
    @overload
    def wait_for(
        self,
        event: Literal[
            "OnAgentPrecallAbortEvent", "OnAgentPrecallAbort", "OnMonitoredCallAgentPrecallAbortEvent"
        ],
        predicate: Callable[[PrecallAbortArguments], object] | None = ...,
        timeout: float | None = ...,
    ) -> Future[PrecallAbortArguments]: ...
    @overload
    def wait_for(
        self,
        event: Literal["OnAgentPrecallEvent", "OnAgentPrecall", "OnMonitoredCallAgentPrecallEvent"],
        predicate: Callable[[PrecallArguments], object] | None = ...,
        timeout: float | None = ...,
    ) -> Future[PrecallArguments]: ...
    @overload
    def wait_for(
        self,
        event: Literal["OnTranslationRoute", "OnMonitoredTranslationRoute"],
        predicate: Callable[[TranslationRouteArguments], object] | None = ...,
        timeout: float | None = ...,
    ) -> Future[TranslationRouteArguments]: ...
    @overload
    def wait_for(
        self,
        event: Literal["OnSnapshotCallConf"],
        predicate: Callable[[CallSnapshotArguments], object] | None = ...,
        timeout: float | None = ...,
    ) -> Future[CallSnapshotArguments]: ...
    @overload
    def wait_for(
        self,
        event: _KnownEvent,
        predicate: Callable[[Arguments], object] | None = ...,
        timeout: float | None = ...,
    ) -> Future[Arguments]: ...
    def __enter__(self) -> Self: ...
    def __exit__(self, *exc: object) -> None: ...

class EventStream(Generic[A]):
    """``ctios_fast.EventStream`` without await: an iterator, which ``with`` closes.

    Reading it raises ``MethodError`` in a listener. The other methods can be called there.
    """
    def __iter__(self) -> Self: ...
    def __next__(self) -> Event[A]: ...
    def __enter__(self) -> Self: ...
    def __exit__(self, *exc: object) -> None: ...
    def __len__(self) -> int: ...
    @property
    def dropped(self) -> int:
        """Events that were dropped since the buffer was full."""
    def close(self) -> None:
        """Take in no further event. Those that wait can still be read."""
