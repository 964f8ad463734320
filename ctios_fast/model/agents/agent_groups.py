"""The skill groups of an agent, as the messages about its state name them."""

from typing import Final, NamedTuple

from ctios_fast import keywords as kw
from ctios_fast.core import Message
from ctios_fast.enums import AgentState
from ctios_fast.model.arguments import Arguments, arguments_over
from ctios_fast.protocol import numbers as ged
from ctios_fast.protocol.codes import NULL_SKILL_GROUP

from .states import agent_state

__all__ = ["AgentGroup", "NamedGroups", "named_groups"]

_FIELDS: Final = ("SkillGroupNumber", "SkillGroupID", "SkillGroupPriority", "SkillGroupState")


class AgentGroup(NamedTuple):
    """One skill group of an agent, and the agent's state in it."""

    number: int
    group_id: int
    priority: int
    state: AgentState | int

    def arguments(self) -> Arguments:
        """The group under CTI OS's keywords."""
        return arguments_over(
            {
                kw.CTIOS_SKILLGROUPNUMBER: self.number,
                kw.CTIOS_SKILLGROUPID: self.group_id,
                kw.CTIOS_SKILLGROUPPRIORITY: self.priority,
                kw.CTIOS_SKILLGROUPSTATE: self.state,
            }
        )


class NamedGroups(NamedTuple):
    """The skill groups that a message names.

    - ``by_number``: those that have a number.
    - ``is_complete``: whether these are all groups of the agent.
    """

    by_number: dict[int, AgentGroup]
    is_complete: bool


def named_groups(message: Message) -> NamedGroups:
    """The skill groups that an AGENT_STATE_EVENT or a QUERY_AGENT_STATE_CONF names.

    An event names all of them in its floating part, or one in its fixed part.
    """
    prefix = "Flt" if message.type == ged.AGENT_STATE_EVENT else ""
    columns = [message.get(prefix + field) or () for field in _FIELDS]
    rows = [
        row for row in zip(*columns, strict=False) if all(isinstance(each, int) for each in row)
    ]  # a value that cannot be read is bytes
    is_complete = bool(rows)
    if prefix and not rows:
        rows = [tuple(message[field] for field in _FIELDS)]
    groups: dict[int, AgentGroup] = {}
    for number, group_id, priority, state in rows:
        unsigned = number & NULL_SKILL_GROUP  # the reference has one of the two fields as INT
        if unsigned != NULL_SKILL_GROUP:
            groups[unsigned] = AgentGroup(unsigned, group_id, priority, agent_state(state))
    return NamedGroups(groups, is_complete and bool(groups))
