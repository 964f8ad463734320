"""Acquisition: asks a server for the configuration that a mode wants, and follows its updates.

A request is answered by blocks of records. Each block lies between CONFIG_BEGIN_EVENT and CONFIG_END_EVENT;
all but the last end with CONFIGEND_PARTIAL. The records of an upload replace the present ones when its last
block has ended, so an upload that breaks off changes nothing. Updates are blocks too, and are applied record
by record.

After a loss the server is asked for its keys first. An item whose key is the same is not uploaded again.

None of these messages has an InvokeID, so a server may answer one request at a time.
"""

import asyncio
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any, Final

from ctios_fast.connection.clock import TimerHandle
from ctios_fast.core import Handler, Message
from ctios_fast.errors import ConfigurationRefused, RequestTimeout
from ctios_fast.model.context import Context
from ctios_fast.model.repair_plan import NotRepeated, Repairs, RepairStep
from ctios_fast.protocol import numbers as ged
from ctios_fast.protocol.codes import (
    CONFIG_SUCCESS,
    CONFIGEND_EMPTY,
    CONFIGEND_PARTIAL,
    CONFIGEND_SUCCESS,
)

from .configuration import Change, Records
from .items import ITEMS, Item, items_of
from .reading import read

__all__ = ["Acquisition"]

#: Bytes of a key. Other lengths are contradictions, and a key of zeros asks for an upload.
_KEY_LENGTH: Final = 8
_NO_KEY: Final = bytes(_KEY_LENGTH)


class _Upload:
    """What a request for configuration has brought so far.

    ``records``: by the item's bit. ``keys``: of the blocks that have ended, likewise. ``shared``: texts,
    numbers and lists that several records have, each once.
    """

    __slots__ = ("keys", "records", "shared")

    def __init__(self, items: Iterable[Item]) -> None:
        self.records: dict[int, Records] = {item.bit: {} for item in items}
        self.keys: dict[int, bytes] = {}
        self.shared: dict[Any, Any] = {}


