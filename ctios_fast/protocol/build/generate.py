"""Build step: generates tables, message numbers and enumerations from the protocol's data.

``setup.py`` runs it before anything is compiled. The files that it writes are not under version control.

=======================  ==========================================================================
``core/_tables.h``       static C tables of messages, fields, tags and names, read by ``core.layout``
``protocol/numbers.py`` one integer constant for each message number
``protocol/codes.py``    field values as plain integers: statuses, agent states, services, null ids, ports
``protocol/code_texts.py`` what statuses and failure codes mean, in a few words
``protocol/enums.py``    the enumerations as data; each class is created on first use
``protocol/enums.pyi``   the same as classes, for type checkers and editors
``protocol/message_texts.py`` what messages are for and what their fields mean, for docstrings
``protocol/class_table.py`` the data of the message classes; each class is created on first use
``messages.pyi``         the message classes, for type checkers and editors
``enums.py``             the enumerations of CTI OS as data; each class is created on first use
``enums.pyi``            the same as classes, for type checkers and editors
=======================  ==========================================================================
"""

import keyword
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from ..schema import (
    NEWEST_VERSION,
    OLDEST_VERSION,
    Enumeration,
    Floating,
    Reference,
    load,
)
from .class_rows import class_table_module, messages_stub
from .ctios_enums import ctios_enums_module, ctios_enums_stub
from .message_texts import message_texts_module

PACKAGE = Path(__file__).resolve().parent.parent.parent
OUTPUTS = (
    "core/_tables.h",
    "protocol/numbers.py",
    "protocol/codes.py",
    "protocol/code_texts.py",
    "protocol/enums.py",
    "protocol/enums.pyi",
    "protocol/message_texts.py",
    "protocol/class_table.py",
    "messages.pyi",
    "enums.py",
    "enums.pyi",
)

#: Codes of the wire types in the C tables; ``core/layout.pxd`` has the same numbers.
TYPE_CODES = {
    None: 0,
    "CHAR": 1,
    "UCHAR": 2,
    "SHORT": 3,
    "USHORT": 4,
    "BOOL": 4,
    "INT": 5,
    "UINT": 6,
    "TIME": 6,
    "STRING": 7,
    "UNSPEC": 8,
    "NAMEDVAR": 9,
    "NAMEDARRAY": 10,
}
KIND_CODES = {"request": 1, "confirmation": 2, "event": 3}
NO_NAME = 0xFFFF
NO_TAG = 0xFFFF
OPTIONAL, ARRAY, REPEATS = 1, 2, 4

_BANNER = "generated from ged188.toml by protocol/build/generate.py: change the data, not this file"


