"""What is known of an agent's desk: settings, buttons, the direction of the last call, a mobile telephone."""

from collections.abc import Mapping
from typing import Final

from ctios_fast import keywords as kw
from ctios_fast.core import Message
from ctios_fast.enums import AgentState
from ctios_fast.model.arguments import Arguments
from ctios_fast.model.coercion import boolean
from ctios_fast.model.context import Buttons, Context
from ctios_fast.model.cti_object import Property
from ctios_fast.model.method_only import method_only
from ctios_fast.model.request_rows import RequestingObject
from ctios_fast.protocol.codes import CTI_SERVICE_SUPERVISOR

from .agent_groups import AgentGroup, names_all
from .desk_facts import NO_FACTS, DeskFacts, call_mode, incomplete_remote_login, remote_number

__all__ = ["DESK_PROPERTIES", "DeskProperties", "device_abilities", "state_in_group"]

#: Properties of an agent that this module adds.
DESK_PROPERTIES: Final = (
    Property(kw.CTIOS_ISSUPERVISOR, "supervisor", boolean),
    Property(kw.CTIOS_REMOTELOGIN, "remote_login", boolean),
    Property(kw.CTIOS_AGENTREMOTENUMBER, "agent_remote_number", remote_number),
    Property(kw.CTIOS_AGENTCALLMODE, "agent_call_mode", call_mode),
    Property(kw.CTIOS_DESKSETTINGSMASK, "desk_settings_mask"),
    Property(kw.CTIOS_NOTREADYREASONREQUIRED, "not_ready_reason_required"),
    Property(kw.CTIOS_LOGOUTREASONREQUIRED, "logout_reason_required"),
    Property(kw.CTIOS_WRAPUPOKENABLED, "wrapup_ok_enabled"),
    Property(kw.CTIOS_INCOMINGOROUTGOING, "incoming_or_outgoing"),
    Property(kw.CTIOS_ENABLEMENTMASK, "enablement_mask"),
    Property(kw.CTIOS_PERIPHERALTYPE, "peripheral_type"),
    Property(kw.CTIOS_AGENTMODE, "agent_mode"),
    Property(kw.CTIOS_AGENTAVAILABILITYSTATUS, "agent_availability_status"),
)


