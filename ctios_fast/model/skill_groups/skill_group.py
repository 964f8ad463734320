"""The SkillGroup of the CTI OS object model: a group of agents with a skill in common, and its statistics."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ctios_fast import keywords as kw
from ctios_fast.connection.request_book import Request
from ctios_fast.core import Message
from ctios_fast.enums import AgentState
from ctios_fast.errors import Refused
from ctios_fast.model.agents.desk_properties import DeskProperties, state_in_group
from ctios_fast.model.arguments import Arguments, arguments_over
from ctios_fast.model.coercion import optional_seconds
from ctios_fast.model.configuration.configured import CONFIGURED_GROUP_PROPERTIES, ConfiguredGroup
from ctios_fast.model.context import Context
from ctios_fast.model.cti_object import CtiObject, Property, properties
from ctios_fast.model.object_request import ObjectRequest
from ctios_fast.model.registry import Table
from ctios_fast.model.statistics.group_arguments import groups_choice, received_groups
from ctios_fast.model.statistics.group_poll import GroupPoll
from ctios_fast.model.statistics.poller import DEFAULT_INTERVAL, Poll, StatisticsPoller
from ctios_fast.model.statistics.session_polls import enabling_polls, session_polls
from ctios_fast.model.statistics.statistics_view import Statistics
from ctios_fast.protocol.codes import NULL_SKILL_GROUP

if TYPE_CHECKING:
    from ctios_fast.messages import QuerySkillGroupStatisticsConf

__all__ = ["SkillGroup", "poll_of"]


class SkillGroup(CtiObject, ConfiguredGroup):
    """One skill group of a peripheral. ``Session.skill_group`` returns it.

    - ``skill_group_number``: its number at the peripheral.
    - ``skill_group_id``: its id in the whole system, None until an answer named it.
    - ``statistics``: the last statistics, None until they arrived.
    """

    __slots__ = ("_poll", "skill_group_id", "skill_group_number", "statistics")

    _PROPERTIES = properties(
        Property(kw.CTIOS_PERIPHERALID, "peripheral_id"),
        Property(kw.CTIOS_SKILLGROUPNUMBER, "skill_group_number"),
        Property(kw.CTIOS_SKILLGROUPID, "skill_group_id"),
        Property(kw.CTIOS_SKILLGROUPSTATE, "skill_group_state"),
        Property(kw.CTIOS_STATISTICS, "statistics_arguments"),
        *CONFIGURED_GROUP_PROPERTIES,
        Property(kw.CTIOS_LASTERROR, "last_error"),
        Property(kw.CTIOS_UNIQUEOBJECTID, "unique_object_id"),
    )

    def __init__(self, skill_group_number: int, peripheral_id: int | None, context: Context) -> None:
        super().__init__()
        self._context = context
        self.skill_group_number = skill_group_number
        self.peripheral_id = peripheral_id
        self.skill_group_id: int | None = None
        self.statistics: Statistics | None = None
        #: The polling of the group, None as long as nobody has enabled its statistics.
        self._poll: GroupPoll | None = None

    def __repr__(self) -> str:
        return f"<SkillGroup {self.skill_group_number} of peripheral {self.peripheral_id}>"

    @property
    def unique_object_id(self) -> str:
        """The group's identity within its session: ``skillgroup.<PeripheralID>.<SkillGroupNumber>``."""
        return f"skillgroup.{self.peripheral_id}.{self.skill_group_number}"

    @property
    def statistics_arguments(self) -> Arguments | None:
        """The last statistics as Arguments, None until they arrived. An unknown figure is 4294967295."""
        return None if self.statistics is None else self.statistics.arguments()

    @property
    def skill_group_state(self) -> AgentState | int | None:
        """The state of the agent of agent mode in this group, None if it is not known or not in the group."""
        agent = None if self._context is None else self._context.current_agent
        return state_in_group(agent, self.skill_group_number) if isinstance(agent, DeskProperties) else None

    # --- Polling ------------------------------------------------------------------------------------

    def enable_skill_group_statistics(
        self, args: Mapping[str, object] | None = None, *, interval: float | None = DEFAULT_INTERVAL
    ) -> None:
        """Have the group's statistics asked for, now and at an interval.

        - ``args``: may carry PeripheralID, SkillGroupNumber (they must be the group's own) and
          SkillGroupPriority (0).
        - ``interval``: seconds between two queries, None for none at an interval.

        ``OnSkillGroupStatisticsUpdated`` reports each answer, ``OnControlFailureConf`` each refusal.

        Raises ``MethodError`` for arguments that cannot be used, and for a session without a mode.
        """
        args = received_groups("enable_skill_group_statistics", args)
        chosen = groups_choice(args, self.peripheral_id, self.skill_group_number)
        seconds = optional_seconds("interval", interval)
        enabling_polls(self._require_context()).wish.enable(chosen, seconds)

    def disable_skill_group_statistics(self, args: Mapping[str, object] | None = None) -> None:
        """Have the group's statistics asked for no more, unless an agent has enabled them too.

        ``args``: as in ``enable_skill_group_statistics``. An answer that is still to come is ignored, and
        counted (``statistics_ignored``).

        Raises ``MethodError`` as ``enable_skill_group_statistics`` does.
        """
        args = received_groups("disable_skill_group_statistics", args)
        chosen = groups_choice(args, self.peripheral_id, self.skill_group_number)
        context = self._require_context()
        context.require_thread()
        session_polls(context).wish.disable(chosen)

    def _own_poll(self) -> GroupPoll:
        if self._poll is None:
            self._poll = _PollOfGroup(self, session_polls(self._require_context()).poller)
        return self._poll

    # --- Queries ------------------------------------------------------------------------------------

    def query_statistics(self, *, timeout: float | None = None) -> "Request[QuerySkillGroupStatisticsConf]":
        """Ask for the group's statistics once; ``OnSkillGroupStatisticsUpdated`` reports them.

        ``timeout``: seconds, the session's ``request_timeout`` unless given. The answer is the message.

        Fails with ``RequestRefused``, ``ControlFailure``, ``RequestTimeout``, ``ConnectionLost`` or
        ``MethodError``. Each query is work for the peripheral: ask rarely.
        """
        timeout = optional_seconds("timeout", timeout)
        query: ObjectRequest[QuerySkillGroupStatisticsConf] = ObjectRequest(
            GroupPoll.message, self._apply_statistics, self._fire_refusal
        )
        self._send_statistics_query(query, timeout)
        return query

    def _send_statistics_query(self, query: Request[Any], timeout: float | None = None) -> None:
        context = self._require_context()
        context.send(
            query,
            context.messages.QuerySkillGroupStatisticsReq,
            timeout,
            peripheral_id=self._peripheral(context),
            skill_group_number=self.skill_group_number,
            skill_group_id=NULL_SKILL_GROUP,
        )

    def _apply_statistics(self, message: Message) -> None:
        # Takes in a QUERY_SKILL_GROUP_STATISTICS_CONF, and fires its event. One that names another group is
        # counted. Some peripherals name none.
        context = self._context
        if context is None:
            return
        number, peripheral_id = message["SkillGroupNumber"], message["PeripheralID"]
        is_other = number not in (self.skill_group_number, NULL_SKILL_GROUP)
        if is_other or peripheral_id != self.peripheral_id:
            groups: Table[SkillGroup] = context.registry["skillgroup"]
            groups.unknown += 1
            return
        group_id = message["SkillGroupID"]
        if group_id != NULL_SKILL_GROUP:
            self.skill_group_id = group_id
        self.statistics = Statistics(context.codec, message)
        context.fire("OnSkillGroupStatisticsUpdated", self._statistics_event)

    def _refuse_statistics(self, error: Refused) -> None:
        # Fires the event of a query of a poll that was refused.
        self._fire_refusal(error)

    # --- The session --------------------------------------------------------------------------------

    def _forget(self) -> None:
        self.statistics = None

    def _leave(self) -> None:
        if self._poll is not None:
            self._poll.end()
        super()._leave()

    def _statistics_event(self) -> Arguments:
        return arguments_over(
            {
                kw.CTIOS_PERIPHERALID: self.peripheral_id,
                kw.CTIOS_SKILLGROUPNUMBER: self.skill_group_number,
                kw.CTIOS_SKILLGROUPID: NULL_SKILL_GROUP
                if self.skill_group_id is None
                else self.skill_group_id,
                kw.CTIOS_STATISTICS: self.statistics_arguments,
                kw.CTIOS_UNIQUEOBJECTID: self.unique_object_id,
            }
        )

    def _identity(self) -> dict[str, Any]:
        return {kw.CTIOS_PERIPHERALID: self.peripheral_id, kw.CTIOS_UNIQUEOBJECTID: self.unique_object_id}


class _PollOfGroup(GroupPoll):
    """The polling of one SkillGroup."""

    __slots__ = ("_group",)

    def __init__(self, group: SkillGroup, poller: StatisticsPoller) -> None:
        super().__init__(poller)
        self._group = group

    def send(self, poll: Poll) -> None:
        """Send the query for the group's statistics."""
        self._group._send_statistics_query(poll)  # noqa: SLF001 - a class of this module

    def _take_in(self, message: Message) -> None:
        self._group._apply_statistics(message)  # noqa: SLF001 - a class of this module

    def _report(self, error: Refused) -> None:
        self._group._refuse_statistics(error)  # noqa: SLF001 - a class of this module


def poll_of(group: SkillGroup) -> GroupPoll:
    """The polling of the group."""
    return group._own_poll()  # noqa: SLF001 - a class of this module