class Acquisition(Repairs):
    """Fills the session's ``Configuration``. It is a step of the opening and of the repair after a loss.

    - ``changed``: called with each change of a record by an update.
    - ``replaced``: called with an item and its new records before an upload replaces the present ones; what
      it returns is called afterwards.
    """

    def __init__(
        self,
        context: Context,
        changed: Callable[[Change], object],
        replaced: Callable[[Item, Records], Callable[[], object]],
    ) -> None:
        self._context = context
        self._changed = changed
        self._replaced = replaced
        self.steps = (RepairStep(self._due, None, of_objects=False, at_opening=True),)
        #: Answered by CONFIG_KEY_EVENT, or by the end of an upload; None while nothing is asked for.
        self._answer: asyncio.Future[Message] | None = None
        #: Number of the message that answers, CONFIG_KEY_EVENT or CONFIG_END_EVENT.
        self._awaited = 0
        #: When the last message of the configuration came, in seconds of the clock.
        self._heard = 0.0
        self._upload: _Upload | None = None
        #: CONFIG_BEGIN_EVENT's mask and keys of the block that is open; None between blocks.
        self._block: tuple[int, dict[int, bytes]] | None = None

    def __repr__(self) -> str:
        return f"<acquisition of {self._context.configuration!r}>"

    # --- Asking -------------------------------------------------------------------------------------

    def gap_began(self) -> None:
        """Updates may be missed from now on. Called by the registry."""
        self._context.configuration.is_complete = False
        self._block = None

    def _due(self) -> Iterable["Acquisition"]:
        return (self,) if self.needs_repair() else ()

    def needs_repair(self) -> bool:
        """Whether the server has to be asked."""
        configuration = self._context.configuration
        return bool(configuration.wanted) and not configuration.is_complete

    async def repair(self) -> None:
        """Ask for what changed, and open the way for updates.

        Fails with ``RequestTimeout`` or ``ConnectionLost``, and with ``NotRepeated`` for a
        ``ConfigurationRefused``. The present records stay as they are then.
        """
        context = self._context
        configuration = context.configuration
        try:
            due = configuration.wanted
            if configuration.keys:
                due &= ~await self._unchanged()
            fields = {
                "ConfigInformation": due,
                "ConfigMsgMask": 0
                if context.mode is None
                else context.mode.config_mask(context.codec.version),
                "PeripheralID": context.peripheral_id,
            }
            self._upload = _Upload(items_of(due)) if due else None
            if due:
                await self._ask(ged.CONFIG_REQUEST_EVENT, fields, ged.CONFIG_END_EVENT)
            else:
                context.post_plain(ged.CONFIG_REQUEST_EVENT, fields, ())
        except ConfigurationRefused as error:
            configuration.is_complete = True  # asking again gives the same answer
            raise NotRepeated(error) from None
        finally:
            self._upload = self._block = None
        configuration.is_complete = True

    async def _unchanged(self) -> int:
        # The mask of the items whose keys are the same as before.
        context = self._context
        fields = {"PeripheralID": context.peripheral_id}
        try:
            answer = await self._ask(ged.CONFIG_REQUEST_KEY_EVENT, fields, ged.CONFIG_KEY_EVENT)
        except RequestTimeout:
            return 0  # keys are optional, so the server may not know the request
        if answer["ConfigkeyStatus"] != CONFIG_SUCCESS:
            return 0
        known = context.configuration.keys
        unchanged = 0
        for bit, key in self._keys(answer, context.configuration.wanted).items():
            if known.get(bit) == key:
                unchanged |= bit
        return unchanged

    async def _ask(self, number: int, fields: dict[str, int], answered_by: int) -> Message:
        # Fails when nothing of the configuration came for the time that a confirmation may take.
        context = self._context
        clock, seconds = context.clock, context.request_timeout
        timer: TimerHandle
        answer: asyncio.Future[Message] = asyncio.get_running_loop().create_future()
        self._answer, self._awaited, self._heard = answer, answered_by, clock.time()
        context.post_plain(number, fields, ())

        def check() -> None:
            nonlocal timer
            left = self._heard + seconds - clock.time()
            if left > 0:
                timer = clock.call_later(left, check)
                return
            if answer.done():
                return
            words = f"the server sent nothing for {seconds:g} s in answer to {ged.NAMES[number]}"
            answer.set_exception(RequestTimeout(words))

        timer = clock.call_later(seconds, check)
        try:
            return await answer
        finally:
            timer.cancel()
            self._answer = None

    # --- Messages -----------------------------------------------------------------------------------

    def handlers(self) -> dict[int, Handler]:
        """The handlers of the configuration's messages, by number."""
        return {
            ged.CONFIG_KEY_EVENT: self._on_key,
            ged.CONFIG_BEGIN_EVENT: self._on_begin,
            ged.CONFIG_END_EVENT: self._on_end,
            **{item.message: partial(self._on_records, item) for item in ITEMS},
        }

    def _on_key(self, message: Message) -> None:
        answer = self._answer
        if answer is not None and self._awaited == ged.CONFIG_KEY_EVENT and not answer.done():
            answer.set_result(message)

    def _on_begin(self, message: Message) -> None:
        self._heard = self._context.clock.time()
        configuration = self._context.configuration
        if not configuration.wanted:
            return  # the program asked by itself, and handles the messages itself
        if self._block is not None:
            configuration.count_fault()  # the block before lacks its end
        bits = message["ConfigInformation"]
        self._block = (bits, self._keys(message, bits))

    def _on_records(self, item: Item, message: Message) -> None:
        context = self._context
        configuration = context.configuration
        if not item.bit & configuration.wanted:
            return
        self._heard = context.clock.time()
        upload = self._upload
        present = configuration.records(item)
        into = present if upload is None else upload.records.get(item.bit, present)
        share = _as_it_is if upload is None else upload.shared.setdefault
        count = 0
        for values in read(message, item, share):
            count += 1
            change = configuration.take(item, values, into, context.peripheral_id)
            if change is not None and into is present:
                self._changed(change)
        is_announced = self._block is not None and bool(self._block[0] & item.bit)
        if count != message["NumRecords"] or not is_announced:
            configuration.count_fault()

    def _on_end(self, message: Message) -> None:
        self._heard = self._context.clock.time()
        configuration = self._context.configuration
        block, self._block = self._block, None
        upload, status = self._upload, message["ConfigEndStatus"]
        if not configuration.wanted:
            return
        is_upload = upload is not None and (block is None or bool(block[0] & _bits(upload)))
        if block is not None and status in (CONFIGEND_SUCCESS, CONFIGEND_PARTIAL):
            (upload.keys if is_upload and upload is not None else configuration.keys).update(block[1])
        if upload is None or not is_upload:
            if block is None:
                configuration.count_fault()  # an end of nothing
            return
        answer = self._answer
        if status == CONFIGEND_PARTIAL or answer is None or answer.done():
            return
        if status in (CONFIGEND_SUCCESS, CONFIGEND_EMPTY):
            self._complete(upload)
            answer.set_result(message)
        else:
            answer.set_exception(ConfigurationRefused(status, message.get("Text") or ""))

    def _complete(self, upload: _Upload) -> None:
        configuration = self._context.configuration
        self._upload = None  # updates from now on change the present records
        reports = []
        for item in items_of(_bits(upload)):
            records = upload.records[item.bit]
            reports.append(self._replaced(item, records))
            configuration.replace(item, records)
            configuration.keys.pop(item.bit, None)
        configuration.keys.update(upload.keys)
        for report in reports:
            report()

    def _keys(self, message: Message, bits: int) -> dict[int, bytes]:
        # The keys of these items that a message carries and that are usable.
        keys: dict[int, bytes] = {}
        for item in items_of(bits & self._context.configuration.wanted):
            key = message.get(item.key) if item.key else None
            if key is not None and len(key) == _KEY_LENGTH and key != _NO_KEY:
                keys[item.bit] = bytes(key)
        return keys


def _bits(upload: _Upload) -> int:
    return sum(upload.records)


def _as_it_is(value: Any, _: Any) -> Any:
    return value
