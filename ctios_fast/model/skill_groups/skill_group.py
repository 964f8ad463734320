"""The SkillGroup of the CTI OS object model: a group of agents with a skill in common, and its statistics."""

from typing import Any

from ctios_fast import keywords as kw
from ctios_fast.connection.request_book import Request
from ctios_fast.core import Message
from ctios_fast.model.arguments import Arguments, arguments_over
from ctios_fast.model.coercion import optional_seconds
from ctios_fast.model.configuration.configured import CONFIGURED_GROUP_PROPERTIES, ConfiguredGroup
from ctios_fast.model.context import Context
from ctios_fast.model.cti_object import CtiObject, Property, properties
from ctios_fast.model.object_request import ObjectRequest
from ctios_fast.protocol.codes import NULL_SKILL_GROUP

__all__ = ["SkillGroup"]

#: Fields of the statistics that name the group rather than count something.
_IDENTITY = ("InvokeID", "PeripheralID", "SkillGroupNumber", "SkillGroupID")


class SkillGroup(CtiObject, ConfiguredGroup):
    """One skill group of a peripheral. ``Session.skill_group`` returns it.

    - ``skill_group_number``: its number at the peripheral.
    - ``skill_group_id``: its id in the whole system, None until a message named it.
    - ``statistics``: the last statistics, under the names of the reference, None until they arrived.
    """

    __slots__ = ("skill_group_id", "skill_group_number", "statistics")

    PROPERTIES = properties(
        Property(kw.CTIOS_PERIPHERALID, "peripheral_id"),
        Property(kw.CTIOS_SKILLGROUPNUMBER, "skill_group_number"),
        Property(kw.CTIOS_SKILLGROUPID, "skill_group_id"),
        Property(kw.CTIOS_STATISTICS, "statistics"),
        *CONFIGURED_GROUP_PROPERTIES,
        Property(kw.CTIOS_LASTERROR, "last_error"),
        Property(kw.CTIOS_UNIQUEOBJECTID, "unique_object_id"),
    )

    def __init__(self, skill_group_number: int, peripheral_id: int | None, context: Context) -> None:
        super().__init__()
        self.context = context
        self.skill_group_number = skill_group_number
        self.peripheral_id = peripheral_id
        self.skill_group_id: int | None = None
        self.statistics: Arguments | None = None

    def __repr__(self) -> str:
        return f"<SkillGroup {self.skill_group_number} of peripheral {self.peripheral_id}>"

    @property
    def unique_object_id(self) -> str:
        """The group's identity within its session: ``skillgroup.<PeripheralID>.<SkillGroupNumber>``."""
        return f"skillgroup.{self.peripheral_id}.{self.skill_group_number}"

    def query_statistics(self, *, timeout: float | None = None) -> Request[Message]:
        """Ask for the group's statistics; ``OnSkillGroupStatisticsUpdated`` reports them.

        ``timeout``: seconds, the session's ``request_timeout`` unless given. The answer is the message.

        Fails with ``RequestRefused``, ``ControlFailure``, ``RequestTimeout``, ``ConnectionLost`` or
        ``MethodError``. Each query is work for the peripheral: ask rarely.
        """
        timeout = optional_seconds("timeout", timeout)
        context = self._require_context()
        query = ObjectRequest("QUERY_SKILL_GROUP_STATISTICS_REQ", _nothing_more, self._fire_refusal)
        context.send(
            query,
            context.messages.QuerySkillGroupStatisticsReq,
            timeout,
            peripheral_id=context.peripheral_id if self.peripheral_id is None else self.peripheral_id,
            skill_group_number=self.skill_group_number,
            skill_group_id=NULL_SKILL_GROUP,
        )
        return query

    def apply_statistics(self, message: Message) -> None:
        """Take in a QUERY_SKILL_GROUP_STATISTICS_CONF, and fire its event."""
        fields = message.fixed()
        self.skill_group_id = None if fields["SkillGroupID"] == NULL_SKILL_GROUP else fields["SkillGroupID"]
        self.statistics = arguments_over(
            {name: value for name, value in fields.items() if name not in _IDENTITY}
        )
        context: Context = self.context  # type: ignore[assignment]
        context.fire("OnSkillGroupStatisticsUpdated", self._statistics_arguments)

    def forget(self) -> None:
        """Drop the statistics of an earlier connection. Called by the registry."""
        self.statistics = None

    def _statistics_arguments(self) -> Arguments:
        return arguments_over(
            {
                kw.CTIOS_PERIPHERALID: self.peripheral_id,
                kw.CTIOS_SKILLGROUPNUMBER: self.skill_group_number,
                kw.CTIOS_SKILLGROUPID: NULL_SKILL_GROUP
                if self.skill_group_id is None
                else self.skill_group_id,
                kw.CTIOS_STATISTICS: self.statistics,
                kw.CTIOS_UNIQUEOBJECTID: self.unique_object_id,
            }
        )

    def _identity(self) -> dict[str, Any]:
        return {kw.CTIOS_PERIPHERALID: self.peripheral_id, kw.CTIOS_UNIQUEOBJECTID: self.unique_object_id}


def _nothing_more(message: Message) -> None:
    # The session's handler of QUERY_SKILL_GROUP_STATISTICS_CONF has already applied the message.
    del message
