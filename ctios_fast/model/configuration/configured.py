"""What agents and skill groups show of the configuration. Nothing is copied: a look-up reads the record."""

from typing import Final

from ctios_fast import keywords as kw
from ctios_fast.model.context import Context
from ctios_fast.model.property_object import Property

from .records import AgentRecord, SkillGroupRecord

__all__ = ["CONFIGURED_AGENT_PROPERTIES", "CONFIGURED_GROUP_PROPERTIES", "ConfiguredAgent", "ConfiguredGroup"]

#: Properties of an agent that this module adds.
CONFIGURED_AGENT_PROPERTIES: Final = (
    Property(kw.CTIOS_AGENTFIRSTNAME, "first_name"),
    Property(kw.CTIOS_AGENTLASTNAME, "last_name"),
    Property(kw.CTIOS_LOGINNAME, "login_name"),
)

#: Properties of a skill group that this module adds.
CONFIGURED_GROUP_PROPERTIES: Final = (Property(kw.CTIOS_SKILLGROUPNAME, "name"),)


class ConfiguredAgent:
    """The names of an agent. They are None as long as the configuration has no record of the agent."""

    __slots__ = ()

    _context: Context | None
    agent_id: str

    @property
    def configured(self) -> AgentRecord | None:
        """The agent's record in the session's configuration."""
        return None if self._context is None else self._context.configuration.agents.get(self.agent_id)

    @property
    def name(self) -> str | None:
        """First and last name."""
        record = self.configured
        return None if record is None else record.name

    @property
    def first_name(self) -> str | None:
        """First name."""
        record = self.configured
        return None if record is None else record.first_name

    @property
    def last_name(self) -> str | None:
        """Last name."""
        record = self.configured
        return None if record is None else record.last_name

    @property
    def login_name(self) -> str | None:
        """The name that the agent may log in with. CTI Servers of versions below 20 cut it to 32 bytes."""
        record = self.configured
        return None if record is None else record.login_name


class ConfiguredGroup:
    """The name of a skill group. It is None as long as the configuration has no record of the group."""

    __slots__ = ()

    _context: Context | None
    skill_group_number: int

    @property
    def configured(self) -> SkillGroupRecord | None:
        """The group's record in the session's configuration."""
        if self._context is None:
            return None
        return self._context.configuration.skill_groups.get(self.skill_group_number)

    @property
    def name(self) -> str | None:
        """The group's name."""
        record = self.configured
        return None if record is None else record.name
