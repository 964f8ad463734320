"""AgentTeam: what programs see of a team of agents."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from ctios_fast.enums import AgentFlags

from .team_table import Team

__all__ = ["AgentTeam", "agent_team"]

_SUPERVISORS: Final = (AgentFlags.PRIMARY_SUPERVISOR | AgentFlags.SUPERVISOR).value


class AgentTeam(NamedTuple):
    """A team of agents as it is known at the moment of the look-up.

    - ``team_id``: TeamID.
    - ``name``: AgentTeamName, None as long as no message named it.
    - ``members``: AgentFlags of each member by AgentID, read-only. 1: the primary supervisor; 2: a temporary
      agent; 4: a supervisor; 0: another agent.
    - ``primary_supervisor``: AgentID of the primary supervisor, None as long as no message named one.
    """

    team_id: int
    name: str | None
    members: Mapping[str, int]
    primary_supervisor: str | None

    @property
    def supervisors(self) -> tuple[str, ...]:
        """AgentIDs of the members who are supervisors of the team, the primary one included."""
        return tuple(agent_id for agent_id, flags in self.members.items() if flags & _SUPERVISORS)


def agent_team(team: Team) -> AgentTeam:
    """What is known of a team now."""
    members = MappingProxyType(dict(team.members))
    return AgentTeam(team.team_id, team.name, members, team.primary_supervisor)
