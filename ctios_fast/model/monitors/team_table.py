"""Team: the members of one team of agents, as the messages about it list them.

A list of the whole team comes in messages of at most 64 members, and no field says which one is the last. So
a full message leaves the list open: the next one continues it, unless it names a member again. Members that
a list does not name have left the team when the list ends.

A server may list teams with messages that only add members. After a lost connection such messages are a list
too: the team is ``is_stale`` until its list has ended. ``TeamLists`` decides when a list ends.
"""

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from ctios_fast import keywords as kw
from ctios_fast.enums import AgentFlags
from ctios_fast.model.arguments import Arguments, arguments_over

from .monitor_table import Monitors

__all__ = [
    "MAX_MEMBERSHIPS",
    "MAX_PART",
    "TEAM_MEMBERS_REFUSED",
    "LifeOfTeams",
    "Listed",
    "Team",
    "listed_members",
]

#: Members that one message lists, at most.
MAX_PART: Final = 64
#: Members of all teams of a session together. An agent of several teams counts in each.
MAX_MEMBERSHIPS: Final = 1_000_000
_PRIMARY_SUPERVISOR: Final = AgentFlags.PRIMARY_SUPERVISOR.value
#: Counter of the session: members that were not taken in, since there were too many.
TEAM_MEMBERS_REFUSED: Final = "team_members_refused"


class Listed(NamedTuple):
    """What a message says of one member.

    - ``flags``: AgentFlags: 1 primary supervisor, 2 temporary agent, 4 supervisor, 0 for other agents.
    - ``state``: AgentState, None if the message lacks it.
    - ``duration``: seconds in that state, None likewise.
    """

    agent_id: str
    flags: int
    state: int | None
    duration: int | None


