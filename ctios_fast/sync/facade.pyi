# Written by ci/make_sync_stub.py. _PropertyObject exists in this file only.

from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future
from typing import Concatenate, Generic, Literal, Self, TypeVar, Unpack, overload

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

class _PropertyObject:
    def dump_properties(self) -> str: ...
    def get_all_properties(self) -> Arguments: ...
    def get_element(self, keyword: str, index: int) -> object: ...
    def get_last_error(self) -> int: ...
    def get_num_properties(self) -> int: ...
    def get_property_name(self, index: int) -> str: ...
    def get_property_type(self, keyword: str) -> ArgType: ...
    def get_value(self, keyword: str) -> object: ...
    def get_value_array(self, keyword: str) -> Arguments: ...
    def get_value_bool(self, keyword: str) -> bool: ...
    def get_value_int(self, keyword: str) -> int: ...
    def get_value_short(self, keyword: str) -> int: ...
    def get_value_string(self, keyword: str) -> str: ...
    def get_value_type(self, keyword: str) -> ArgType: ...
    def get_value_uint(self, keyword: str) -> int: ...
    def get_value_ushort(self, keyword: str) -> int: ...
    def is_valid(self, keyword: str) -> bool: ...
    @property
    def last_error(self) -> int: ...
    def report_error(self, error: int) -> int: ...
    def set_value(self, keyword: str, value: object) -> None: ...
    def set_value_uint(self, keyword: str, value: object) -> None: ...
    def set_value_ushort(self, keyword: str, value: object) -> None: ...
    @property
    def unique_object_id(self) -> str: ...

