"""SessionLookups: the objects that a Session knows, under the method names of CTI OS."""

from ctios_fast import keywords as kw

from .agents.agent import Agent
from .agents.handlers import AGENTS
from .arguments import Arguments, arguments_over
from .calls.call import Call
from .calls.handlers import CALLS
from .kind import Kind
from .property_object import Property, properties
from .session_properties import SESSION_PROPERTIES
from .session_statistics import SessionStatistics
from .skill_groups.handlers import SKILL_GROUPS

__all__ = ["SessionLookups"]


class SessionLookups(SessionStatistics):
    """The look-ups of a Session that take no key.

    The Arguments that they return have the objects themselves as values, under their UniqueObjectIDs.
    """

    _PROPERTIES = properties(*SESSION_PROPERTIES, Property(kw.CTIOS_CURRENTCALL, "current_call"))

    @property
    def current_call(self) -> Call | None:
        """The call of agent mode that buttons are about; None in other modes and without one.

        The only own call is the current one. Among several, ``set_current_call`` chooses.
        """
        call = self._context.current_call
        return call if isinstance(call, Call) else None

    def get_current_call(self) -> Call | None:
        """CTI OS's name of ``current_call``."""
        return self.current_call

    def get_current_agent(self) -> Agent | None:
        """CTI OS's name of ``current_agent``."""
        return self.current_agent

    def get_all_agents(self) -> Arguments:
        """All agents that the session knows, by UniqueObjectID; empty Arguments without one."""
        return self._all(AGENTS)

    def get_all_calls(self) -> Arguments:
        """All calls that the session knows, by UniqueObjectID; empty Arguments without one."""
        return self._all(CALLS)

    def get_all_skill_groups(self) -> Arguments:
        """All skill groups that the session knows, by UniqueObjectID; empty Arguments without one."""
        return self._all(SKILL_GROUPS)

    def _all(self, kind: Kind) -> Arguments:
        return arguments_over({each.unique_object_id: each for each in self._context.registry[kind.name]})
