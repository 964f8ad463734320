"""The fields of a message by both of their names: that of the reference and that of the message class.

``AgentState`` and ``agent_state`` are the same field. A message class also has attributes that hold several
fields: records, such as ``flt_skill_groups``, and mappings, such as ``named_variables``.
"""

from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

from ctios_fast.core.encode.keyword_writer import ARRAYS, GROUP, VARIABLES
from ctios_fast.core.layout import tag_row
from ctios_fast.protocol.class_table import CLASSES
from ctios_fast.protocol.naming import snake_case, suggestion
from ctios_fast.protocol.numbers import NAMES

from .arity import arity_fault

__all__ = ["check_arity", "resolved"]

#: Bound of the tags that the tag table may have.
_TAGS = 1024
#: Kinds of attributes that hold several fields.
_SEVERAL = frozenset({GROUP, VARIABLES, ARRAYS})


@cache
def _names_of_tags() -> dict[str, str]:
    # Reference's name by both names, of fields that any message may carry.
    rows = filter(None, map(tag_row, range(_TAGS)))
    names = [row.name for row in rows if row.name is not None]
    return {snake_case(name): name for name in names} | {name: name for name in names}


@cache
def _rows() -> dict[int, tuple[Any, ...]]:
    # The rows of the class table by message number.
    return {row[0]: row for row in CLASSES.values()}


@cache
def _names(number: int) -> tuple[dict[str, str], frozenset[str]]:
    # Of one message: the reference's name of each field by both names, and the attributes of several fields.
    _, fixed, parts, _ = _rows()[number]
    fields = {}
    several = set()
    for reference, attribute, _ in fixed:
        fields[reference] = fields[attribute] = reference
    for kind, reference, attribute, *_, columns in parts:
        for column in columns or ():
            fields[column[1]] = fields[snake_case(column[1])] = column[1]
        if kind != GROUP:
            fields[reference] = fields[snake_case(reference)] = reference
        if kind in _SEVERAL:
            several.add(attribute)
    return fields, frozenset(several)


def resolved(
    number: int, fields: Iterable[str]
) -> tuple[tuple[str, ...], list[str], tuple[tuple[int, str], ...]]:
    """The names as a tuple, the reference's names of the fields, and the attributes of several fields.

    - ``number``: of the message.
    - ``fields``: names in either spelling, ``"tag:N"``, and attributes such as ``flt_skill_groups``.

    The attributes are pairs: position in ``fields``, name. Raises ``TypeError`` for what is not a
    collection of names, ``ValueError`` for a name that the message cannot have in any version.
    """
    if isinstance(fields, str | bytes) or not isinstance(fields, Iterable):
        raise TypeError(f'fields must be a tuple of names, such as ("agent_id",), got {fields!r}')
    if number not in _rows():
        raise ValueError(f"{NAMES[number]} has no published layout: register a handler without fields")
    listed, several = _names(number)
    names: list[str] = []
    attributes: list[tuple[int, str]] = []
    given = tuple(fields)
    for position, name in enumerate(given):
        if not isinstance(name, str):
            raise TypeError(f"a field's name must be text, got {type(name).__name__}")
        if name in several:
            attributes.append((position, name))
        elif name.startswith("tag:"):
            names.append(name)
        else:
            reference = listed.get(name) or _names_of_tags().get(name)
            if reference is None:
                known = (*listed, *several)
                raise ValueError(f"{NAMES[number]} has no field {name!r}{suggestion(name, known)}")
            names.append(reference)
    return given, names, tuple(attributes)


def check_arity(handler: Callable[..., Any], fields: int, with_message: bool) -> None:
    """Check that a handler can be called with that many arguments; raise ``TypeError`` if not.

    - ``fields``: number of fields.
    - ``with_message``: whether the message comes first.

    A handler that does not show its parameters, as some functions in C, is accepted.
    """
    fault = arity_fault(handler, fields + with_message)
    if fault is not None:
        given = f"{fields} fields" if fields != 1 else "one field"
        raise TypeError(
            f"{handler!r} cannot be called with {'the message and ' if with_message else ''}{given}: {fault}"
        )