class _Names:
    """Numbers each distinct field name, so that the tables hold small integers."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def __getitem__(self, name: str | None) -> int:
        if name is None:
            return NO_NAME
        return self._numbers.setdefault(name, len(self._numbers))

    def __iter__(self) -> Iterator[str]:
        return iter(self._numbers)


def _flags(field: Floating) -> int:
    return (
        (OPTIONAL if field.optional else 0)
        | (ARRAY if field.array else 0)
        | (REPEATS if field.repeats else 0)
    )


def _array(declaration: str, rows: Iterable[str]) -> str:
    return f"static const {declaration} = {{\n" + "".join(f"    {row},\n" for row in rows) + "};\n"


def tables_header(reference: Reference) -> str:
    """The C header. Fields of all messages are in one array; a layout is a span of it."""
    names = _Names()
    fixed: list[str] = []
    floating: list[str] = []
    alternatives: list[str] = []
    messages: list[str] = []
    type_names = [code for code in TYPE_CODES if code is not None]
    for message in reference.messages:
        spans: list[tuple[int, int]] = []
        for layout in message.layouts:
            spans.append((len(fixed), len(layout)))
            fixed.extend(
                f"{{{names[field.name]}, {TYPE_CODES[field.type]}, "
                f"{type_names.index(field.type)}, {field.since}}}"
                for field in layout
            )
        first_alternative = len(alternatives)
        alternatives.extend(f"{{{start}, {count}}}" for start, count in spans[1:])
        first_floating = len(floating)
        floating.extend(
            f"{{{names[field.name]}, {NO_TAG if field.tag is None else field.tag}, "
            f"{NO_TAG if field.also is None else field.also}, {TYPE_CODES[field.type]}, "
            f"{type_names.index(field.type)}, {field.since}, {_flags(field)}, {field.max}, "
            f"{names[field.repeats]}, {names[field.array]}, {names[field.group]}}}"
            for field in message.floating
        )
        messages.append(
            f'{{{message.number}, "{message.name}", {KIND_CODES[message.kind]}, {message.since}, '
            f"{spans[0][0]}, {spans[0][1]}, {first_floating}, {len(message.floating)}, "
            f"{first_alternative}, {len(spans) - 1}}}"
        )
    tags = [
        f"{{{tag.number}, {names[tag.field]}, {TYPE_CODES[tag.type]}, "
        f"{0 if tag.type is None else type_names.index(tag.type)}, {tag.since}, {tag.max}}}"
        for tag in reference.tags
    ]
    undocumented = [f'{{{number}, "{name}"}}' for number, name in sorted(reference.undocumented.items())]
    highest = max(max(message.number for message in reference.messages), *reference.undocumented)
    return "\n".join(
        [
            f"/* {_BANNER} */",
            "#ifndef CTIOS_FAST_TABLES_H",
            "#define CTIOS_FAST_TABLES_H",
            "#include <stdint.h>",
            "",
            "typedef struct { uint16_t name; uint8_t type; uint8_t type_name; uint8_t since; }",
            "                 ctios_fixed_field;",
            "typedef struct { uint16_t name; uint16_t tag; uint16_t also; uint8_t type; uint8_t type_name;",
            "                 uint8_t since;",
            "                 uint8_t flags; uint16_t max; uint16_t repeats; uint16_t array; uint16_t group;",
            "} ctios_floating_field;",
            "typedef struct { uint16_t first; uint16_t count; } ctios_span;",
            "typedef struct { uint16_t number; const char *name; uint8_t kind; uint8_t since;",
            "                 uint16_t fixed; uint16_t fixed_count;",
            "                 uint16_t floating; uint16_t floating_count;",
            "                 uint16_t alternatives; uint16_t alternative_count; } ctios_message;",
            "typedef struct { uint16_t number; uint16_t name; uint8_t type; uint8_t type_name;",
            "                 uint8_t since; uint16_t max; } ctios_tag;",
            "typedef struct { uint16_t number; const char *name; } ctios_undocumented;",
            "",
            f"#define CTIOS_OLDEST_VERSION {OLDEST_VERSION}",
            f"#define CTIOS_NEWEST_VERSION {NEWEST_VERSION}",
            f"#define CTIOS_MESSAGE_NUMBERS {highest + 1}",
            f"#define CTIOS_TAG_NUMBERS {max(tag.number for tag in reference.tags) + 1}",
            f"#define CTIOS_MESSAGES {len(messages)}",
            f"#define CTIOS_TAGS {len(tags)}",
            f"#define CTIOS_UNDOCUMENTED {len(undocumented)}",
            f"#define CTIOS_NAMES {len(list(names))}",
            "",
            _array("char *const ctios_type_names[]", (f'"{name}"' for name in type_names)),
            _array("ctios_fixed_field ctios_fixed_fields[]", fixed),
            _array("ctios_floating_field ctios_floating_fields[]", floating),
            _array("ctios_span ctios_alternatives[]", alternatives),
            _array("ctios_message ctios_messages[]", messages),
            _array("ctios_tag ctios_tags[]", tags),
            _array("ctios_undocumented ctios_undocumented_messages[]", undocumented),
            _array("char *const ctios_names[]", (f'"{name}"' for name in names)),
            "#endif",
            "",
        ]
    )


def _numbers(reference: Reference) -> list[tuple[str, int]]:
    rows = [(message.name, message.number) for message in reference.messages]
    rows += [(name, number) for number, name in reference.undocumented.items()]
    return sorted(rows, key=lambda row: row[1])


def numbers_module(reference: Reference) -> str:
    """``protocol/numbers.py``: the numbers, and the messages' names by number."""
    rows = _numbers(reference)
    lines = [f'"""Message numbers of GED-188 ({_BANNER})."""', "", "from typing import Final", ""]
    lines += [f"{name}: Final = {number}" for name, number in rows]
    lines += ["", "#: Name of each message by its number.", "NAMES: Final = {"]
    lines += [f'    {number}: "{name}",' for name, number in rows]
    lines += ["}", "", "#: Confirmation of each request that has one, by number.", "CONFIRMATIONS: Final = {"]
    number_of = dict(rows)
    lines += [
        f"    {message.number}: {number_of[message.confirmation]},  # {message.name}"
        for message in reference.messages
        if message.confirmation
    ]
    lines += [
        "}",
        "",
        "#: Bits of each mask, by the protocol version that they came in (0: in all versions).",
    ]
    lines += ["MASK_BITS: Final = {"]
    for item in reference.enumerations:
        if item.is_mask:
            versions: dict[int, int] = {}
            for bit in item.members:
                versions[bit.since] = versions.get(bit.since, 0) | bit.value
            rows_of = ", ".join(f"{since}: {bits:#010x}" for since, bits in sorted(versions.items()))
            lines.append(f'    "{item.name}": {{{rows_of}}},')
    return "\n".join([*lines, "}", ""])


