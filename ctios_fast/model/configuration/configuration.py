"""Configuration: the records of a peripheral's configuration that a session asked for, and the look-ups.

``Acquisition`` fills it. Everything else reads it: the names of agents and skill groups are looked up here
and copied nowhere, so it does not matter whether an object or its record comes first.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final, Literal, NamedTuple, overload

from ctios_fast.model.coercion import refuse
from ctios_fast.protocol.codes import CONFIG_RECORD_ADD, CONFIG_RECORD_CHANGE, CONFIG_RECORD_DELETE

from .items import ITEMS, Item, item_of, items_of
from .reading import Values, identity_of
from .records import (
    AgentRecord,
    AgentServicesRecord,
    CallTypeRecord,
    DeskSettingsRecord,
    DeviceRecord,
    MediaRoutingDomainRecord,
    PeripheralRecord,
    ServiceRecord,
    SkillGroupRecord,
    TerminalRecord,
)

__all__ = ["Change", "Configuration", "Records"]

#: The records of one item, by the identity of a record.
Records = dict[Any, Any]

_TAKEN: Final = "configuration_records"
_DROPPED: Final = "configuration_records_dropped"
_FAULTS: Final = "configuration_faults"


class Change(NamedTuple):
    """What one record did to an item. ``record`` is None if the record was deleted."""

    item: Item
    key: Any
    before: Any
    record: Any


class Configuration:
    """The configuration of the session's peripheral: read-only mappings, one for each item.

    They are empty unless the program asked for the item when it set the mode. ``is_complete`` tells whether
    they are up to date: everything asked for was acquired over the present connection.

    ``max_records`` bounds the records of one item.
    """

    def __init__(self, max_records: int) -> None:
        #: Mask of the items that the program asked for.
        self.wanted = 0
        #: Whether everything asked for was acquired over the present connection.
        self.is_complete = False
        #: The server's keys by the item's bit: a key that is the same later says that nothing changed.
        self.keys: dict[int, bytes] = {}
        #: Counts for ``Session.counters``: records taken, records that could not be used or were too many,
        #: and contradictions such as a wrong count or a missing end of a block.
        self.counts = {_TAKEN: 0, _DROPPED: 0, _FAULTS: 0}
        self._max_records = max_records
        #: The records by the item's bit.
        self._records: dict[int, Records] = {item.bit: {} for item in ITEMS}
        #: What programs see of ``_records``.
        self._views: dict[str, Mapping[Any, Any]] = {
            item.name: MappingProxyType(self._records[item.bit]) for item in ITEMS
        }
        #: Keys of records by the item's bit and an attribute, then by the attribute's value. Each is built by
        #: the first look-up and dropped when a record of the item changes.
        self._indexes: dict[int, dict[str, dict[Any, list[Any]]]] = {}

    def __repr__(self) -> str:
        sizes = ", ".join(f"{len(self._views[item.name])} {item.name}" for item in items_of(self.wanted))
        return f"<Configuration of {sizes or 'nothing'}{'' if self.is_complete else ', incomplete'}>"

    # --- Look-ups -----------------------------------------------------------------------------------

    @property
    def agents(self) -> Mapping[str, AgentRecord]:
        """Agents by agent ID."""
        return self._views["agents"]

    @property
    def skill_groups(self) -> Mapping[int, SkillGroupRecord]:
        """Skill groups by number."""
        return self._views["skill_groups"]

    @property
    def services(self) -> Mapping[int, ServiceRecord]:
        """Services by number."""
        return self._views["services"]

    @property
    def devices(self) -> Mapping[tuple[int, int], DeviceRecord]:
        """Devices by type (ConfigDeviceType) and number."""
        return self._views["devices"]

    @property
    def call_types(self) -> Mapping[int, CallTypeRecord]:
        """Call types by id."""
        return self._views["call_types"]

    @property
    def media_routing_domains(self) -> Mapping[int, MediaRoutingDomainRecord]:
        """Media routing domains by id."""
        return self._views["media_routing_domains"]

    @property
    def peripherals(self) -> Mapping[int, PeripheralRecord]:
        """Peripherals by id."""
        return self._views["peripherals"]

    @property
    def desk_settings(self) -> Mapping[int, DeskSettingsRecord]:
        """Desk settings by id."""
        return self._views["desk_settings"]

    @property
    def terminals(self) -> Mapping[str, TerminalRecord]:
        """Terminals by device name."""
        return self._views["terminals"]

    @property
    def agent_services(self) -> Mapping[int, AgentServicesRecord]:
        """Enabled agent services by the agent's skill target id."""
        return self._views["agent_services"]

    @overload
    def find(self, item: Literal["agents"], **attribute: Any) -> tuple[AgentRecord, ...]: ...
    @overload
    def find(self, item: Literal["skill_groups"], **attribute: Any) -> tuple[SkillGroupRecord, ...]: ...
    @overload
    def find(self, item: Literal["services"], **attribute: Any) -> tuple[ServiceRecord, ...]: ...
    @overload
    def find(self, item: Literal["devices"], **attribute: Any) -> tuple[DeviceRecord, ...]: ...
    @overload
    def find(self, item: str, **attribute: Any) -> tuple[Any, ...]: ...
    def find(self, item: str, **attribute: Any) -> tuple[Any, ...]:
        """The records of an item that have this value of one attribute, in the server's order.

        - ``item``: the name of a mapping, such as ``"agents"``.
        - ``attribute``: one attribute of its records and the value, such as ``login_name="asmith"``.

        The first look-up by an attribute builds an index, which the next change of the item drops.

        Raises ``MethodError`` for an unknown item or attribute, and unless one attribute is given.
        """
        row = item_of(item)
        if len(attribute) != 1:
            raise refuse(f"find() takes one attribute and its value, got {len(attribute)}")
        [(name, value)] = attribute.items()
        if name not in row.record._fields and not isinstance(getattr(row.record, name, None), property):
            raise refuse(f"{item} have no attribute {name!r}; they have {', '.join(row.record._fields)}")
        records = self._records[row.bit]
        by_name = self._indexes.setdefault(row.bit, {})
        index = by_name.get(name)
        if index is None:
            index = by_name[name] = {}
            for key, record in records.items():
                index.setdefault(getattr(record, name), []).append(key)
        try:
            keys = index.get(value, ())
        except TypeError:  # a value that no attribute can have, such as a list
            keys = ()
        return tuple(records[key] for key in keys)

    # --- Filling ------------------------------------------------------------------------------------

    def begin(self, wanted: int) -> None:
        """Forget everything, and expect these items. A mode that asked for nothing keeps nothing."""
        self.wanted = wanted
        self.is_complete = False
        self.keys.clear()
        self._indexes.clear()
        for records in self._records.values():
            records.clear()

    def records(self, item: Item) -> Records:
        """The present records of an item, for ``take`` and to compare with."""
        return self._records[item.bit]

    def take(self, item: Item, values: Values | None, into: Records, peripheral_id: int) -> Change | None:
        """Take in one record of a message; None, and counted, if it cannot be used.

        - ``values``: the fields, None for a record that is too long.
        - ``into``: the item's present records, or those of an upload that is not complete.
        - ``peripheral_id``: the session's. A record of another peripheral is dropped.
        """
        change = None if values is None else self._changed(item, values, into, peripheral_id)
        self.counts[_DROPPED if change is None else _TAKEN] += 1
        if into is self._records[item.bit]:
            self._indexes.pop(item.bit, None)
        return change

    def _changed(self, item: Item, values: Values, into: Records, peripheral_id: int) -> Change | None:
        if item.peripheral and values.get(item.peripheral, peripheral_id) != peripheral_id:
            return None
        fields = item.fields
        attributes = {fields[name]: value for name, value in values.items() if name in fields}
        key = identity_of(item, attributes)
        kind = values.get("RecordType")
        if key is None or kind not in (CONFIG_RECORD_ADD, CONFIG_RECORD_CHANGE, CONFIG_RECORD_DELETE):
            return None
        if kind == CONFIG_RECORD_DELETE:
            before = into.pop(key, None)
            return None if before is None else Change(item, key, before, None)
        # A record that is added again, or changed, may lack fields: updates leave some out.
        renamed = values.get(item.renamed) if kind == CONFIG_RECORD_CHANGE else None
        before = into.get(key) if renamed is None else into.pop(renamed, None) or into.get(key)
        if before is None and len(into) >= self._max_records:
            return None
        record = item.record(**attributes) if before is None else before._replace(**attributes)
        into[key] = record
        return Change(item, key, before, record)

    def replace(self, item: Item, records: Records) -> None:
        """Take in a complete upload of an item."""
        present = self._records[item.bit]
        present.clear()
        present.update(records)
        self._indexes.pop(item.bit, None)

    def count_fault(self) -> None:
        """Count a contradiction in what the server sent."""
        self.counts[_FAULTS] += 1