class Agent(_PropertyObject):
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
    ) -> None: ...
    @property
    def agent_availability_status(self) -> int | None: ...
    @property
    def agent_call_mode(self) -> int | None: ...
    @agent_call_mode.setter
    def agent_call_mode(self, mode: int | None) -> None: ...
    agent_extension: str | None
    @property
    def agent_flags(self) -> int | None: ...
    agent_id: str
    agent_instrument: str | None
    @property
    def agent_mode(self) -> int | None: ...
    @property
    def agent_password(self) -> Secret: ...
    @agent_password.setter
    def agent_password(self, password: str | Secret | None) -> None: ...
    @property
    def agent_remote_number(self) -> str | None: ...
    @agent_remote_number.setter
    def agent_remote_number(self, number: str | None) -> None: ...
    @property
    def auto_login(self) -> bool: ...
    @auto_login.setter
    def auto_login(self, is_on: bool) -> None: ...
    def barge_in(
        self, *, agent: Agent | str | None = ..., call: Call | str | None = ..., timeout: float | None = ...
    ) -> SuperviseCallConf: ...
    def clear_supervision(
        self, *, agent: Agent | str | None = ..., call: Call | str | None = ..., timeout: float | None = ...
    ) -> SuperviseCallConf: ...
    @property
    def configured(self) -> AgentRecord | None: ...
    @property
    def desk_settings_mask(self) -> int | None: ...
    def disable_agent_statistics(self, args: Mapping[str, object] | None = ...) -> None: ...
    def disable_skill_group_statistics(self, args: Mapping[str, object] | None = ...) -> None: ...
    domain_states: dict[int, AgentState | int] | None
    def enable_agent_statistics(
        self,
        args: Mapping[str, object] | None = ...,
        *,
        interval: float | None = ...,
        at_call_end: bool = ...,
    ) -> None: ...
    def enable_skill_group_statistics(
        self, args: Mapping[str, object] | None = ..., *, interval: float | None = ...
    ) -> None: ...
    @property
    def enablement_mask(self) -> int | None: ...
    @property
    def first_name(self) -> str | None: ...
    def get_agent_state(self) -> AgentState | int | None: ...
    def get_monitored_agent(self) -> Agent | None: ...
    def get_monitored_call(self) -> Call | None: ...
    def get_skill_groups(self) -> Arguments: ...
    @property
    def incoming_or_outgoing(self) -> int: ...
    def intercept(
        self, *, agent: Agent | str | None = ..., call: Call | str | None = ..., timeout: float | None = ...
    ) -> SuperviseCallConf: ...
    def is_agent(self) -> bool: ...
    @property
    def is_doubtful(self) -> bool: ...
    @property
    def is_logged_in(self) -> bool: ...
    @property
    def is_routable(self) -> bool | None: ...
    def is_supervisor(self) -> bool: ...
    @property
    def last_name(self) -> str | None: ...
    def login(
        self,
        args: Mapping[str, object] | None = ...,
        *,
        agent_password: str | Secret | None = ...,
        agent_instrument: str | None = ...,
        timeout: float | None = ...,
    ) -> AgentState | int: ...
    @property
    def login_name(self) -> str | None: ...
    def logout(
        self,
        args: Mapping[str, object] | None = ...,
        *,
        reason_code: int | None = ...,
        timeout: float | None = ...,
    ) -> AgentState | int: ...
    @property
    def logout_reason_required(self) -> bool | None: ...
    def make_call(
        self,
        args: Mapping[str, object] | None = ...,
        *,
        timeout: float | None = ...,
        **fields: Unpack[MakeCallFields],
    ) -> MakeCallConf: ...
    def make_emergency_call(
        self,
        args: Mapping[str, object] | None = ...,
        *,
        call: Call | str | None = ...,
        timeout: float | None = ...,
    ) -> EmergencyCallConf: ...
    @property
    def monitored_agent(self) -> Agent | None: ...
    @property
    def monitored_call(self) -> Call | None: ...
    @property
    def name(self) -> str | None: ...
    @property
    def not_ready_reason_required(self) -> bool | None: ...
    peripheral_id: int | None
    @property
    def peripheral_type(self) -> int | None: ...
    def query_agent_state(self, *, timeout: float | None = ...) -> QueryAgentStateConf: ...
    def query_agent_statistics(self, *, timeout: float | None = ...) -> QueryAgentStatisticsConf: ...
    def query_device_info(
        self,
        args: Mapping[str, object] | None = ...,
        *,
        timeout: float | None = ...,
        **fields: Unpack[DeviceFields],
    ) -> QueryDeviceInfoConf: ...
    reason_code: int
    def release_call(
        self,
        args: Mapping[str, object] | None = ...,
        *,
        call: Call | str | None = ...,
        timeout: float | None = ...,
    ) -> ReleaseCallConf: ...
    @property
    def remote_login(self) -> bool: ...
    @remote_login.setter
    def remote_login(self, is_remote: bool) -> None: ...
    def report_bad_call_line(
        self,
        args: Mapping[str, object] | None = ...,
        *,
        call: Call | str | None = ...,
        timeout: float | None = ...,
    ) -> BadCallConf: ...
    def request_agent_team_list(
        self,
        args: Mapping[str, object] | None = ...,
        *,
        supervisor_id: int | None = ...,
        timeout: float | None = ...,
    ) -> tuple[int, ...]: ...
    def request_desk_settings(
        self, args: Mapping[str, object] | None = ..., *, timeout: float | None = ...
    ) -> AgentDeskSettingsConf: ...
    def request_supervisor_assist(
        self,
        args: Mapping[str, object] | None = ...,
        *,
        call: Call | str | None = ...,
        timeout: float | None = ...,
    ) -> SupervisorAssistConf: ...
    def send_chat_message(
        self,
        args: Mapping[str, object] | None = ...,
        *,
        message: str | None = ...,
        distribution: str | None = ...,
        target: Agent | str | None = ...,
        client_id: str | None = ...,
        timeout: float | None = ...,
    ) -> UserMessageConf: ...
    def set_agent_greeting_action(
        self,
        args: Mapping[str, object] | None = ...,
        *,
        timeout: float | None = ...,
        **fields: Unpack[GreetingFields],
    ) -> AgentGreetingControlConf: ...
    def set_agent_state(
        self, state: int | Mapping[str, object], *, reason_code: int | None = ..., timeout: float | None = ...
    ) -> AgentState | int: ...
    def set_wrapup_data(
        self,
        args: Mapping[str, object] | None = ...,
        *,
        call: Call | str | None = ...,
        timeout: float | None = ...,
        **fields: Unpack[WrapupFields],
    ) -> SetCallDataConf: ...
    @property
    def silent_monitor_call_uid(self) -> str | None: ...
    @property
    def silent_monitor_target_agent_uid(self) -> str | None: ...
    @property
    def skill_target_id(self) -> int | None: ...
    def snapshot_device(
        self,
        args: Mapping[str, object] | None = ...,
        *,
        timeout: float | None = ...,
        **fields: Unpack[SnapshotFields],
    ) -> SnapshotDeviceConf: ...
    def start_monitoring_agent(
        self,
        args: Mapping[str, object] | None = ...,
        *,
        agent: Member | str | None = ...,
        timeout: float | None = ...,
    ) -> MonitorStartConf | None: ...
    def start_monitoring_agent_team(
        self,
        args: Mapping[str, object] | None = ...,
        *,
        team_id: int | None = ...,
        members: Iterable[str] = ...,
        timeout: float | None = ...,
    ) -> MonitorAgentTeamStartConf | None: ...
    def start_monitoring_all_agent_teams(
        self,
        args: Mapping[str, object] | None = ...,
        *,
        supervisor_id: int | None = ...,
        timeout: float | None = ...,
    ) -> tuple[int, ...]: ...
    def start_monitoring_call(
        self,
        args: Mapping[str, object] | None = ...,
        *,
        call: Call | str | None = ...,
        by_server: bool = ...,
        timeout: float | None = ...,
    ) -> MonitorStartConf | MonitorStopConf | None: ...
    def start_silent_monitor(
        self, *, agent: Agent | str | None = ..., call: Call | str | None = ..., timeout: float | None = ...
    ) -> SuperviseCallConf: ...
    state: AgentState | int | None
    @property
    def statistics(self) -> Statistics | None: ...
    @property
    def statistics_arguments(self) -> Arguments | None: ...
    def stop_monitoring_agent(
        self,
        args: Mapping[str, object] | None = ...,
        *,
        agent: Member | str | None = ...,
        timeout: float | None = ...,
    ) -> MonitorStopConf | None: ...
    def stop_monitoring_agent_team(
        self,
        args: Mapping[str, object] | None = ...,
        *,
        team_id: int | None = ...,
        timeout: float | None = ...,
    ) -> MonitorAgentTeamStopConf | None: ...
    def stop_monitoring_all_agent_teams(
        self, args: Mapping[str, object] | None = ..., *, timeout: float | None = ...
    ) -> tuple[int, ...]: ...
    def stop_monitoring_call(self, *, timeout: float | None = ...) -> MonitorStopConf | None: ...
    def stop_silent_monitor(
        self, *, agent: Agent | str | None = ..., call: Call | str | None = ..., timeout: float | None = ...
    ) -> SuperviseCallConf: ...
    def supervise_call(
        self,
        args: Mapping[str, object] | None = ...,
        *,
        action: int | None = ...,
        agent: Agent | str | None = ...,
        call: Call | str | None = ...,
        timeout: float | None = ...,
    ) -> SuperviseCallConf: ...
    @property
    def supervisor(self) -> bool: ...
    @supervisor.setter
    def supervisor(self, is_supervisor: bool) -> None: ...
    @property
    def supervisor_enablement_mask(self) -> int | None: ...
    def wait_for_state(self, *wanted: AgentState | int, timeout: float | None = ...) -> AgentState | int: ...
    def whisper(
        self, *, agent: Agent | str | None = ..., call: Call | str | None = ..., timeout: float | None = ...
    ) -> SuperviseCallConf: ...
    @property
    def wrapup_ok_enabled(self) -> bool | None: ...

