"""SessionStatistics: skill group statistics that a program enables for its session, under CTI OS's names."""

from collections.abc import Mapping

from .coercion import optional_seconds
from .session_properties import SessionProperties
from .statistics.group_arguments import received_groups, sessions_choice
from .statistics.poller import DEFAULT_INTERVAL
from .statistics.session_polls import enabling_polls, session_polls

__all__ = ["SessionStatistics"]


class SessionStatistics(SessionProperties):
    """The methods of a Session about statistics. They do not depend on any agent."""

    def enable_skill_group_statistics(
        self, args: Mapping[str, object] | None = None, *, interval: float | None = DEFAULT_INTERVAL
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
        method = "enable_skill_group_statistics"
        args = received_groups(method, args)
        chosen = sessions_choice(method, args, self._context.peripheral_id)
        seconds = optional_seconds("interval", interval)
        polls = enabling_polls(self._context)
        polls.wish.enable(chosen, seconds)

    def disable_skill_group_statistics(self, args: Mapping[str, object] | None = None) -> None:
        """Have the statistics of skill groups asked for no more, unless an agent has enabled them too.

        ``args``: as in ``enable_skill_group_statistics``. An answer that is still to come is ignored, and
        counted (``statistics_ignored``).

        Raises ``MethodError`` for arguments that cannot be used.
        """
        method = "disable_skill_group_statistics"
        args = received_groups(method, args)
        chosen = sessions_choice(method, args, self._context.peripheral_id)
        self._context.require_thread()
        session_polls(self._context).wish.disable(chosen)
