"""Configuration for clients: keys, uploads in blocks, and updates when something has changed.

A block is CONFIG_BEGIN_EVENT, record events with at most ten records each, and CONFIG_END_EVENT. None of
these messages has an InvokeID.
"""

import zlib
from collections.abc import Callable, Iterable
from typing import Final

from ctios_fast.protocol import numbers as messages
from ctios_fast.protocol.enums import ConfigEndStatus, ConfigRecordType, ConfigType
from ctios_fast.sim.plant import ConfigChange, Plant

from .client_session import ClientSession
from .config_records import ITEMS, Item, Record

__all__ = ["ConfigServer"]

_MAX_RECORDS: Final = 10


class ConfigServer:
    """Sends the configuration of a plant to the clients of its pair of servers.

    ``sessions``: returns the sessions that get events now.
    """

    def __init__(self, plant: Plant, sessions: Callable[[], Iterable[ClientSession]]) -> None:
        self._population: Final = plant.population
        self._sessions: Final = sessions
        self._revisions: Final[dict[int, int]] = {}  # changes of an item so far, by its bit
        plant.subscribe_changes(self._changed)

    # --- keys ---------------------------------------------------------------------------------------

    def keys(self) -> Record:
        """The key of each item that has one."""
        return [self._key(item) for item in ITEMS if item.key]

    def _key(self, item: Item) -> tuple[str, object]:
        """Eight bytes, which change with each change of the item."""
        first = zlib.crc32(f"{item.key} {self._population.peripheral_id}".encode())
        return item.key, first.to_bytes(4, "big") + self._revisions.get(item.bit, 1).to_bytes(4, "big")

    # --- blocks -------------------------------------------------------------------------------------

    def upload(self, session: ClientSession, wanted: int) -> None:
        """Send one block for each item that is wanted and that the session's version has.

        All blocks but the last end with CONFIGEND_PARTIAL.
        """
        add = ConfigRecordType.CONFIG_RECORD_ADD
        population = self._population
        blocks = [
            (item, [item.record(population, subject, add, False) for subject in subjects])
            for item in ITEMS
            if wanted & item.bit and not session.replies.encoder.lacks(item.message)
            if (subjects := list(item.subjects(population)))
        ]
        if not blocks:
            self.end(session, ConfigEndStatus.CONFIGEND_EMPTY)
        for item, records in blocks:
            is_last = item is blocks[-1][0]
            status = ConfigEndStatus.CONFIGEND_SUCCESS if is_last else ConfigEndStatus.CONFIGEND_PARTIAL
            self._block(session, item, records, ConfigType.SOLICITED, status)

    def _changed(self, changes: tuple[ConfigChange, ...]) -> None:
        """Send updates to the sessions that have requested configuration, of the items in ConfigMsgMask."""
        for item in ITEMS:
            of_item = [change for change in changes if change.item == item.bit]
            if not of_item:
                continue
            self._revisions[item.bit] = self._revisions.get(item.bit, 1) + 1
            records = [item.record(self._population, c.subject, c.record, True) for c in of_item]
            for session in tuple(self._sessions()):
                wanted = session.wants_updates and session.config_mask & item.bit
                if wanted and not session.replies.encoder.lacks(item.message):
                    self._block(
                        session, item, records, ConfigType.UNSOLICITED, ConfigEndStatus.CONFIGEND_SUCCESS
                    )

    def _block(
        self,
        session: ClientSession,
        item: Item,
        records: list[Record],
        kind: ConfigType,
        status: ConfigEndStatus,
    ) -> None:
        fields = {"ConfigType": int(kind), "ConfigInformation": int(item.bit)}
        session.send_event(messages.CONFIG_BEGIN_EVENT, fields, [self._key(item)] if item.key else ())
        for start in range(0, len(records), _MAX_RECORDS):
            part = records[start : start + _MAX_RECORDS]
            session.send_event(
                item.message, {"NumRecords": len(part)}, [entry for record in part for entry in record]
            )
        self.end(session, status)

    @staticmethod
    def end(session: ClientSession, status: ConfigEndStatus, text: str = "") -> None:
        """Send CONFIG_END_EVENT."""
        session.send_event(
            messages.CONFIG_END_EVENT, {"ConfigEndStatus": int(status)}, [("Text", text)] if text else ()
        )
