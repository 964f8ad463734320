"""The statistics of an Agent and of its skill groups. ``Agent`` inherits it."""

from abc import abstractmethod
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final

from ctios_fast import keywords as kw
from ctios_fast.connection.request_book import Request
from ctios_fast.core import Message
from ctios_fast.enums import AgentState, CilCode
from ctios_fast.errors import Refused
from ctios_fast.model.arguments import Arguments, arguments_over
from ctios_fast.model.coercion import boolean, optional_seconds, refuse
from ctios_fast.model.cti_object import Property
from ctios_fast.model.object_request import ObjectRequest
from ctios_fast.model.registry import Table
from ctios_fast.model.statistics.agent_poll import AgentPoll
from ctios_fast.model.statistics.group_arguments import agents_choice, received_groups
from ctios_fast.model.statistics.group_wish import GroupWish
from ctios_fast.model.statistics.poller import DEFAULT_INTERVAL, Poll
from ctios_fast.model.statistics.session_polls import SessionPolls, enabling_polls, session_polls
from ctios_fast.model.statistics.statistics_view import Statistics
from ctios_fast.protocol.codes import ALL_SKILL_GROUPS_MRD

from .agent_groups import group_numbers, names_all
from .desk_properties import DeskProperties

if TYPE_CHECKING:
    from ctios_fast.messages import QueryAgentStatisticsConf

__all__ = ["STATISTICS_PROPERTIES", "AgentsWithStatistics", "StatisticsOfAgent"]

#: Properties of an agent that this module adds.
STATISTICS_PROPERTIES: Final = (Property(kw.CTIOS_STATISTICS, "statistics_arguments"),)


class _PollOfAgent(AgentPoll):
    """The polling of one Agent."""

    __slots__ = ()

    _agent: "StatisticsOfAgent"

    def send(self, poll: Poll) -> None:
        """Send the query for the agent's statistics."""
        self._agent._send_statistics_query(poll)  # noqa: SLF001 - a class of this module

    def _take_in(self, message: Message) -> None:
        self._agent._apply_statistics(message)  # noqa: SLF001 - a class of this module

    def _report(self, error: Refused) -> None:
        self._agent._refuse_statistics(error)  # noqa: SLF001 - a class of this module


class _WishOfAgent(GroupWish):
    """The skill groups that one Agent has enabled."""

    __slots__ = ()

    _agent: "StatisticsOfAgent"

    def send(self, poll: Poll) -> None:
        """Send the query for the agent's state."""
        self._agent._send_state_query(poll)  # noqa: SLF001 - a class of this module

    def _take_in(self, message: Message) -> None:
        self._agent._apply_answer(message)  # noqa: SLF001 - a class of this module

    def _report(self, error: Refused) -> None:
        self._agent._refuse_statistics(error)  # noqa: SLF001 - a class of this module


class AgentsWithStatistics:
    """The agents of a session, for what polls their statistics."""

    def __init__(self, agents: "Table[StatisticsOfAgent]") -> None:
        self._agents = agents

    def call_ended(self, agent: Any) -> None:
        """A call of the agent has ended."""
        agent._note_call_end()  # noqa: SLF001 - a class of this module

    def monitoring_changed(self, agent_id: str) -> None:
        """Other monitors than before report the agent of that AgentID."""
        agent = self._agents.get(agent_id)
        if agent is not None and not agent.is_doubtful:  # otherwise the answer about its state follows
            agent._state_heard(None)  # noqa: SLF001 - a class of this module

    def end_statistics(self) -> None:
        """The mode is over: no agent's statistics are enabled any more."""
        for agent in self._agents:
            agent._end_statistics()  # noqa: SLF001 - a class of this module


class _Kept:
    """What is kept of an agent's statistics."""

    __slots__ = ("at_call_end", "groups", "last", "poll")

    def __init__(self) -> None:
        #: Polls the agent's statistics, None as long as they are not enabled.
        self.poll: AgentPoll | None = None
        #: Whether it asks after the agent's calls.
        self.at_call_end = False
        #: The skill groups that the agent has enabled, None without one.
        self.groups: GroupWish | None = None
        #: The last statistics, None until they arrived.
        self.last: Statistics | None = None


