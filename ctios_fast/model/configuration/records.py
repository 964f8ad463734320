"""The records of a configuration: one class for each item. They are never changed.

A field that the server left out is None, or empty where it is a list. Texts that the server sent empty are
empty. The names of the attributes come from the reference; each class says which field is meant where they
differ by more than that.
"""

from typing import NamedTuple

__all__ = [
    "AgentRecord",
    "AgentServicesRecord",
    "CallTypeRecord",
    "DeskSettingsRecord",
    "DeviceRecord",
    "MediaRoutingDomainRecord",
    "PeripheralRecord",
    "ServiceRecord",
    "SkillGroupRecord",
    "TerminalRecord",
]


class ServiceRecord(NamedTuple):
    """A service.

    ``number``: PeripheralNumber. ``name``: PeripheralName. ``skill_groups``: numbers of the member groups,
    with their ``priorities``. ``service_level_threshold``: seconds. ``mrd_id``: media routing domain.
    """

    number: int
    name: str | None = None
    skill_target_id: int | None = None
    description: str | None = None
    extension: str | None = None
    max_queued: int | None = None
    service_level_threshold: int | None = None
    service_level_type: int | None = None
    config_param: str | None = None
    mrd_id: int | None = None
    skill_groups: tuple[int, ...] = ()
    priorities: tuple[int, ...] = ()


class SkillGroupRecord(NamedTuple):
    """A skill group.

    ``number``: PeripheralNumber. ``name``: PeripheralName. ``skill_group_id``: SkillGroupSkillTargetID.
    ``auto_work``: whether agents enter a work state after a call. ``precision_queue_id``: 0 for a group that
    is not a precision queue. ``mrd_id``: media routing domain.
    """

    number: int
    name: str | None = None
    skill_group_id: int | None = None
    priority: int | None = None
    auto_work: int = 0
    description: str | None = None
    extension: str | None = None
    mrd_id: int | None = None
    precision_queue_id: int | None = None
    precision_queue_name: str | None = None
    config_param: str | None = None


class AgentRecord(NamedTuple):
    """An agent.

    ``agent_id``: LoginID, with which the agent logs in. ``agent_type``: 1 agent, 2 supervisor.
    ``skill_target_id``: the agent's id in the whole system (ICMAgentID). ``skill_groups``: numbers of the
    agent's groups. ``mrd_ids`` and ``mrd_states``: media routing domains, with the states that the agent had
    when the configuration was acquired; updates do not repeat them. ``active_terminal``: device name.
    """

    agent_id: str
    login_name: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    skill_target_id: int | None = None
    agent_type: int | None = None
    desk_settings_id: int | None = None
    extension: str | None = None
    description: str | None = None
    sso_enabled: int | None = None
    active_terminal: str | None = None
    skill_groups: tuple[int, ...] = ()
    skill_group_priorities: tuple[int, ...] = ()
    mrd_ids: tuple[int, ...] = ()
    mrd_states: tuple[int, ...] = ()

    @property
    def name(self) -> str:
        """First and last name; empty if the record has neither."""
        return " ".join(part for part in (self.first_name, self.last_name) if part)

    @property
    def is_supervisor(self) -> bool:
        """Whether the agent is configured as a supervisor."""
        return self.agent_type == _SUPERVISOR


#: AgentType of a supervisor.
_SUPERVISOR = 2


class AgentServicesRecord(NamedTuple):
    """Which agent services are enabled for an agent, by the agent's skill target id."""

    skill_target_id: int
    services: tuple[int, ...] = ()


class DeviceRecord(NamedTuple):
    """A device. ``device_type``: a ConfigDeviceType. ``number``: PeripheralNumber."""

    device_type: int
    number: int
    extension: str | None = None
    dialed_number: str | None = None
    dnis: str | None = None
    service_id: int | None = None
    max_queued: int | None = None
    description: str | None = None


class CallTypeRecord(NamedTuple):
    """A call type. ``name``: EnterpriseName. ``service_level_threshold``: seconds."""

    call_type_id: int
    name: str | None = None
    description: str | None = None
    customer_definition_id: int | None = None
    service_level_threshold: int | None = None
    service_level_type: int | None = None


class MediaRoutingDomainRecord(NamedTuple):
    """A media routing domain. ``max_task_duration``: seconds.

    ``interruptible``: 1 if tasks of another domain may interrupt.
    """

    mrd_id: int
    name: str | None = None
    description: str | None = None
    max_task_duration: int | None = None
    interruptible: int | None = None


class PeripheralRecord(NamedTuple):
    """A peripheral."""

    peripheral_id: int
    default_desk_settings_id: int | None = None


class DeskSettingsRecord(NamedTuple):
    """Desk settings of agents. Times are in seconds, except that two units are not documented.

    ``mask``: DeskSettingsMask. The reference does not state the units of ``quality_recording_rate`` and
    ``work_mode_timer``.
    """

    desk_settings_id: int
    mask: int | None = None
    wrapup_data_incoming_mode: int | None = None
    wrapup_data_outgoing_mode: int | None = None
    logout_non_activity_time: int | None = None
    quality_recording_rate: int | None = None
    ring_no_answer_time: int | None = None
    silent_monitor_warning_message: int | None = None
    silent_monitor_audible_indication: int | None = None
    supervisor_assist_call_method: int | None = None
    emergency_call_method: int | None = None
    auto_record_on_emergency: int | None = None
    recording_mode: int | None = None
    work_mode_timer: int | None = None
    ring_no_answer_dn_id: int | None = None
    default_device_port_address: str | None = None
    play_zip_tone: int | None = None
    acd_shared_line_usage: int | None = None


class TerminalRecord(NamedTuple):
    """A terminal. ``name``: TerminalDeviceName. ``instruments``: the instruments at the terminal."""

    name: str
    terminal_type: int | None = None
    type_name: str | None = None
    instruments: tuple[str, ...] = ()
