"""CallData: what is known of a call, shared by all of its connections.

A busy peripheral sends far more call data than programs read. So the frames that carry data are kept as they
came, and are read when the data are needed, or when more than ``MAX_UNREAD`` are kept.
"""

from typing import Any, Final, Generic, TypeVar

from ctios_fast import keywords as kw
from ctios_fast.core import Codec, FieldReader, Message
from ctios_fast.core.text_encoding import decoded
from ctios_fast.model.arguments import Arguments, arguments_over
from ctios_fast.protocol import numbers as ged
from ctios_fast.protocol.codes import (
    NULL_CALL_TYPE,
    NULL_PERIPHERAL_TYPE,
    NULL_SERVICE,
    NULL_SKILL_GROUP,
)

__all__ = [
    "CALL_VARIABLES",
    "DATA_FIELDS",
    "ECC_REFUSED",
    "MAX_UNREAD",
    "CallData",
    "contact_id_of",
    "cti_clients",
    "named_variables",
    "with_texts",
]

#: Frames that are kept unread, at most. A usual call brings about ten with data.
MAX_UNREAD: Final = 32
#: The counter of ECC variables that cannot be read or exceed the limit.
ECC_REFUSED: Final = "ecc_variables_refused"
#: ECC variables of one call. The protocol's 2000 bytes for all of them hold fewer.
MAX_ECC_VARIABLES: Final = 1000
CALL_VARIABLES: Final = tuple(f"CallVariable{number}" for number in range(1, 11))
#: Fields of messages that are data of the call, under the names that they have in Arguments as well.
DATA_FIELDS: Final = (
    kw.CTIOS_PERIPHERALTYPE,
    kw.CTIOS_CALLTYPE,
    "CalledPartyDisposition",
    "CampaignID",
    "QueryRuleID",
    kw.CTIOS_SERVICENUMBER,
    kw.CTIOS_SERVICEID,
    kw.CTIOS_SKILLGROUPNUMBER,
    kw.CTIOS_SKILLGROUPID,
    kw.CTIOS_SKILLGROUPPRIORITY,
    kw.CTIOS_ANI,
    "ANI_II",
    kw.CTIOS_USERTOUSERINFO,
    kw.CTIOS_DNIS,
    kw.CTIOS_DIALEDNUMBER,
    kw.CTIOS_CALLERENTEREDDIGITS,
    kw.CTIOS_ROUTERCALLKEYDAY,
    kw.CTIOS_ROUTERCALLKEYCALLID,
    kw.CTIOS_ROUTERCALLKEYSEQUENCENUMBER,
    "CallReferenceID",
    *CALL_VARIABLES,
    kw.CTIOS_CALLWRAPUPDATA,
    kw.CTIOS_CUSTOMERPHONENUMBER,
    kw.CTIOS_CUSTOMERACCOUNTNUMBER,
)
#: Fields whose value for "nothing known" does not replace a known one.
_UNKNOWN: Final = {
    kw.CTIOS_CALLTYPE: NULL_CALL_TYPE,
    kw.CTIOS_PERIPHERALTYPE: NULL_PERIPHERAL_TYPE,
    kw.CTIOS_SERVICENUMBER: NULL_SERVICE,
    kw.CTIOS_SERVICEID: NULL_SERVICE,
    kw.CTIOS_SKILLGROUPNUMBER: NULL_SKILL_GROUP,
    kw.CTIOS_SKILLGROUPID: NULL_SKILL_GROUP,
    kw.CTIOS_SKILLGROUPPRIORITY: 0,
    "CampaignID": 0,
    "QueryRuleID": 0,
}
#: Fields that the protocol has as octets and CTI OS as text.
_OCTETS: Final = (kw.CTIOS_USERTOUSERINFO, "CallReferenceID")
#: Messages whose named variables are all that the call has. Others add to those that are known.
_COMPLETE: Final = frozenset({ged.BEGIN_CALL_EVENT, ged.CALL_DATA_UPDATE_EVENT, ged.SNAPSHOT_CALL_CONF})
#: Messages that carry named variables.
_WITH_VARIABLES: Final = _COMPLETE | {ged.CALL_DELIVERED_EVENT}
#: Fields that are lists in these messages, one item for each skill group, so they are not the call's own.
_LISTS: Final = frozenset({ged.CALL_QUEUED_EVENT, ged.CALL_DEQUEUED_EVENT})


#: What is known of a call at first. It is never changed.
_NOTHING: Final[dict[str, Any]] = {}
#: The objects that stand for connections.
C = TypeVar("C")