class Team:
    """One team of agents.

    - ``team_id``: TeamID.
    - ``name``: AgentTeamName, None as long as no message named it.
    - ``members``: AgentFlags of each member by AgentID. Read-only.
    - ``is_stale``: whether changes may have been missed, since the connection was lost.
    """

    __slots__ = (
        "_flags",
        "_given",
        "_goes_on",
        "_list",
        "_monitors",
        "_primary",
        "is_stale",
        "members",
        "name",
        "peripheral_id",
        "reported",
        "team_id",
        "watchers",
    )

    def __init__(self, team_id: int, peripheral_id: int, monitors: Monitors) -> None:
        self.team_id = team_id
        self.peripheral_id: int | None = peripheral_id
        self.name: str | None = None
        #: The Agents of the supervisors who monitor the team. They may be of sessions that this one serves as
        #: the companion.
        self.watchers: set[Any] = set()
        #: How many requests for the list of teams had been sent when each member was last reported.
        self.reported: dict[str, int] = {}
        self._monitors = monitors
        self._flags: dict[str, int] = {}
        self.members: Mapping[str, int] = MappingProxyType(self._flags)
        #: AgentID of the primary supervisor, None without one.
        self._primary: str | None = None
        self.is_stale = False
        #: AgentIDs of members that only the program has named. They stay though a list lacks them.
        self._given: set[str] = set()
        #: The members that an open list has named, None without one.
        self._list: set[str] | None = None
        #: Whether the last message of the open list was full, so that another one may continue it.
        self._goes_on = False

    def __repr__(self) -> str:
        return f"<Team {self.team_id} of peripheral {self.peripheral_id}, {len(self._flags)} members>"

    @property
    def unique_object_id(self) -> str:
        """``team.<PeripheralID>.<TeamID>``."""
        return f"team.{self.peripheral_id}.{self.team_id}"

    @property
    def primary_supervisor(self) -> str | None:
        """AgentID of the primary supervisor, None as long as no message named one."""
        return self._primary

    def get_all_properties(self) -> Arguments:
        """What is known of the team, by keyword; Members has the AgentFlags of each member by AgentID."""
        known: dict[str, Any] = {
            kw.CTIOS_UNIQUEOBJECTID: self.unique_object_id,
            kw.CTIOS_PERIPHERALID: self.peripheral_id,
            kw.CTIOS_TEAMID: self.team_id,
            "Members": arguments_over(dict(self._flags)),
        }
        if self.name is not None:
            known["AgentTeamName"] = self.name
        return arguments_over(known)

    # --- Members ------------------------------------------------------------------------------------

    def give(self, agent_id: str) -> None:
        """Take in a member that the program names."""
        if agent_id not in self._flags:
            self.add(agent_id, 0)
            self._given.add(agent_id)

    def add(self, agent_id: str, flags: int) -> bool:
        """Take in a member that the server names. Returns whether it is new or its flags have changed."""
        monitors = self._monitors
        self._given.discard(agent_id)
        before = self._flags.get(agent_id)
        if before is None:
            if monitors.memberships >= MAX_MEMBERSHIPS:
                monitors.counts[TEAM_MEMBERS_REFUSED] += 1
                return False
            monitors.memberships += 1
            if self.watchers:
                monitors.watch(agent_id)
        self._flags[agent_id] = flags
        if flags & _PRIMARY_SUPERVISOR:
            self._primary = agent_id
        elif self._primary == agent_id:
            self._primary = None
        return before != flags

    def remove(self, agent_id: str) -> bool:
        """Remove a member. Returns whether it was one."""
        if self._flags.pop(agent_id, None) is None:
            return False
        self.reported.pop(agent_id, None)
        self._given.discard(agent_id)
        if self._primary == agent_id:
            self._primary = None
        self._monitors.memberships -= 1
        if self.watchers:
            self._monitors.unwatch(agent_id)
        return True

    def watch(self, supervisor: Any) -> None:
        """A supervisor monitors the agents of the team, those of later messages included."""
        if not self.watchers:
            for agent_id in self._flags:
                self._monitors.watch(agent_id)
        self.watchers.add(supervisor)

    def unwatch(self, supervisor: Any) -> None:
        """The supervisor no longer monitors them."""
        if supervisor in self.watchers:
            self.watchers.remove(supervisor)
            if not self.watchers:
                for agent_id in self._flags:
                    self._monitors.unwatch(agent_id)

    # --- Lists --------------------------------------------------------------------------------------

    @property
    def is_listed(self) -> bool:
        """Whether a list of the team is open."""
        return self._list is not None

    @property
    def goes_on(self) -> bool:
        """Whether the last message of the open list was full, so that another one may continue it."""
        return self._goes_on

    def take_part(self, agent_ids: Iterable[str], *, is_full: bool, is_whole: bool) -> None:
        """A message is a part of a list.

        - ``agent_ids``: the members that it names.
        - ``is_full``: whether it has as many members as a message can have.
        - ``is_whole``: whether it begins another list unless it continues the open one. A message that only
          adds members always continues it.
        """
        named = set(agent_ids)
        so_far = self._list
        if so_far is None or (is_whole and not (self._goes_on and so_far.isdisjoint(named))):
            so_far = self._list = set()
        so_far |= named
        self._goes_on = is_full

    def end_list(self) -> list[str]:
        """The open list is complete. Returns the members that have left the team."""
        named = self._list
        self.abandon_list()
        if named is None:
            return []
        return [each for each in self._flags if each not in named and each not in self._given]

    def abandon_list(self) -> None:
        """The open list is not reliable, or is over: its end removes nobody."""
        self._list = None
        self.is_stale = self._goes_on = False

    def exclude(self, agent_ids: Iterable[str]) -> None:
        """Members have left the team since the open list named them."""
        if self._list is not None:
            self._list.difference_update(agent_ids)

    def former_members(self) -> list[str]:
        """The members of a team that no longer exists: all that the server has named."""
        return [each for each in self._flags if each not in self._given]

    # --- What the registry calls --------------------------------------------------------------------

    def leave(self) -> None:
        """Belong to no session from now on."""
        for supervisor in list(self.watchers):
            self.unwatch(supervisor)
        self.abandon_list()
        self._monitors.memberships -= len(self._flags)
        self._flags.clear()
        self._given.clear()
        self.reported.clear()

    def connection_lost(self) -> None:
        """The connection is gone; the server lists the team again over the next one."""
        self.abandon_list()
        self.is_stale = True


class LifeOfTeams:
    """What happens to teams."""

    def leave(self, each: Team) -> None:
        """The team belongs to no session from now on."""
        each.leave()

    def connection_lost(self, each: Team, reason: str) -> None:
        """The connection is gone."""
        each.connection_lost()

    def doubt(self, each: Team) -> None:
        """Changes of the team may have been missed. The server does not list it again meanwhile."""

    def forget(self, each: Team) -> None:
        """The mode that ended has dropped the team."""


def listed_members(floating: Iterable[tuple[str, Any]]) -> Iterator[Listed]:
    """The members that a message names, in order. What a member's part lacks is not taken from another's.

    - ``floating``: the floating fields of an AGENT_TEAM_CONFIG_EVENT, by the reference's names.
    """
    agent_id: str | None = None
    known: dict[str, Any] = {}
    for name, value in floating:
        if name == "AtcAgentID":
            if agent_id:
                yield _member(agent_id, known)
            agent_id, known = (value if isinstance(value, str) else None), {}
        else:
            known[name] = value
    if agent_id:
        yield _member(agent_id, known)


def _member(agent_id: str, known: Mapping[str, Any]) -> Listed:
    flags, state, duration = (
        value if isinstance(value := known.get(name), int) else None
        for name in ("AgentFlags", "AtcAgentState", "AtcStateDuration")
    )
    return Listed(agent_id, flags or 0, state, duration)