class DeskProperties(RequestingObject):
    """The properties of an Agent that describe its desk, and CTI OS's methods that ask for them."""

    __slots__ = ("_facts",)

    agent_id: str
    agent_instrument: str | None
    agent_extension: str | None
    state: AgentState | int | None

    def __init__(self) -> None:
        super().__init__()
        #: What is known of the desk; None for most agents, which saves memory.
        self._facts: DeskFacts | None = None

    @method_only
    def is_agent(self) -> bool:
        """Whether the session is in agent mode for this agent, who is not a supervisor."""
        return self._is_current() and not self.is_supervisor()

    @method_only
    def is_supervisor(self) -> bool:
        """Whether the session is in agent mode for this agent, who is a supervisor.

        The server grants the Supervisor service to agents only that are configured as supervisors.
        """
        context = self._context
        return self._is_current() and bool(context and context.services_granted & CTI_SERVICE_SUPERVISOR)

    def get_agent_state(self) -> AgentState | int | None:
        """CTI OS's name of ``state``; ``query_agent_state`` asks the server."""
        return self.state

    @property
    def _is_foreign(self) -> bool:
        # Whether the session is in agent mode for another agent, so that it does not control this one.
        context = self._context
        return context is not None and context.current_agent is not None and context.current_agent is not self

    def _is_current(self) -> bool:
        return self._context is not None and self._context.current_agent is self

    @property
    def desk_settings_mask(self) -> int | None:
        """DeskSettingsMask, None as long as ``request_desk_settings`` was not answered."""
        return (self._facts or NO_FACTS).mask

    @property
    def _device_abilities(self) -> tuple[int, int] | None:
        # TransferConferenceSetup and CallControlSupported of the agent's device, None as long as
        # ``query_device_info`` was not answered for it.
        device = (self._facts or NO_FACTS).device
        return None if device is None else (device["TransferConferenceSetup"], device["CallControlSupported"])

    @property
    def skill_target_id(self) -> int | None:
        """ICMAgentID, the id in the whole system. None for other agents than that of agent mode."""
        return (self._facts or NO_FACTS).skill_target_id

    @property
    def not_ready_reason_required(self) -> bool | None:
        """Whether the desk settings require a reason for NOT_READY, None as long as they are not known."""
        return (self._facts or NO_FACTS).needs_not_ready_reason

    @property
    def logout_reason_required(self) -> bool | None:
        """Whether the desk settings require a reason for LOGOUT, None as long as they are not known."""
        return (self._facts or NO_FACTS).needs_logout_reason

    @property
    def wrapup_ok_enabled(self) -> bool | None:
        """Whether wrap-up data are required after an incoming call, None as long as it is not known."""
        return (self._facts or NO_FACTS).needs_wrapup_data

    @property
    def incoming_or_outgoing(self) -> int:
        """Whether the last call of the agent of agent mode came in (1) or went out (2); 0 if it is not known.

        State events name the direction from version 16 on.
        """
        return (self._facts or NO_FACTS).incoming_or_outgoing

    @property
    def peripheral_type(self) -> int | None:
        """PeripheralType of the agent of agent mode, None as long as it is not known."""
        return (self._facts or NO_FACTS).peripheral_type

    @property
    def agent_mode(self) -> int | None:
        """AgentMode of the agent of agent mode, None as long as it is not known. See ``is_routable``."""
        return (self._facts or NO_FACTS).agent_mode

    @property
    def agent_availability_status(self) -> int | None:
        """AgentAvailabilityStatus of the agent of agent mode, None as long as it is not known."""
        return (self._facts or NO_FACTS).availability_status

    @property
    def is_routable(self) -> bool | None:
        """Whether tasks are routed to the agent of agent mode, None as long as it is not known.

        AgentMode 1 says so from version 20 on; before, 0 does.
        """
        context = self._context
        return None if context is None else (self._facts or NO_FACTS).is_routable(context.codec.version)

    @property
    def _skill_groups_by_number(self) -> Mapping[int, AgentGroup] | None:
        # The skill groups of an agent in a session that does not hear all agents, with its state in each.
        # None until a message has named all of them.
        if self._facts is None or self._context is None:
            return None
        return self._facts.groups.by_number(self._context.codec)

    def _state_in_group(self, skill_group_number: int) -> AgentState | int | None:
        # The state of the agent of agent mode in a skill group, None if it is not known.
        group = (self._skill_groups_by_number or {}).get(skill_group_number)
        return None if group is None else group.state

    @property
    def _buttons(self) -> Buttons | None:
        # What computes and reports the agent's buttons; None for any other agent than that of agent mode.
        return self._context.buttons if self._context is not None and self._is_current() else None

    @property
    def enablement_mask(self) -> int | None:
        """EnablementMask as it is now; None for any other agent than that of agent mode."""
        return None if self._buttons is None else self._buttons.mask()

    @property
    def supervisor(self) -> bool:
        """Whether the agent is a supervisor.

        While the agent's session is open it is what the server granted, otherwise what the program wants.
        ``set_agent`` opens a supervisor's session where the program wants one.
        """
        if self._is_current() and self._context is not None and self._context.services_granted:
            return self.is_supervisor()
        return (self._facts or NO_FACTS).is_supervisor

    @supervisor.setter
    def supervisor(self, is_supervisor: bool) -> None:
        given = boolean("supervisor", is_supervisor)
        if given is not (self._facts or NO_FACTS).is_supervisor:
            self._known_facts().is_supervisor = given

    @property
    def remote_login(self) -> bool:
        """Whether logins are those of a mobile agent: they name its telephone."""
        return (self._facts or NO_FACTS).is_remote

    @remote_login.setter
    def remote_login(self, is_remote: bool) -> None:
        self._known_facts().is_remote = boolean("remote_login", is_remote)

    @property
    def agent_remote_number(self) -> str | None:
        """The number of a mobile agent's telephone. Setting it raises ``MethodError`` for an unusable one."""
        return (self._facts or NO_FACTS).remote_number

    @agent_remote_number.setter
    def agent_remote_number(self, number: str | None) -> None:
        self._known_facts().remote_number = remote_number("agent_remote_number", number)

    @property
    def agent_call_mode(self) -> int | None:
        """How a mobile agent is called, an AgentCallMode. Setting it raises ``MethodError`` for others."""
        return (self._facts or NO_FACTS).call_mode

    @agent_call_mode.setter
    def agent_call_mode(self, mode: int | None) -> None:
        self._known_facts().call_mode = call_mode("agent_call_mode", mode)

    def _check_remote_login(self, given: Arguments) -> None:
        # Before anything of ``given`` is set: whether a login with it has all that a mobile agent needs.
        values = {row.attribute: getattr(self, row.attribute) for row in DESK_PROPERTIES if row.coerce}
        for row in DESK_PROPERTIES:
            if row.coerce is not None and row.keyword in given:
                values[row.attribute] = row.coerce(row.keyword, given[row.keyword])
        if values["remote_login"] and not (values["agent_remote_number"] and values["agent_call_mode"]):
            raise incomplete_remote_login()

    def _forget(self) -> None:
        super()._forget()
        if self._facts is not None:
            self._facts.forget()

    def _take_desk(self, message: Message) -> None:
        # A message about the state of the agent of agent mode.
        facts = self._known_facts()
        facts.take_state(message)
        if self._context is not None:
            facts.groups.take(message, self._context.codec)

    def _take_groups(self, context: Context, message: Message) -> None:
        # A message about the state of another agent. Where the session hears all agents, their groups would
        # take too much memory.
        if not context.hears_all and (self._facts is not None or names_all(message)):
            self._known_facts().groups.take(message, context.codec)

    def _group_ids(self) -> dict[int, int] | None:
        # SkillGroupID of each skill group of the agent, None as long as no message has named all of them.
        groups = self._skill_groups_by_number
        return None if groups is None else {number: group.group_id for number, group in groups.items()}

    def _known_facts(self) -> DeskFacts:
        if self._facts is None:
            self._facts = DeskFacts()
        return self._facts


def device_abilities(agent: DeskProperties) -> tuple[int, int] | None:
    """TransferConferenceSetup and CallControlSupported of the agent's device, None if they are not known."""
    return agent._device_abilities  # noqa: SLF001 - a class of this module


#: The state of an agent in a skill group, by the group's number.
state_in_group: Final = DeskProperties._state_in_group  # noqa: SLF001 - a class of this module
