"""Rows of requests: their messages and fields exist, and values are coerced within the layout's limits."""

import re
from typing import Any

import pytest
from support.scripts import ROOT

from ctios_fast import Arguments, CilCode, MethodError, messages
from ctios_fast.core import codec
from ctios_fast.model.agents import desktop_rows
from ctios_fast.model.agents.desktop import AgentRequests
from ctios_fast.model.call_data_fields import (
    ECC,
    MAX_ECC_BYTES,
    MAX_ECC_NAME,
    MAX_ECC_VALUE,
    USER_TO_USER_INFO,
)
from ctios_fast.model.request_rows import (
    Limit,
    Parameter,
    RequestRow,
    bounded_text,
    flag,
    number,
    octets,
    required_text,
)

ROWS = [row for row in vars(desktop_rows).values() if isinstance(row, RequestRow)]


@pytest.mark.parametrize("row", ROWS, ids=[row.method for row in ROWS])
def test_a_row_names_a_message_and_its_fields(row: RequestRow) -> None:
    assert hasattr(messages, row.message)
    layout = codec(25).describe(row.label)
    assert layout is not None
    assert layout.kind == "request"
    names = {field.name for field in (*layout.fixed, *layout.floating)}
    assert {parameter.reference for parameter in row.parameters} <= names


@pytest.mark.parametrize("row", ROWS, ids=[row.method for row in ROWS])
def test_a_row_is_of_a_method_that_documents_each_parameter(row: RequestRow) -> None:
    method = getattr(AgentRequests, row.method)
    assert inspect_keywords(method) == set(row.by_name)
    documented = method.__doc__
    undocumented = [name for name in row.by_name if f"``{name}``" not in documented]
    assert undocumented in ([], [f"call_variable{n}" for n in range(2, 10)])


def inspect_keywords(method: Any) -> set[str]:
    """The keywords that a method takes by its TypedDict."""
    annotation = method.__annotations__.get("fields")
    if annotation is None:
        return set()
    typed = annotation.__args__[0]
    return set(typed.__annotations__)  # a TypedDict's own and those of its bases


def test_the_page_lists_every_request_of_an_agent() -> None:
    text = (ROOT / "docs" / "agent-desktop.md").read_text("utf-8")
    listed = re.findall(r"^\| `(\w+)` \| (\w+) \| `(\w+)` \|$", text, re.MULTILINE)
    assert set(listed) == {(row.method, row.label, row.event) for row in ROWS}


def test_the_page_states_the_limits() -> None:
    text = (ROOT / "docs" / "agent-desktop.md").read_text("utf-8")
    limits = {field.name: field.max for field in codec(25).describe("MAKE_CALL_REQ").floating}  # type: ignore[union-attr]
    assert f"| call variables | {limits['CallVariable1'] - 1} bytes |" in text
    assert f"| UserToUserInfo | {limits['UserToUserInfo']} bytes |" in text
    assert f"| AgentInstrument | {limits['AgentInstrument'] - 1} bytes |" in text
    names = "DialedNumber, CallWrapupData, FacilityCode, AuthorizationCode, AccountCode"
    assert {limits[name] for name in names.split(", ")} == {40}
    assert f"| {names} | 39 bytes |" in text
    assert f"{MAX_ECC_NAME} bytes for a name, {MAX_ECC_VALUE} for a value, {MAX_ECC_BYTES} for all" in text


A_ROW = RequestRow(
    "make_call",
    "MakeCallReq",
    "OnMakeCallConf",
    (
        Parameter("DialedNumber", required_text, is_required=True),
        Parameter("CallVariable1", bounded_text),
        ECC,
    ),
    defaults={"priority": False},
)


def fields(args: dict[str, Any] | None = None, /, version: int = 25, **given: Any) -> dict[str, Any]:
    return A_ROW.fields(None if args is None else Arguments(args), given, codec(version))


def test_defaults_are_sent_and_other_fields_only_where_given() -> None:
    assert fields(dialed_number=3002) == {"priority": False, "dialed_number": "3002"}
    assert fields({"dialednumber": "3002"}, dialed_number=None)["dialed_number"] == "3002"


