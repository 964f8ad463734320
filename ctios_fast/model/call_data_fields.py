"""Call data that a program sets: call variables, ECC variables, user-to-user information, wrap-up data.

Each is a row for the tables of requests. Limits of single fields come from the message's layout; those of ECC
variables are here, since the reference states them for a name, for a value, and for all of a message.

An ECC variable has the keyword ``user.Name``, an element of an array ``user.Name[n]``, with n from 0. A
sequence under ``user.Name`` gives the elements from 0 on.
"""

from collections.abc import Mapping
from typing import Any, Final, TypedDict

from ctios_fast import keywords as kw

from .argument_values import as_text
from .coercion import integer, refuse
from .request_rows import Limit, Parameter, bounded_text, encoded_size, octets

__all__ = [
    "ECC",
    "MAX_ECC_BYTES",
    "MAX_ECC_NAME",
    "MAX_ECC_VALUE",
    "SET_DATA",
    "USER_TO_USER_INFO",
    "WRAPUP_DATA",
    "SetDataFields",
    "ecc_fields",
]

#: Limits in bytes, NULs not included (GED-188, NAMEDVAR and NAMEDARRAY).
MAX_ECC_NAME: Final = 32
MAX_ECC_VALUE: Final = 210
#: All ECC variables and arrays of one message, with their NULs and indexes.
MAX_ECC_BYTES: Final = 2000

#: The index of an array's element has one byte.
_MAX_INDEX: Final = 255
_NULS: Final = 2
_INDEX: Final = 1


def ecc_fields(name: str, value: Any, limit: Limit) -> dict[str, Any]:
    """The ECC variables as fields of a message: ``named_variables`` and ``named_arrays``.

    ``value``: Arguments or a mapping, by ECC keyword. Numbers and booleans become text.

    Raises ``MethodError`` (E_CTIOS_INVALID_ARGUMENT) for a name, a value or an index that is too long or too
    large, and where all of them together have more than MAX_ECC_BYTES.
    """
    if not isinstance(value, Mapping):
        raise refuse(f"{name} must be Arguments with ECC variables, got {type(value).__name__}")
    variables: dict[str, str] = {}
    arrays: dict[str, dict[int, str]] = {}
    size = 0
    for keyword, given in value.items():
        if not isinstance(keyword, str):
            raise refuse(f"the keywords of {name} must be text, got {type(keyword).__name__}")
        variable, index = _element(keyword.strip())
        if isinstance(given, list | tuple) and index is None:
            elements = arrays.setdefault(variable, {})
            for position, each in enumerate(given):
                size += _size(f"{variable}[{position}]", variable, each, limit) + _INDEX
                elements[_index(variable, position)] = as_text(variable, each)
            continue
        size += _size(keyword, variable, given, limit)
        if index is None:
            variables[variable] = as_text(keyword, given)
        else:
            size += _INDEX
            arrays.setdefault(variable, {})[_index(variable, index)] = as_text(keyword, given)
    if size > MAX_ECC_BYTES:
        raise refuse(f"the variables of {name} must have at most {MAX_ECC_BYTES} bytes together, got {size}")
    fields: dict[str, Any] = {}
    if variables:
        fields["named_variables"] = variables
    if arrays:
        fields["named_arrays"] = arrays
    return fields


def _element(keyword: str) -> tuple[str, str | None]:
    # the name of a variable, and the index of an array's element as text
    name, bracket, index = keyword.partition("[")
    if not bracket:
        return keyword, None
    if not index.endswith("]") or not index[:-1].isdecimal():
        raise refuse(f"an array's element must be given as {name or 'user.Name'}[n], got {keyword}")
    return name, index[:-1]


def _index(variable: str, index: Any) -> int:
    return integer(f"the index of {variable}", index, 0, _MAX_INDEX)


def _size(keyword: str, variable: str, given: Any, limit: Limit) -> int:
    # the bytes of a variable or an element with its NULs, an index not included
    value = as_text(keyword, given)
    if "\0" in variable or "\0" in value:
        raise refuse(f"the ECC variable {keyword!r} must not have NUL characters")
    if not variable:
        raise refuse("an ECC variable must have a name")
    name_size = encoded_size(keyword, variable, limit.encoding)
    value_size = encoded_size(keyword, value, limit.encoding)
    for what, size, largest in (("name", name_size, MAX_ECC_NAME), ("value", value_size, MAX_ECC_VALUE)):
        if size > largest:
            raise refuse(
                f"the {what} of the ECC variable {keyword} must have at most {largest} bytes, got {size}"
            )
    return name_size + value_size + _NULS


class SetDataFields(TypedDict, total=False):
    """The keywords of the call data that every request with call data may have."""

    user_to_user_info: bytes | str
    call_variable1: str
    call_variable2: str
    call_variable3: str
    call_variable4: str
    call_variable5: str
    call_variable6: str
    call_variable7: str
    call_variable8: str
    call_variable9: str
    call_variable10: str
    ecc: Mapping[str, Any]
    call_wrapup_data: str


ECC: Final = Parameter(kw.CTIOS_ECC, ecc_fields, field="NamedVariable", has_parts=True)
USER_TO_USER_INFO: Final = Parameter("UserToUserInfo", octets)
WRAPUP_DATA: Final = Parameter(kw.CTIOS_CALLWRAPUPDATA, bounded_text)
#: The call data that every request with call data may have: ``SetDataFields`` as rows.
SET_DATA: Final = (
    USER_TO_USER_INFO,
    *[Parameter(f"CallVariable{n}", bounded_text) for n in range(1, 11)],
    ECC,
    WRAPUP_DATA,
)
