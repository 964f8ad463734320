"""FormerCalls: finds the call that a message names by a new id after a gap.

A conference or a transfer in the gap gives a call another id. The call is the same one if it is at the same
device and has the same CallReferenceID or router call key, or if a device had both calls before the gap, as
the one that consults has.
"""

from collections import Counter
from collections.abc import Container
from typing import Any

from ctios_fast import keywords as kw
from ctios_fast.core import Message

from .call_data import contact_id_of, with_texts
from .call_index import CallIndex
from .live_call import LiveCall

__all__ = ["FormerCalls"]

_REFERENCE = "CallReferenceID"


class FormerCalls:
    """The calls that were known before a gap, by what stays the same when their ids change.

    The index is built when it is first used, at the latest when the repair begins.
    """

    __slots__ = ("_calls", "_changes", "_excluded", "_index", "_partners")

    def __init__(self, index: CallIndex) -> None:
        self._index = index
        #: Calls that messages since the gap named by the ids that they have.
        self._excluded: set[LiveCall] = set()
        #: By PeripheralID and ConnectionCallID: messages since the gap after which a connection of the call
        #: may have ended, or may have another id.
        self._changes: Counter[tuple[int, int]] = Counter()
        #: Calls by CallReferenceID and by ICMEnterpriseUniqueID, None before the first use.
        self._calls: dict[tuple[str, Any], list[LiveCall]] | None = None
        #: By ConnectionCallID: the calls that shared a device with a connection of that call.
        self._partners: dict[int, set[int]] = {}

    def exclude(self, call: LiveCall) -> None:
        """A message since the gap names the call by the id that it has."""
        self._excluded.add(call)

    def changed(self, peripheral_id: int, call_id: int) -> None:
        """A message ends a connection of the call, joins it with another one, or gives it another id."""
        self._changes[peripheral_id, call_id] += 1

    def changes_of(self, peripheral_id: int, call_id: int) -> int:
        """How many such messages have come since the gap."""
        return self._changes[peripheral_id, call_id]

    def of(
        self,
        device: str,
        key: tuple[int, int, str],
        message: Message,
        among: Container[LiveCall] | None = None,
    ) -> LiveCall | None:
        """The call that has another id now, None if there is none.

        - ``device``: where the connection is that the message is about.
        - ``key``: PeripheralID, ConnectionCallID and ConnectionDeviceID of the connection.
        - ``message``: of the connection, with its CallReferenceID or router call key.
        - ``among``: the candidates; None: all that no message has named since the gap.
        """
        values = {name: message.get(name) for name in (_REFERENCE, kw.CTIOS_ROUTERCALLKEYSEQUENCENUMBER)}
        reference = with_texts(values, self._index.encoding)[_REFERENCE]
        contact = contact_id_of(message)
        sequence = values[kw.CTIOS_ROUTERCALLKEYSEQUENCENUMBER]
        calls = self._known()
        for kind, value in ((_REFERENCE, reference), (kw.CTIOS_ICMENTERPRISEUNIQUEID, contact)):
            for call in calls.get((kind, value), ()) if value else ():
                is_same = kind == _REFERENCE or _may_be(call, sequence)
                if is_same and self._is_candidate(call, device, among):
                    return call
        peripheral_id, call_id, _ = key
        joined = [
            call
            for partner in self._partners.get(call_id, ())
            for call in self._index.connections(peripheral_id, partner)
            if self._is_candidate(call, device, among)
        ]
        return joined[0] if len(joined) == 1 else None  # of several it may be any

    def _is_candidate(self, call: LiveCall, device: str, among: Container[LiveCall] | None) -> bool:
        return (
            call.is_alive
            and call.is_doubtful
            and call.quiet is not None
            and call not in self._excluded
            and call.is_at(device)
            and (among is None or call in among)
        )

    def note(self) -> None:
        """Build the index, before answers and events end calls that it has."""
        self._known()

    def _known(self) -> dict[tuple[str, Any], list[LiveCall]]:
        calls = self._calls
        if calls is None:
            calls = self._calls = {}
            at_device: dict[str, set[int]] = {}
            for call in self._index.table:
                if call.is_doubtful:
                    call_id = call.key[1]
                    at_device.setdefault(call.instrument or call.key[2], set()).add(call_id)
                    reference = call.data.values.get(_REFERENCE)
                    contact = call.icm_enterprise_unique_id
                    calls.setdefault((_REFERENCE, reference), []).append(call)
                    calls.setdefault((kw.CTIOS_ICMENTERPRISEUNIQUEID, contact), []).append(call)
            for call_ids in at_device.values():
                if len(call_ids) > 1:
                    for call_id in call_ids:
                        self._partners.setdefault(call_id, set()).update(call_ids - {call_id})
        return calls


def _may_be(call: LiveCall, sequence: Any) -> bool:
    # The same contact has calls of several sequence numbers. A snapshot does not tell the number.
    known = call.data.values.get(kw.CTIOS_ROUTERCALLKEYSEQUENCENUMBER)
    return known is None or sequence is None or known == sequence
