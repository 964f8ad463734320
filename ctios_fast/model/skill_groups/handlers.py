"""What messages do to the skill groups of a session."""

from typing import Final

from ctios_fast.core import Handler, Message
from ctios_fast.model.context import Context
from ctios_fast.model.kind import Kind
from ctios_fast.model.registry import Table
from ctios_fast.protocol import numbers as ged
from ctios_fast.protocol.codes import NULL_SKILL_GROUP

from .events import SKILL_GROUP_EVENTS
from .skill_group import SkillGroup

__all__ = ["SKILL_GROUPS"]


def _handlers(context: Context, groups: Table[SkillGroup]) -> dict[int, Handler]:
    def on_statistics(message: Message) -> None:
        number = message["SkillGroupNumber"]
        peripheral_id = message["PeripheralID"]
        if peripheral_id != context.peripheral_id or number == NULL_SKILL_GROUP:
            groups.unknown += 1
            return
        group = groups.adopt(number, lambda: SkillGroup(number, peripheral_id, context))
        if group is not None:
            group.apply_statistics(message)

    return {ged.QUERY_SKILL_GROUP_STATISTICS_CONF: on_statistics}


def _find(groups: Table[SkillGroup], rest: str) -> SkillGroup | None:
    peripheral_id, _, number = rest.partition(".")
    group = groups.get(int(number)) if number.isdecimal() and len(number) <= 10 else None
    return group if group is not None and str(group.peripheral_id) == peripheral_id else None


#: The kind of object that this folder adds to a session. Its key is a number.
SKILL_GROUPS: Final = Kind("skillgroup", 10, SKILL_GROUP_EVENTS, _find, _handlers)
