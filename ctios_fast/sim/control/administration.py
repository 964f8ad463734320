"""The commands that change the configuration of a running contact centre: agents, groups, services, teams."""

from collections.abc import Iterable
from typing import Final

from ctios_fast.sim.plant import Plant, PlantAgent, UnknownAgent

from .command_error import CommandError, refusals

__all__ = ["Administration"]


class Administration:
    """Commands that change the configuration.

    Sessions that have requested configuration get an update. Supervisors get the changes of their teams. A
    method raises CommandError for a name that is unknown, in use or too long, and for what calls in progress
    do not permit. Then nothing has changed.
    """

    def __init__(self, plant: Plant) -> None:
        self.plant: Final = plant

    # --- agents -------------------------------------------------------------------------------------

    def add_agent(
        self,
        agent: str,
        extension: str,
        first_name: str = "",
        last_name: str = "",
        login_name: str = "",
        groups: Iterable[int] = (),
    ) -> None:
        """Add an agent, logged out.

        ``extension``: of its telephone, which is new too; its instrument is the same.
        ``groups``: numbers of its skill groups.
        """
        with refusals():
            self.plant.add_agent(
                agent,
                extension,
                first_name=first_name,
                last_name=last_name,
                login_name=login_name,
                groups=groups,
            )

    def remove_agent(self, agent: str) -> None:
        """Remove an agent that is logged out, with its telephone. Its open session fails."""
        with refusals():
            self.plant.remove_agent(self._agent(agent))

    def rename_agent(
        self,
        agent: str,
        first_name: str | None = None,
        last_name: str | None = None,
        login_name: str | None = None,
    ) -> None:
        """Change names of an agent; None leaves a name as it is."""
        with refusals():
            self.plant.rename_agent(
                self._agent(agent), first_name=first_name, last_name=last_name, login_name=login_name
            )

    # --- skill groups -------------------------------------------------------------------------------

    def add_group(self, group: int, name: str, queue: str = "") -> None:
        """Add a skill group without agents.

        ``queue``: the number of a queue for it, also new.
        """
        with refusals():
            self.plant.add_skill_group(group, name, queue=queue)

    def remove_group(self, group: int) -> None:
        """Remove a skill group and its queues. Its agents leave it."""
        with refusals():
            self.plant.remove_skill_group(group)

    def rename_group(self, group: int, name: str) -> None:
        """Change the name of a skill group."""
        with refusals():
            self.plant.rename_skill_group(group, name)

    def join_group(self, agent: str, group: int) -> None:
        """Put an agent without a call into a skill group."""
        with refusals():
            self.plant.join_group(self._agent(agent), group)

    def leave_group(self, agent: str, group: int) -> None:
        """Take an agent without a call out of a skill group."""
        with refusals():
            self.plant.leave_group(self._agent(agent), group)

    # --- services and devices -------------------------------------------------------------------------

    def add_service(self, service: int, name: str, groups: Iterable[int] = ()) -> None:
        """Add a service.

        ``groups``: numbers of its skill groups.
        """
        with refusals():
            self.plant.add_service(service, name, groups=groups)

    def remove_service(self, service: int) -> None:
        """Remove a service."""
        with refusals():
            self.plant.remove_service(service)

    def add_device(self, device: str) -> None:
        """Add a route point."""
        with refusals():
            self.plant.add_device(device)

    def remove_device(self, device: str) -> None:
        """Remove a device that belongs neither to an agent nor to a skill group."""
        with refusals():
            self.plant.remove_device(device)

    # --- teams --------------------------------------------------------------------------------------

    def add_team(self, team: int, name: str) -> None:
        """Add a team without members."""
        with refusals():
            self.plant.add_team(team, name)

    def join_team(self, team: int, agent: str, supervisor: bool = False, temporary: bool = False) -> None:
        """Put an agent into a team.

        ``supervisor``: as a supervisor.
        ``temporary``: until ``restore_team``.
        """
        with refusals():
            self.plant.join_team(team, self._agent(agent), supervisor=supervisor, temporary=temporary)

    def leave_team(self, team: int, agent: str) -> None:
        """Take an agent or a supervisor out of a team."""
        with refusals():
            self.plant.leave_team(team, self._agent(agent))

    def restore_team(self, team: int) -> None:
        """Remove the temporary members of a team and report its permanent list."""
        with refusals():
            self.plant.restore_team(team)

    def _agent(self, agent_id: str) -> PlantAgent:
        try:
            return self.plant.find_agent(agent_id=agent_id)
        except UnknownAgent:
            raise CommandError(f"there is no agent with the id {agent_id!r}") from None
