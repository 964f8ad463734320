"""The skill groups of an agent, as the messages about its state name them."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, NamedTuple

from ctios_fast import keywords as kw
from ctios_fast.core import Codec, Message
from ctios_fast.enums import AgentState
from ctios_fast.model.arguments import Arguments, arguments_over
from ctios_fast.protocol import numbers as ged
from ctios_fast.protocol.codes import NULL_SKILL_GROUP

from .states import agent_state

__all__ = ["AgentGroup", "GroupsOfAgent", "first_group", "group_numbers", "names_all"]

_FIELDS: Final = ("SkillGroupNumber", "SkillGroupID", "SkillGroupPriority", "SkillGroupState")
#: Frames that are kept unread, at most. An agent has 20 groups in the message that names all of them.
_MAX_UNREAD: Final = 64
#: States in which a confirmation without groups does not mean that the agent has none.
_WITHOUT_GROUPS: Final = (AgentState.LOGOUT, AgentState.UNKNOWN)


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


class GroupsOfAgent:
    """The skill groups of one agent. Messages are kept as they came, and read when somebody asks."""

    __slots__ = ("_groups", "_unread")

    def __init__(self) -> None:
        #: The groups by number, None as long as no message has named all of them.
        self._groups: dict[int, AgentGroup] | None = None
        #: Frames that name groups and were not read yet, in wire order.
        self._unread: list[bytes] = []

    def take(self, message: Message, codec: Codec) -> None:
        """Take in a message about the agent's state, in the version of the codec."""
        if names_all(message):
            self._unread = [message.frame]
        elif (self._unread or self._groups is not None) and group_numbers(message):
            self._unread.append(message.frame)
            if len(self._unread) > _MAX_UNREAD:
                self.by_number(codec)

    def by_number(self, codec: Codec) -> Mapping[int, AgentGroup] | None:
        """The groups by number; None as long as no message has named all of them."""
        unread, self._unread = self._unread, []
        for frame in unread:
            message = codec.decode(frame)
            named = {group.number: group for group in _groups_of(message)}
            if names_all(message):
                self._groups = named
            elif self._groups is not None:
                self._groups = {**self._groups, **named}
        return self._groups


def names_all(message: Message) -> bool:
    """Whether an AGENT_STATE_EVENT or a QUERY_AGENT_STATE_CONF names all skill groups of the agent.

    An event names all of them in its floating part, or at most one in its fixed part. A confirmation names
    all of them, which may be none, unless the agent is logged out.
    """
    if message.type == ged.AGENT_STATE_EVENT:
        return bool(message.get("NumFltSkillGroups"))
    return bool(message["NumSkillGroups"]) or message["AgentState"] not in _WITHOUT_GROUPS


def group_numbers(message: Message) -> dict[int, None]:
    """The numbers of the skill groups that such a message names, in order."""
    if message.type == ged.AGENT_STATE_EVENT:
        numbers = message.get("FltSkillGroupNumber") or (message["SkillGroupNumber"],)
    else:
        numbers = message.get("SkillGroupNumber") or ()
    # unsigned, since the reference has one of the fields as INT; one that cannot be read is bytes
    named = dict.fromkeys(number & NULL_SKILL_GROUP for number in numbers if isinstance(number, int))
    named.pop(NULL_SKILL_GROUP, None)
    return named


def first_group(message: Message) -> AgentGroup | None:
    """The first skill group that such a message names, None if it names none."""
    return next(_groups_of(message), None)


def _groups_of(message: Message) -> Iterator[AgentGroup]:
    prefix = "Flt" if message.type == ged.AGENT_STATE_EVENT else ""
    rows: Iterable[tuple[Any, ...]]
    if names_all(message):
        rows = zip(*(message.get(prefix + field) or () for field in _FIELDS), strict=False)
    else:
        rows = [tuple(message[field] for field in _FIELDS)] if prefix else []
    for row in rows:
        if all(isinstance(each, int) for each in row):
            number, group_id, priority, state = row
            number &= NULL_SKILL_GROUP
            if number != NULL_SKILL_GROUP:
                yield AgentGroup(number, group_id, priority, agent_state(state))