#: Enumerations whose members the library itself compares with: an enumeration class costs start-up time.
PLAIN_ENUMERATIONS = (
    "StatusCode",
    "AgentState",
    "LocalConnectionState",
    "SystemEventID",
    "PGStatusCode",
    "CTIServiceMask",
    "PeripheralType",
    "ConnectionDeviceIDType",
    "DeviceIDType",
    "CallType",
    "EventCause",
    "MessageDistribution",
    "SupervisoryAction",
    "ConfigMsgMask",
    "ConfigKeyStatus",
    "ConfigEndStatus",
    "ConfigRecordType",
    "SessionType",
)

#: What is written before the names of an enumeration whose names say too little by themselves.
PREFIXES = {"SessionType": "SESSION_"}

#: Values that stand for "none" or "all", and the ports on which CTI Servers usually listen (sides A and B).
CONSTANTS = {
    "NULL_ID": "0xFFFFFFFF",
    "NULL_PERIPHERAL_ID": "0xFFFFFFFF",
    "NULL_SKILL_GROUP": "0xFFFFFFFF",
    "NULL_SERVICE": "0xFFFFFFFF",
    "NULL_CALL_TYPE": "0xFFFF",
    "NULL_PERIPHERAL_TYPE": "0xFFFF",
    "NEVER_IDLE": "0xFFFFFFFF",
    "ALL_SKILL_GROUPS_MRD": "1",
    "DEFAULT_PORTS": "(42027, 43027)",
    "OLDEST_VERSION": str(OLDEST_VERSION),
    "NEWEST_VERSION": str(NEWEST_VERSION),
}


def codes_module(reference: Reference) -> str:
    """``protocol/codes.py``: plain integers, so that importing the library builds no enumeration class."""
    lines = [
        f'"""Field values of GED-188 as plain integers ({_BANNER})."""',
        "",
        "from typing import Final",
        "",
    ]
    lines += [f"{name}: Final = {value}" for name, value in CONSTANTS.items()]
    for name, _, rows in _classes(reference):
        if name in PLAIN_ENUMERATIONS:
            prefix = PREFIXES.get(name, "")
            lines += ["", f"# {name}"] + [f"{prefix}{member}: Final = {value}" for member, value in rows]
    return "\n".join([*lines, ""])


#: Enumerations whose codes an error explains in words.
EXPLAINED_ENUMERATIONS = ("StatusCode", "ControlFailureCode", "ControlFailureCodeExtended")