@pytest.mark.covers("E_CTIOS_MISSING_ARGUMENT")
def test_a_required_value_must_be_given() -> None:
    with pytest.raises(MethodError, match="needs DialedNumber") as error:
        fields({"CallVariable1": "x"})
    assert error.value.code is CilCode.E_CTIOS_MISSING_ARGUMENT


def test_limits_count_bytes_of_the_sessions_encoding() -> None:
    limit = Limit(41, "utf-8")
    assert bounded_text("CallVariable1", "é" * 20, limit) == "é" * 20
    with pytest.raises(MethodError, match="CallVariable1 must have at most 40 bytes, got 42"):
        bounded_text("CallVariable1", "é" * 21, limit)
    assert bounded_text("CallVariable1", "é" * 40, Limit(41, None)) == "é" * 40
    with pytest.raises(MethodError, match="a character that latin-1 cannot encode"):
        bounded_text("CallVariable1", "€", Limit(41, None))


def test_a_field_that_the_version_lacks_is_refused() -> None:
    row = RequestRow("make_call", "MakeCallReq", "OnMakeCallConf", (Parameter("SkillGroupNumber", number),))
    with pytest.raises(MethodError, match="MAKE_CALL_REQ of the session's version lacks it"):
        row.fields(None, {"skill_group_number": 1}, codec(13))
    assert row.fields(None, {"skill_group_number": 1}, codec(14)) == {"skill_group_number": 1}


@pytest.mark.parametrize(
    ("coerce", "value", "result"),
    [
        (number, "12", 12),
        (flag, "no", False),
        (octets, "ä", b"\xe4"),
        (octets, bytearray(b"ab"), b"ab"),
        (bounded_text, "", ""),
    ],
)
def test_values_are_coerced_as_in_cti_os(coerce: Any, value: Any, result: Any) -> None:
    assert coerce("Name", value, Limit(255, None)) == result


@pytest.mark.parametrize(
    ("coerce", "value"), [(number, -1), (number, 256), (number, None), (octets, 5), (bounded_text, b"x")]
)
def test_values_of_another_kind_are_refused(coerce: Any, value: Any) -> None:
    with pytest.raises(MethodError, match="Name must"):
        coerce("Name", value, Limit(255, None))


def test_the_keyword_says_whether_an_ecc_variable_is_an_array() -> None:
    given = Arguments({"user.plan": "gold", "user.order[3]": 5, "user.list": ["a", "b"], "user.flag": True})
    assert fields(dialed_number="1", ecc=given) == {
        "priority": False,
        "dialed_number": "1",
        "named_variables": {"user.plan": "gold", "user.flag": "True"},
        "named_arrays": {"user.order": {3: "5"}, "user.list": {0: "a", 1: "b"}},
    }
    assert "named_variables" not in fields(dialed_number="1", ecc={})


def test_ecc_variables_of_2000_bytes_together_are_sent_and_more_are_refused() -> None:
    just = {f"{n:06}": "x" * 192 for n in range(10)}  # 6 + 192 and two NULs are 200 bytes
    assert sum(len(name) + len(value) + 2 for name, value in just.items()) == MAX_ECC_BYTES
    assert fields(dialed_number="1", ecc=just)["named_variables"] == just
    with pytest.raises(MethodError, match="at most 2000 bytes together, got 2003"):
        fields(dialed_number="1", ecc={**just, "a": ""})
    with pytest.raises(MethodError, match="at most 2000 bytes together, got 2004"):
        fields(dialed_number="1", ecc={**just, "a[0]": ""})


def test_user_to_user_information_has_131_bytes() -> None:
    row = RequestRow("make_call", "MakeCallReq", "OnMakeCallConf", (USER_TO_USER_INFO,))
    assert row.fields(None, {"user_to_user_info": b"\0" * 131}, codec(25)) == {
        "user_to_user_info": b"\0" * 131
    }