class StatisticsOfAgent(DeskProperties):
    """The methods of an Agent about statistics.

    Statistics are asked for while the agent is logged in and the session hears its states: when they are
    enabled, or at the login if that comes later, and then at an interval. They end with the session's
    mode: after the next ``connect`` the program enables them again. A fail-over does not end them.
    """

    __slots__ = ("_auto_login", "_is_followed", "_kept")

    state: AgentState | int | None

    def __init__(self) -> None:
        super().__init__()
        self._auto_login = False
        #: Whether a change of state needs more than taking the state in: for auto login or statistics. One
        #: flag for both keeps the path of every other event short.
        self._is_followed = False
        #: What is kept of statistics; None for most agents, which saves memory.
        self._kept: _Kept | None = None

    @property
    @abstractmethod
    def is_logged_in(self) -> bool:
        """Whether the last event or answer about the agent says that it is logged in."""

    @property
    @abstractmethod
    def is_doubtful(self) -> bool:
        """Whether events may have been missed since ``state`` was heard of, so that it may be stale."""

    @property
    def is_heard(self) -> bool:
        """Whether the session hears of every change of the agent's state.

        It hears of its own agent, of all agents in bulk mode and monitor mode, and otherwise of those that it
        monitors, by a team or by themselves.
        """
        context = self._context
        return context is not None and context.hears(self)

    @property
    def auto_login(self) -> bool:
        """Whether the library logs the agent in again after a forced logout."""
        return self._auto_login

    @auto_login.setter
    def auto_login(self, is_on: bool) -> None:
        self._auto_login = is_on
        self._follow_or_not()

    def _follow_or_not(self) -> None:
        kept = self._kept
        self._is_followed = self._auto_login or (
            kept is not None and (kept.poll is not None or kept.groups is not None)
        )

    # --- The agent's own statistics -----------------------------------------------------------------

    @property
    def statistics(self) -> Statistics | None:
        """The agent's last statistics, None until they arrived."""
        return None if self._kept is None else self._kept.last

    @property
    def statistics_arguments(self) -> Arguments | None:
        """The last statistics as Arguments, None until they arrived. An unknown figure is 4294967295."""
        return None if self.statistics is None else self.statistics.arguments()

    def enable_agent_statistics(
        self,
        args: Mapping[str, object] | None = None,
        *,
        interval: float | None = DEFAULT_INTERVAL,
        at_call_end: bool = True,
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
        del args
        polls = self._polls_while_heard("enable_agent_statistics()")
        seconds = optional_seconds("interval", interval)
        is_after_calls = boolean("at_call_end", at_call_end)
        kept = self._keep_statistics()
        self._end_own(kept)
        kept.at_call_end = is_after_calls
        kept.poll = _PollOfAgent(self, polls.poller, seconds)
        polls.begin_agent_poll(kept.poll, at_call_end=is_after_calls)
        self._follow_or_not()

    def disable_agent_statistics(self, args: Mapping[str, object] | None = None) -> None:
        """Stop asking for the agent's statistics.

        ``args``: not used, as in CTI OS. An answer that is still to come is ignored, and counted
        (``statistics_ignored``). The last statistics stay.
        """
        del args
        self._require_context().require_thread()
        if self._kept is not None:
            self._end_own(self._kept)
            self._follow_or_not()

    def query_agent_statistics(self, *, timeout: float | None = None) -> "Request[QueryAgentStatisticsConf]":
        """Ask for the agent's statistics once; ``OnAgentStatistics`` reports them.

        ``timeout``: seconds, the session's ``request_timeout`` unless given. The answer is the message.

        Fails with ``RequestRefused``, ``ControlFailure``, ``RequestTimeout``, ``ConnectionLost`` or
        ``MethodError``. Each query is work for the peripheral: ask rarely.
        """
        timeout = optional_seconds("timeout", timeout)
        query: ObjectRequest[QueryAgentStatisticsConf] = ObjectRequest(
            AgentPoll.message, self._apply_statistics, self._fire_refusal
        )
        self._send_statistics_query(query, timeout)
        return query

    # --- Skill groups -------------------------------------------------------------------------------

    def enable_skill_group_statistics(
        self, args: Mapping[str, object] | None = None, *, interval: float | None = DEFAULT_INTERVAL
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
        args = received_groups("enable_skill_group_statistics", args, is_of_agent=True)
        polls = self._polls_while_heard("enable_skill_group_statistics()")
        chosen = agents_choice(args)
        seconds = optional_seconds("interval", interval)
        kept = self._keep_statistics()
        if kept.groups is None:
            kept.groups = _WishOfAgent(self, polls.poller, polls.groups)
        kept.groups.enable(chosen, seconds, self._skill_groups_by_number)
        self._follow_or_not()

    def disable_skill_group_statistics(self, args: Mapping[str, object] | None = None) -> None:
        """Stop asking for the statistics of skill groups, as far as this agent has enabled them.

        ``args``: None or empty for all of them; otherwise as in ``enable_skill_group_statistics``. An answer
        that is still to come is ignored, and counted (``statistics_ignored``).

        Raises ``MethodError`` for arguments that cannot be used.
        """
        args = received_groups("disable_skill_group_statistics", args, is_of_agent=True)
        chosen = agents_choice(args)
        self._require_context().require_thread()
        kept = self._kept
        if kept is not None and kept.groups is not None:
            kept.groups.disable(chosen)
            if kept.groups.is_empty:
                kept.groups = None
            self._follow_or_not()

    def _other_property(self, keyword: str) -> tuple[str, Any] | None:
        return {name.lower(): (name, group) for name, group in self._group_properties().items()}.get(keyword)

    def _other_properties(self) -> dict[str, Any]:
        return self._group_properties()

    def _group_properties(self) -> dict[str, Any]:
        groups = (self._skill_groups_by_number or {}).values()
        return {f"SkillGroup[{index}]": group.arguments() for index, group in enumerate(groups, 1)}

    def get_skill_groups(self) -> Arguments:
        """The SkillGroups that the agent belongs to, by UniqueObjectID.

        They are known while ``enable_skill_group_statistics()`` is in force for them, as in CTI OS; otherwise
        the Arguments are empty.
        """
        kept = self._kept
        groups: Iterable[Any] = () if kept is None or kept.groups is None else kept.groups.own
        return arguments_over({each.unique_object_id: each for each in groups})

    # --- What happens to the agent ------------------------------------------------------------------

    def _note_call_end(self) -> None:
        kept = self._kept
        if kept is not None and kept.poll is not None and kept.at_call_end:
            kept.poll.call_ended()

    def _state_heard(self, message: Message | None) -> None:
        # The state of an agent with statistics was heard of; ``message`` has it, None if a repair found it.
        kept = self._kept
        if kept is None:
            return
        if kept.groups is not None:
            if message is not None:
                kept.groups.name_own(group_numbers(message), is_complete=names_all(message))
            kept.groups.update()
        if kept.poll is not None:
            kept.poll.state_changed()

    def _polls_while_heard(self, what: str) -> SessionPolls:
        # What polls the session's statistics. Raises where the agent's logout would not end the polling.
        context = self._require_context()
        polls = enabling_polls(context)
        if not self.is_heard:
            raise refuse(
                f"{what} of agent {self.agent_id}: the session does not hear its states, so that its logout "
                "would not end the queries; monitor its team first (start_monitoring_all_agent_teams()) or "
                "the agent (start_monitoring_agent()), or use the agent of a session in bulk mode",
                CilCode.E_CTIOS_MODE_CONFLICT,
            )
        return polls

    def _end_own(self, kept: _Kept) -> None:
        if kept.poll is not None:
            session_polls(self._require_context()).end_agent_poll(kept.poll, at_call_end=kept.at_call_end)
            kept.poll = None

    def _end_statistics(self) -> None:
        kept = self._kept
        if kept is not None:
            self._end_own(kept)
            if kept.groups is not None:
                kept.groups.end()
                kept.groups = None
            self._follow_or_not()

    def _keep_statistics(self) -> _Kept:
        if self._kept is None:
            self._kept = _Kept()
        return self._kept

    def _forget(self) -> None:
        self._kept = None
        super()._forget()

    def _leave(self) -> None:
        if self._context is not None:
            self._end_statistics()
        super()._leave()

    # --- Queries ------------------------------------------------------------------------------------

    def _send_statistics_query(self, query: Request[Any], timeout: float | None = None) -> None:
        context = self._require_context()
        context.send(
            query,
            context.messages.QueryAgentStatisticsReq,
            timeout,
            peripheral_id=self._peripheral(context),
            agent_id=self.agent_id,
        )

    def _send_state_query(self, query: Request[Any], timeout: float | None = None) -> None:
        context = self._require_context()
        context.send(
            query,
            context.messages.QueryAgentStateReq,
            timeout,
            peripheral_id=self._peripheral(context),
            mrd_id=ALL_SKILL_GROUPS_MRD,
            icm_agent_id=0,
            agent_id=self.agent_id,
        )

    @abstractmethod
    def _apply_answer(self, message: Message) -> None:
        """Take in a QUERY_AGENT_STATE_CONF, and fire its event."""

    def _apply_statistics(self, message: Message) -> None:
        # Takes in a QUERY_AGENT_STATISTICS_CONF, and fires its event. One about another agent is counted.
        context = self._context
        if context is None:
            return
        if (
            message["PeripheralID"] != self.peripheral_id
            or message.get("AgentID", self.agent_id) != self.agent_id
        ):
            agents: Table[Any] = context.registry["agent"]
            agents.unknown += 1
            return
        self._keep_statistics().last = statistics = Statistics(context.codec, message)
        context.fire("OnAgentStatistics", self._statistics_event, statistics)

    def _refuse_statistics(self, error: Refused) -> None:
        # Fires the event of a query of a poll that was refused.
        self._fire_refusal(error)

    def _statistics_event(self, statistics: Statistics) -> Arguments:
        return arguments_over(
            {
                kw.CTIOS_PERIPHERALID: self.peripheral_id,
                kw.CTIOS_AGENTEXTENSION: self.agent_extension or "",
                kw.CTIOS_AGENTID: self.agent_id,
                kw.CTIOS_AGENTINSTRUMENT: self.agent_instrument or "",
                **statistics.numbers(),
                kw.CTIOS_UNIQUEOBJECTID: self.unique_object_id,
            }
        )