class Call(_PropertyObject):
    def alternate(
        self,
        args: Mapping[str, object] | None = ...,
        *,
        other: Call | str | None = ...,
        timeout: float | None = ...,
    ) -> AlternateCallConf: ...
    @property
    def ani(self) -> str | None: ...
    def answer(
        self, args: Mapping[str, object] | None = ..., *, timeout: float | None = ...
    ) -> AnswerCallConf: ...
    @property
    def call_data(self) -> Mapping[str, object]: ...
    @property
    def call_type(self) -> int | None: ...
    @property
    def call_variables(self) -> tuple[str | None, ...]: ...
    @property
    def call_wrapup_data(self) -> str | None: ...
    def clear(
        self, args: Mapping[str, object] | None = ..., *, timeout: float | None = ...
    ) -> ClearCallConf: ...
    def clear_connection(
        self, args: Mapping[str, object] | None = ..., *, timeout: float | None = ...
    ) -> ClearConnectionConf: ...
    def conference(
        self,
        args: Mapping[str, object] | None = ...,
        *,
        other: Call | str | None = ...,
        timeout: float | None = ...,
    ) -> ConferenceCallConf: ...
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
    ) -> DeflectCallConf: ...
    @property
    def dialed_number(self) -> str | None: ...
    @property
    def dnis(self) -> str | None: ...
    @property
    def ecc(self) -> Arguments: ...
    def get_call_context(self) -> Arguments: ...
    def get_call_data(self) -> Arguments: ...
    def hold(
        self, args: Mapping[str, object] | None = ..., *, timeout: float | None = ...
    ) -> HoldCallConf: ...
    @property
    def icm_enterprise_unique_id(self) -> str | None: ...
    instrument: str | None
    @property
    def is_alive(self) -> bool: ...
    @property
    def line_type(self) -> int | None: ...
    def make_consult_call(
        self,
        args: Mapping[str, object] | None = ...,
        *,
        timeout: float | None = ...,
        **fields: Unpack[ConsultFields],
    ) -> ConsultationCallConf: ...
    @property
    def other_calls(self) -> tuple[Call, ...]: ...
    peripheral_id: int | None
    def reconnect(
        self,
        args: Mapping[str, object] | None = ...,
        *,
        other: Call | str | None = ...,
        timeout: float | None = ...,
    ) -> ReconnectCallConf: ...
    def retrieve(
        self, args: Mapping[str, object] | None = ..., *, timeout: float | None = ...
    ) -> RetrieveCallConf: ...
    def send_dtmf_signal(
        self,
        args: Mapping[str, object] | None = ...,
        *,
        timeout: float | None = ...,
        **fields: Unpack[DtmfFields],
    ) -> SendDtmfSignalConf: ...
    def set_call_data(
        self,
        args: Mapping[str, object] | None = ...,
        *,
        timeout: float | None = ...,
        **fields: Unpack[CallDataFields],
    ) -> SetCallDataConf: ...
    def single_step_conference(
        self,
        args: Mapping[str, object] | None = ...,
        *,
        timeout: float | None = ...,
        **fields: Unpack[SingleStepFields],
    ) -> ConferenceCallConf: ...
    def single_step_transfer(
        self,
        args: Mapping[str, object] | None = ...,
        *,
        timeout: float | None = ...,
        **fields: Unpack[SingleStepFields],
    ) -> TransferCallConf: ...
    def snapshot(self, *, timeout: float | None = ...) -> SnapshotCallConf: ...
    def start_record(
        self, args: Mapping[str, object] | None = ..., *, timeout: float | None = ...
    ) -> StartRecordingConf: ...
    status: int | None
    def stop_record(
        self, args: Mapping[str, object] | None = ..., *, timeout: float | None = ...
    ) -> StopRecordingConf: ...
    def transfer(
        self,
        args: Mapping[str, object] | None = ...,
        *,
        other: Call | str | None = ...,
        timeout: float | None = ...,
    ) -> TransferCallConf: ...