def code_texts_module(reference: Reference) -> str:
    """``protocol/code_texts.py``: read when the text of an error is first asked for."""
    lines = [
        f'"""What codes of GED-188 mean, in a few words, by enumeration and code ({_BANNER})."""',
        "",
        "TEXTS: dict[str, dict[int, str]] = {",
    ]
    for item in reference.enumerations:
        if item.name in EXPLAINED_ENUMERATIONS:
            lines.append(f'    "{item.name}": {{')
            lines += [
                f"        {member.value}: {member.summary!r}," for member in item.members if member.summary
            ]
            lines.append("    },")
    return "\n".join([*lines, "}", ""])


def member_name(name: str) -> str:
    """A member's name as a Python constant: words of a description and CamelCase become UPPER_SNAKE."""
    if not re.fullmatch(r"[A-Z0-9_a-z]*_[A-Z0-9_a-z]*|[A-Z0-9]+", name):
        name = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name)
    result = re.sub(r"\W+", "_", name).strip("_").upper()
    return f"{result}_" if keyword.iskeyword(result) or result[:1].isdigit() else result


def _classes(reference: Reference) -> Iterator[tuple[str, str, list[tuple[str, int]]]]:
    yield "MessageType", "IntEnum", _numbers(reference)
    yield from (
        (item.name, "IntFlag" if item.is_mask else "IntEnum", _unique(item))
        for item in reference.enumerations
    )


def _unique(item: Enumeration) -> list[tuple[str, int]]:
    rows = [(member_name(member.name), member.value) for member in item.members]
    if len({name for name, _ in rows}) != len(rows):
        raise ValueError(f"{item.name} has two members with the same name: rename one in ged188.toml")
    return rows


def enums_module(reference: Reference) -> str:
    """``protocol/enums.py``: all enumerations as data; a class is built when its name is first looked up."""
    lines = [
        f'"""Enumerations and bit masks of GED-188 ({_BANNER}).',
        "",
        "Each class is built when it is first looked up, so that importing the package stays quick.",
        '"""',
        "",
        "import enum",
        "",
        "_MEMBERS = {",
    ]
    for name, base, rows in _classes(reference):
        lines.append(f'    "{name}": (enum.{base}, (')
        lines += [f'        ("{member}", {value}),' for member, value in rows]
        lines.append("    )),")
    lines += [
        "}",
        "",
        "__all__ = list(_MEMBERS)",
        "",
        "",
        "def __getattr__(name):",
        "    try:",
        "        base, members = _MEMBERS[name]",
        "    except KeyError:",
        '        raise AttributeError(f"module {__name__!r} has no attribute {name!r}") from None',
        "    enumeration = globals()[name] = base(name, members, module=__name__)",
        "    return enumeration",
        "",
        "",
        "def __dir__():",
        "    return sorted({*globals(), *_MEMBERS})",
        "",
    ]
    return "\n".join(lines)


def enums_stub(reference: Reference) -> str:
    """``protocol/enums.pyi``."""
    lines = ["from enum import IntEnum, IntFlag", ""]
    for name, base, rows in _classes(reference):
        lines += ["", f"class {name}({base}):"]
        lines += [f"    {member} = {value}" for member, value in rows]
        lines.append("")
    return "\n".join(lines)


def texts(reference: Reference) -> tuple[str, ...]:
    """The contents of the files in ``OUTPUTS``, in the same order."""
    return (
        tables_header(reference),
        numbers_module(reference),
        codes_module(reference),
        code_texts_module(reference),
        enums_module(reference),
        enums_stub(reference),
        message_texts_module(reference, _BANNER),
        class_table_module(reference, _BANNER),
        messages_stub(reference),
        ctios_enums_module(reference),
        ctios_enums_stub(reference),
    )


def generate(package: Path = PACKAGE) -> None:
    """Write all outputs below ``package``. A file that already has the right content is not touched."""
    for path, text in zip(OUTPUTS, texts(load()), strict=True):
        target = package / path
        if not target.exists() or target.read_text(encoding="utf-8") != text:
            target.write_text(text, encoding="utf-8")
