"""CTI OS message filter strings: ``MessageId=30,23;AgentId=5128,10*``.

Semicolons separate keys that all have to hold, commas the values of a key, of which one has to (CTI OS
Developer's Guide, notes on message filters). A key is ``MessageId``, ``UniqueObjectID`` or the name of a
field, in any case. ``*`` stands for the rest of a value; what follows it is ignored. Blanks around keys and
values and a semicolon at the end do no harm. The filter judges CTI Server messages, so what only a CTI OS
server made (monitored events, events about the connection) cannot be asked for. Statistics are an exception:
their events stand for the confirmations that bring them.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from ctios_fast.core.scan.filter_rules import Alternative, Clause, Rule, Test, wire_text
from ctios_fast.core.scan.frame_filter import field_kinds, field_names
from ctios_fast.core.text_encoding import checked_encoding
from ctios_fast.errors import FilterSyntaxError
from ctios_fast.protocol import numbers as messages
from ctios_fast.protocol.naming import suggestion

__all__ = ["Criteria", "criteria", "parse"]

_NUMBERS: Final = {
    name: number for name, number in vars(messages).items() if name.isupper() and isinstance(number, int)
}
_KNOWN: Final = frozenset(_NUMBERS.values())

#: CTI OS's names of events that are not made like the message's name: eAgentStateEvent is AGENT_STATE_EVENT.
_ALIASES: Final = {
    "agentstatechange": ("AGENT_STATE_EVENT",),
    "agentstatistics": ("QUERY_AGENT_STATISTICS_CONF",),
    "callbegin": ("BEGIN_CALL_EVENT",),
    "callend": ("END_CALL_EVENT",),
    "callrtpstarted": ("RTP_STARTED_EVENT",),
    "callrtpstopped": ("RTP_STOPPED_EVENT",),
    "callstartrecordingconf": ("START_RECORDING_CONF",),
    "callstoprecordingconf": ("STOP_RECORDING_CONF",),
    "ctiosfailure": ("FAILURE_CONF", "SYSTEM_EVENT"),
    "newagentstatistics": ("QUERY_AGENT_STATISTICS_CONF",),
    "newskillgroupstatistics": ("QUERY_SKILL_GROUP_STATISTICS_CONF",),
    "senddtmfconf": ("SEND_DTMF_SIGNAL_CONF",),
    "serviceinitiated": ("CALL_SERVICE_INITIATED_EVENT",),
    "skillgroupstatisticsupdated": ("QUERY_SKILL_GROUP_STATISTICS_CONF",),
    "translationroute": ("CALL_TRANSLATION_ROUTE_EVENT",),
}

_OF_THE_LIBRARY: Final = "is fired by the library itself and cannot be filtered"
_OF_THE_SERVER: Final = "was made by the CTI OS server, no CTI Server message stands for it"
_MONITORED: Final = "cannot be filtered; filter the ordinary event and look whether it is a monitored one"

#: Events that no filter can have, without "e", "On" and "Event".
_REFUSED: Final = {
    **dict.fromkeys(
        (
            "connection",
            "connectionclosed",
            "connectionfailure",
            "currentagentreset",
            "currentcallchanged",
            "heartbeat",
            "missingheartbeat",
            "postlogout",
            "prelogout",
        ),
        _OF_THE_LIBRARY,
    ),
    **dict.fromkeys(
        (
            "agentinfo",
            "buttonenablementchange",
            "chatmessage",
            "globalsettingsdownloadconf",
            "skillinfo",
            "supervisorbuttonchange",
        ),
        _OF_THE_SERVER,
    ),
}

#: The number that CTI OS prints for its event with the statistics of a skill group.
_STATISTICS: Final = {0x20000073: messages.QUERY_SKILL_GROUP_STATISTICS_CONF}
#: Numbers from here on are those of the CTI OS server's own events.
_SERVER_EVENTS: Final = 0x20000000

_SERVER_KEYS: Final = ("filtertarget", "hidesilentmonitorcallevents", "hidesilentmonitorcalls")

#: Fields that the parts of a UniqueObjectID stand for, by its first part.
_OBJECTS: Final = {
    "agent": ("PeripheralID", "AgentID"),
    "call": ("PeripheralID", "ConnectionCallID", "ConnectionDeviceID"),
    "device": ("PeripheralID", "AgentInstrument"),
    "skillgroup": ("PeripheralID", "SkillGroupNumber"),
    "team": ("PeripheralID", "TeamID"),
}


class Criteria(NamedTuple):
    """What a filter string asks of an event.

    - ``messages``: numbers of the messages that the event may be about, None for all of them.
    - ``values``: the other keys, as keywords of CTI OS, each with the values that it may have.
    """

    messages: frozenset[int] | None
    values: tuple[tuple[str, tuple[str, ...]], ...]


class _Part(NamedTuple):
    """A piece of the text without blanks around it, and where it stands."""

    text: str
    position: int


class _Expression(NamedTuple):
    key: _Part
    values: list[_Part]


def _pieces(part: _Part, separator: str, limit: int = -1) -> Iterator[_Part]:
    position = part.position
    for piece in part.text.split(separator, limit):
        yield _Part(piece.strip(), position + len(piece) - len(piece.lstrip()))
        position += len(piece) + 1


class _Parser:
    """One filter string on its way to a rule."""

    def __init__(self, text: str, version: int, encoding: str | None) -> None:
        self.text = text
        self.encoding = checked_encoding(encoding)
        self.version = version
        self.names = {name.lower(): name for name in field_names(version)}

    def fail(self, part: _Part, reason: str) -> FilterSyntaxError:
        return FilterSyntaxError(self.text, part.position, reason)

    def rule(self) -> Rule:
        expressions = self.expressions()
        numbers = self.messages([one for one in expressions if one.key.text.lower() == "messageid"])
        clauses = tuple(
            self.clause(one, numbers) for one in expressions if one.key.text.lower() != "messageid"
        )
        return Rule(numbers, clauses)

    def expressions(self) -> list[_Expression]:
        parts = list(_pieces(_Part(self.text, 0), ";"))
        if len(parts) > 1 and not parts[-1].text:
            parts.pop()
        found = []
        for part in parts:
            key, *rest = _pieces(part, "=", 1)
            if not part.text:
                raise self.fail(part, "a key and its values are missing, as in MessageId=30")
            if not key.text:
                raise self.fail(key, "a key is missing before '='")
            if not rest:
                raise self.fail(key, f"the key {key.text} has no '=' and values")
            values = list(_pieces(rest[0], ","))
            for value in values:
                if not value.text:
                    raise self.fail(value, f"a value of {key.text} is missing")
            found.append(_Expression(key, values))
        return found

    # --- messages ---

    def messages(self, expressions: list[_Expression]) -> frozenset[int] | None:
        numbers: frozenset[int] | None = None
        for expression in expressions:
            chosen: set[int] = set()
            for value in expression.values:
                chosen |= self.message(value)
            if chosen == _KNOWN:
                continue
            numbers = frozenset(chosen) if numbers is None else numbers & chosen
            if not numbers:
                raise self.fail(expression.key, "no message is left that all MessageId keys name")
        return numbers

    def message(self, value: _Part) -> frozenset[int]:
        before, star, _ = value.text.partition("*")
        if star:
            found = frozenset(number for number in _KNOWN if str(number).startswith(before.rstrip()))
            if not found or not re.fullmatch(r"\d*", before.rstrip()):
                raise self.fail(value, f"no message number begins with {before.rstrip()!r}")
            return found
        if re.fullmatch(r"\d{1,10}", value.text, re.ASCII):
            return frozenset({self.numbered(value, int(value.text))})
        if re.fullmatch(r"\d+", value.text, re.ASCII):
            raise self.fail(value, f"no CTI Server message has a number of {len(value.text)} digits")
        return self.named(value)

    def numbered(self, value: _Part, number: int) -> int:
        number = _STATISTICS.get(number, number)
        if number in _KNOWN:
            return number
        if number >= _SERVER_EVENTS:
            rest = number - _SERVER_EVENTS
            hint = f", made of message {rest}" if rest in _KNOWN else ""
            raise self.fail(value, f"{number} is an event of the CTI OS server{hint}, no CTI Server message")
        raise self.fail(value, f"no CTI Server message has the number {number}")

    def named(self, value: _Part) -> frozenset[int]:
        name = re.sub(r"^e(?=[A-Z])", "", value.text)
        name = re.sub(r"^On(?=[A-Z])", "", name).replace("_", "").lower()
        known = {one.replace("_", "").lower(): number for one, number in _NUMBERS.items()}
        for tried in (name, f"{name}event"):
            if tried in known:
                return frozenset({known[tried]})
        bare = name.removesuffix("event")
        if bare in _ALIASES:
            return frozenset(_NUMBERS[one] for one in _ALIASES[bare])
        if bare in _REFUSED:
            raise self.fail(value, f"{value.text} {_REFUSED[bare]}")
        if bare.startswith("monitored"):
            raise self.fail(value, f"{value.text} {_MONITORED}")
        raise self.fail(value, f"there is no message {value.text}{suggestion(value.text, _NUMBERS)}")

    def criteria(self, keywords: Mapping[str, str]) -> Criteria:
        expressions = self.expressions()
        values = []
        for one in expressions:
            key = one.key.text.lower()
            if key == "messageid":
                continue
            if key.startswith("hidesilentmonitorcall"):
                raise self.fail(one.key, "calls of silent monitoring cannot be hidden")
            keyword = keywords.get(key) or self.names.get(key)
            if keyword is None:
                hint = suggestion(one.key.text, (*self.names.values(), *keywords.values()))
                raise self.fail(one.key, f"no event has a keyword {one.key.text}{hint}")
            values.append((keyword, tuple(value.text for value in one.values)))
        messages = self.messages([one for one in expressions if one.key.text.lower() == "messageid"])
        return Criteria(messages, tuple(values))

    # --- fields ---

    def clause(self, expression: _Expression, numbers: frozenset[int] | None) -> Clause:
        key = expression.key.text.lower()
        if key == "uniqueobjectid":
            return self.objects(expression, numbers)
        if key in _SERVER_KEYS:
            raise self.fail(
                expression.key, f"{expression.key.text} is for a CTI OS server, no message has it"
            )
        name = self.names.get(key)
        if name is None:
            hint = suggestion(expression.key.text, self.names.values())
            raise self.fail(expression.key, f"no CTI Server message has a field {expression.key.text}{hint}")
        return ((self.test(name, expression.key, expression.values, numbers),),)

    def test(self, name: str, key: _Part, values: list[_Part], numbers: frozenset[int] | None) -> Test:
        """The field has one of the values, which are read as what the field is in the messages."""
        kinds = field_kinds(self.version, name, numbers)
        if not kinds:
            raise self.fail(key, f"none of the messages has a field {name}")
        if kinds == {"bytes"}:
            raise self.fail(key, f"field {name} holds bytes or a named value, which cannot be compared")
        found = [self.one_value(name, value, kinds) for value in values]
        return Test(
            name,
            frozenset().union(*(test.texts for test in found)),
            tuple(prefix for test in found for prefix in test.prefixes),
            frozenset().union(*(test.numbers for test in found)),
            tuple(each for test in found for each in test.ranges),
            any(test.present for test in found),
        )

    def one_value(self, name: str, value: _Part, kinds: set[str]) -> Test:
        """The value as text and as number, whichever the field can be."""
        before, star, _ = value.text.partition("*")
        before = before.rstrip()
        if star and not before:
            return Test(name, present=True)
        texts = frozenset({self.wire_text(name, before, value)} if "text" in kinds else ())
        numbers: frozenset[int] = frozenset()
        ranges: tuple[tuple[int, int], ...] = ()
        if "number" in kinds:
            if star and re.fullmatch(r"-?\d{0,10}", before, re.ASCII):
                ranges = tuple(_numbers_from(before))
            elif not star and re.fullmatch(r"-?\d{1,10}", before, re.ASCII):
                numbers = frozenset({int(before)})
            elif kinds == {"number"}:
                raise self.fail(value, f"field {name} holds numbers, which {value.text} is not")
        if star:
            return Test(name, prefixes=tuple(texts), ranges=ranges)
        return Test(name, texts, numbers=numbers)

    def wire_text(self, name: str, text: str, value: _Part) -> bytes:
        try:
            return wire_text(name, text, self.encoding)
        except ValueError as error:
            raise self.fail(value, str(error)) from None

    def objects(self, expression: _Expression, numbers: frozenset[int] | None) -> Clause:
        """Objects of one kind that differ in the last part alone are put into one alternative."""
        groups: dict[tuple[str, ...], list[list[_Part]]] = {}
        for value in expression.values:
            before, star, _ = value.text.partition("*")
            kind, *rest = _pieces(_Part(before + star, value.position), ".", 1)
            fields = _OBJECTS.get(kind.text.lower())
            if fields is None:
                raise self.fail(value, f"an object is one of {', '.join(_OBJECTS)}, with its ids behind dots")
            parts = list(_pieces(rest[0], ".", len(fields) - 1)) if rest else []
            if star:
                parts += [_Part("*", value.position)] * (len(fields) - len(parts))
            if len(parts) != len(fields) or not all(part.text for part in parts):
                shown = ".".join((kind.text.lower(), *fields))
                raise self.fail(value, f"{value.text} is not of the form {shown}")
            groups.setdefault((kind.text.lower(), *(part.text for part in parts[:-1])), []).append(parts)
        return tuple(
            self.alternative(_OBJECTS[kind], members, expression.key, numbers)
            for (kind, *_), members in groups.items()
        )

    def alternative(
        self, fields: tuple[str, ...], members: list[list[_Part]], key: _Part, numbers: frozenset[int] | None
    ) -> Alternative:
        shared = [[part] for part in members[0][:-1]]
        last = [parts[-1] for parts in members]
        return tuple(
            self.test(field, key, values, numbers)
            for field, values in zip(fields, [*shared, last], strict=True)
        )


def _numbers_from(prefix: str) -> Iterator[tuple[int, int]]:
    """Spans of all numbers of 32 bits that begin with the prefix when written in decimal."""
    sign = -1 if prefix.startswith("-") else 1
    digits = prefix.lstrip("-")
    if not digits:
        yield -(1 << 31), -1
        return
    if digits.startswith("0"):
        if prefix == "0":
            yield 0, 0
        return
    for more in range(10 - len(digits), -1, -1):
        first = int(digits) * 10**more
        last = first + 10**more - 1
        yield (first, last) if sign > 0 else (-last, -first)


def parse(text: str, version: int, encoding: str | None = None) -> Rule:
    """Return the rule of a filter string for frames of a protocol version and a text encoding.

    Raises ``FilterSyntaxError``.
    """
    return _Parser(text, version, encoding).rule()


def criteria(text: str, version: int, keywords: Mapping[str, str]) -> Criteria:
    """Return what a filter string asks of an event; ``keywords`` are those of CTI OS, by lower case.

    Raises ``FilterSyntaxError``.
    """
    return _Parser(text, version, None).criteria(keywords)