class SkillGroup(_PropertyObject):
    @property
    def configured(self) -> SkillGroupRecord | None: ...
    def disable_skill_group_statistics(self, args: Mapping[str, object] | None = ...) -> None: ...
    def enable_skill_group_statistics(
        self, args: Mapping[str, object] | None = ..., *, interval: float | None = ...
    ) -> None: ...
    @property
    def name(self) -> str | None: ...
    peripheral_id: int | None
    def query_statistics(self, *, timeout: float | None = ...) -> QuerySkillGroupStatisticsConf: ...
    skill_group_id: int | None
    skill_group_number: int
    @property
    def skill_group_state(self) -> AgentState | int | None: ...
    statistics: Statistics | None
    @property
    def statistics_arguments(self) -> Arguments | None: ...

class Session(_PropertyObject):
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
    ) -> None: ...
    @property
    def accepts_maintenance(self) -> bool: ...
    @accepts_maintenance.setter
    def accepts_maintenance(self, accepts: bool) -> None: ...
    def add_event_listener(self, sink: object) -> None: ...
    def agent(
        self,
        agent_id: str | None = ...,
        *,
        login_name: str | None = ...,
        agent_instrument: str | None = ...,
        agent_extension: str | None = ...,
        agent_password: str | Secret | None = ...,
        auto_login: bool | None = ...,
    ) -> Agent: ...
    @property
    def agents(self) -> Mapping[str, Agent]: ...
    @property
    def calls(self) -> Mapping[str, Call]: ...
    @property
    def ccm_based_silent_monitor(self) -> bool: ...
    @property
    def chat_client_of(self) -> Callable[[str], str | None] | None: ...
    @chat_client_of.setter
    def chat_client_of(self, rule: Callable[[str], str | None] | None) -> None: ...
    @property
    def client_id(self) -> str: ...
    @client_id.setter
    def client_id(self, client_id: str) -> None: ...
    @property
    def client_signature(self) -> str | None: ...
    @client_signature.setter
    def client_signature(self, signature: str | None) -> None: ...
    @property
    def codec(self) -> Codec: ...
    @property
    def configuration(self) -> Configuration: ...
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
    ) -> None: ...
    @property
    def connected_since(self) -> int | None: ...
    @property
    def connection_mode(self) -> ConnectionMode: ...
    def counters(self) -> dict[str, float]: ...
    @property
    def ctios_a(self) -> str | None: ...
    @property
    def ctios_b(self) -> str | None: ...
    @property
    def current_agent(self) -> Agent | None: ...
    @property
    def current_call(self) -> Call | None: ...
    @property
    def current_port(self) -> int | None: ...
    @property
    def current_server(self) -> str: ...
    @property
    def current_side(self) -> str: ...
    def disable_skill_group_statistics(self, args: Mapping[str, object] | None = ...) -> None: ...
    def disconnect(self, args: Mapping[str, object] | None = ...) -> None: ...
    def enable_skill_group_statistics(
        self, args: Mapping[str, object] | None = ..., *, interval: float | None = ...
    ) -> None: ...
    @property
    def events(self) -> tuple[EventName, ...]: ...
    def get_all_agents(self) -> Arguments: ...
    def get_all_calls(self) -> Arguments: ...
    def get_all_skill_groups(self) -> Arguments: ...
    def get_current_agent(self) -> Agent | None: ...
    def get_current_call(self) -> Call | None: ...
    def get_object_from_object_id(self, unique_object_id: str) -> _PropertyObject | None: ...
    def get_system_status(self) -> Arguments: ...
    @property
    def heartbeat(self) -> float | None: ...
    def is_agent(self) -> bool: ...
    def is_ccm_silent_monitor(self) -> bool: ...
    def is_connected(self) -> bool: ...
    @property
    def is_open(self) -> bool: ...
    def is_supervisor(self) -> bool: ...
    @property
    def lag(self) -> float: ...
    @property
    def max_heartbeats(self) -> int: ...
    def off(
        self, message_type: int | MessageName | type[Message], handler: Callable[..., object]
    ) -> None: ...
    @overload
    def on(self, message_type: int | MessageName, handler: Handler) -> None: ...
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
    def on_batch(
        self,
        message_type: int | MessageName | type[Message],
        handler: Callable[[Columns], object],
        fields: Iterable[str] | None = ...,
        *,
        max_rows: int = ...,
        max_string: int = ...,
    ) -> None: ...
    @property
    def peripheral_id(self) -> int: ...
    @property
    def port_a(self) -> int | None: ...
    @property
    def port_b(self) -> int | None: ...
    def remove_event_listener(self, sink: object) -> None: ...
    def request(
        self,
        message: int | MessageName | type[Message],
        fields: Mapping[str, int],
        floating: Iterable[tuple[str, object]] = ...,
        timeout: float | None = ...,
    ) -> Message: ...
    @property
    def request_timeout(self) -> float: ...
    def send(
        self,
        message: int | MessageName | type[Message],
        fields: Mapping[str, int],
        floating: Iterable[tuple[str, object]] = ...,
    ) -> int | None: ...
    @property
    def services_granted(self) -> int: ...
    @property
    def session_type(self) -> int | None: ...
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
    ) -> None: ...
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
    ) -> None: ...
    def set_current_call(self, call: Call) -> None: ...
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
    ) -> None: ...
    def skill_group(self, skill_group_number: int) -> SkillGroup: ...
    def snapshot(self) -> SnapshotData: ...
    @property
    def standby_side(self) -> str: ...
    @property
    def state(self) -> ConnectionState: ...
    @overload
    def subscribe(
        self, event: Literal["OnConnection"], listener: Callable[[ConnectionArguments], object]
    ) -> None: ...
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
    def subscribe(self, event: EventName, listener: Callable[[Arguments], object]) -> None: ...
    def team(self, team_id: int) -> AgentTeam | None: ...
    @property
    def teams(self) -> Mapping[int, AgentTeam]: ...
    @property
    def trying_port(self) -> int | None: ...
    @property
    def trying_server(self) -> str: ...
    @property
    def trying_since(self) -> int | None: ...
    def unsubscribe(self, event: EventName, listener: Listener) -> None: ...
    @property
    def version(self) -> int: ...
    @overload
    def stream(
        self,
        event: Literal["OnConnection"],
        /,
        *more: Literal["OnConnection"],
        buffer: int = ...,
        overflow: Overflow = ...,
    ) -> EventStream[ConnectionArguments]: ...
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
        self, *events: EventName, buffer: int = ..., overflow: Overflow = ...
    ) -> EventStream[Arguments]: ...
    @overload
    def wait_for(
        self,
        event: Literal["OnConnection"],
        predicate: Callable[[ConnectionArguments], object] | None = ...,
        timeout: float | None = ...,
    ) -> Future[ConnectionArguments]: ...
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
        event: EventName,
        predicate: Callable[[Arguments], object] | None = ...,
        timeout: float | None = ...,
    ) -> Future[Arguments]: ...
    def __enter__(self) -> Self: ...
    def __exit__(self, *exc: object) -> None: ...

class EventStream(Generic[A]):
    def __iter__(self) -> Self: ...
    def __next__(self) -> Event[A]: ...
    def __enter__(self) -> Self: ...
    def __exit__(self, *exc: object) -> None: ...
    def __len__(self) -> int: ...
    @property
    def dropped(self) -> int: ...
    def close(self) -> None: ...