class CallData(Generic[C]):
    """What the connections of one call id share.

    - ``calls``: the connections by ConnectionDeviceID.
    - ``unread``: frames that carry data and were not read yet, in wire order.
    """

    __slots__ = (
        "_codec",
        "_contact",
        "_counts",
        "_ecc",
        "_had_ecc",
        "_keys_read",
        "_reader",
        "_values",
        "calls",
        "unread",
    )

    def __init__(self, codec: Codec, reader: FieldReader, counts: dict[str, int]) -> None:
        self.calls: dict[str, C] = {}
        self._codec = codec
        #: Reads DATA_FIELDS. It is the session's own, since a reader is for one thread.
        self._reader = reader
        #: Counters of the session's calls.
        self._counts = counts
        self.unread: list[bytes] = []
        #: How many of them the router call key was looked for in.
        self._keys_read = 0
        #: ICMEnterpriseUniqueID, as far as router call keys were looked for.
        self._contact: str | None = None
        #: What is known, by keyword. Replaced, never changed.
        self._values: dict[str, Any] = _NOTHING
        #: ECC variables: ``user.name``, ``user.array[0]``. Replaced, never changed.
        self._ecc: dict[str, Any] = _NOTHING
        self._had_ecc = False

    def take(self, frame: bytes) -> None:
        """Take in the frame of a message that carries call data."""
        unread = self.unread
        unread.append(frame)
        if len(unread) > MAX_UNREAD:
            self.read()

    @property
    def icm_enterprise_unique_id(self) -> str | None:
        """The contact's id in the whole enterprise, None as long as no router call key is known.

        Every event has it, so it is looked for without reading the rest.
        """
        unread = self.unread
        if self._keys_read < len(unread):
            for frame in unread[self._keys_read :]:
                if int.from_bytes(frame[4:8]) in _COMPLETE:
                    message = self._codec.decode(frame)
                    contact = contact_id_of(message)
                    self._contact = contact or self._contact
            self._keys_read = len(unread)
        return self._contact

    @property
    def values(self) -> dict[str, Any]:
        """What is known of the call, by keyword. Read-only."""
        if self.unread:
            self.read()
        return self._values

    @property
    def ecc(self) -> dict[str, Any]:
        """The call's ECC variables, by name. Read-only."""
        if self.unread:
            self.read()
        return self._ecc

    @property
    def had_ecc(self) -> bool:
        """Whether the call has, or had before the last message, ECC variables."""
        return bool(self.ecc) or self._had_ecc

    def is_unchanged(self, values: dict[str, Any]) -> bool:
        """Whether nothing was taken in since ``values`` was read from the property of that name."""
        return not self.unread and self._values is values

    def arguments(self) -> dict[str, Any]:
        """A new dict of all that is known, with ECC nested, for the Arguments of an event."""
        values = dict(self.values)
        if self._ecc:
            values[kw.CTIOS_ECC] = arguments_over(dict(self._ecc))
        return values

    def merge(self, other: "CallData[C]") -> None:
        """Take in what is known of another call that has become this one; what this call has wins."""
        self._values = {**other.values, **self.values}
        self._ecc = {**other.ecc, **self.ecc}
        self._contact = self.icm_enterprise_unique_id or other.icm_enterprise_unique_id

    def read(self) -> None:
        """Read the frames that were not read yet."""
        self.icm_enterprise_unique_id  # noqa: B018 - looks for the router call key in them
        unread, self.unread, self._keys_read = self.unread, [], 0
        for frame in unread:
            self._read_one(self._codec.decode(frame))

    def _read_one(self, message: Message) -> None:
        before = self._values
        values = with_texts(self._reader.fill(message, before), self._codec.encoding)
        number = message.type
        if number in _LISTS:
            for keyword, value in list(values.items()):
                if isinstance(value, list):
                    values.pop(keyword)
                    if keyword in before:
                        values[keyword] = before[keyword]
        for keyword, unknown in _UNKNOWN.items():
            if values.get(keyword) == unknown and keyword in before:
                values[keyword] = before[keyword]
        clients = cti_clients(message) if number in _WITH_VARIABLES else None
        if clients is not None:
            values[kw.CTIOS_CTICLIENTS] = clients
        self._values = values
        if number in _WITH_VARIABLES:
            self._read_variables(message)

    def _read_variables(self, message: Message) -> None:
        self._had_ecc = bool(self._ecc)
        named, unreadable = _variables(message)
        ecc = named if message.type in _COMPLETE else {**self._ecc, **named}
        if len(ecc) <= MAX_ECC_VARIABLES:
            self._ecc = ecc
        else:
            unreadable += len(named)
        if unreadable:
            self._counts[ECC_REFUSED] += unreadable


def with_texts(values: dict[str, Any], encoding: str | None) -> dict[str, Any]:
    """``values``, with text of that encoding in place of the octets that CTI OS has as text."""
    for name in _OCTETS:
        octets = values.get(name)
        if isinstance(octets, bytes):
            values[name] = decoded(octets.rstrip(b"\0"), encoding)
    return values


def contact_id_of(message: Message) -> str | None:
    """ICMEnterpriseUniqueID of the message's router call key, None where a part of the key is missing."""
    day, call_id = message.get("RouterCallKeyDay"), message.get("RouterCallKeyCallID")
    return f"icm.{day}.{call_id}" if isinstance(day, int) and isinstance(call_id, int) else None


def named_variables(message: Message) -> dict[str, Any]:
    """The ECC variables of a message: scalars as ``name``, array elements as ``name[index]``.

    Those that cannot be read, which the message has as bytes, are left out.
    """
    return _variables(message)[0]


def _variables(message: Message) -> tuple[dict[str, Any], int]:
    # The ECC variables of a message, and how many of them cannot be read.
    named: dict[str, Any] = {}
    unreadable = 0
    for each in message.get("NamedVariable") or ():
        if isinstance(each, bytes):
            unreadable += 1
        else:
            named[each[0]] = each[1]
    for each in message.get("NamedArray") or ():
        if isinstance(each, bytes):
            unreadable += 1
        else:
            named[f"{each[0]}[{each[1]}]"] = each[2]
    return named, unreadable


def cti_clients(message: Message) -> Arguments | None:
    """The clients of the call that a message lists, as ``CTIClient[1]`` and so on; None if it lists none."""
    signatures = message.get("CTIClientSignature")
    if not isinstance(signatures, list) or not signatures:
        return None
    timestamps = message.get("CTIClientTimestamp") or []
    clients: dict[str, Any] = {}
    for number, signature in enumerate(signatures, 1):
        client = {kw.CTIOS_CTICLIENTSIGNATURE: signature}
        if number <= len(timestamps):
            client[kw.CTIOS_CTICLIENTTIMESTAMP] = timestamps[number - 1]
        clients[f"CTIClient[{number}]"] = arguments_over(client)
    return arguments_over(clients)
