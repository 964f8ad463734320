"""Every method that CTI OS documents for all objects and for Arguments, on each kind of object."""

from typing import Any

import pytest
from support.object_methods import check_methods

from ctios_fast import Agent, ArgType, Arguments, CilCode, MethodError, Session

#: The documented methods of the kinds that a test can create without a server. CtiOsObject is their base.
_READING = [
    *("DumpProperties", "GetElement", "GetNumProperties", "GetPropertyName", "GetValue", "GetValueInt"),
    *("GetValueString", "IsValid", "SetValue"),
]
OBJECTS = {
    "Session": [*_READING, "GetAllProperties", "GetPropertyType", "GetValueArray"],
    "Agent": [*_READING, "GetAllProperties", "GetPropertyType", "GetValueArray", "GetValueBool"],
    "SkillGroup": [*_READING, "GetValueIntObj", "GetValueList"],
    "CtiOsObject": [
        *_READING,
        *(
            "GetAllProperties",
            "GetLastError",
            "GetPropertyType",
            "GetValueArray",
            "GetValueBoolObj",
            "GetValueIntObj",
        ),
        *(
            "GetValueShortObj",
            "GetValueUIntObj",
            "GetValueUShortObj",
            "ReportError",
            "SetValueUInt",
            "SetValueUShort",
        ),
    ],
}


def objects() -> list[Any]:
    session = Session(client_id="test")
    return [session, Agent("1001", 5000), session.skill_group(7)]


@pytest.mark.covers(
    *(f"{kind}.{method}" for kind, methods in OBJECTS.items() for method in methods),
    "CtiOsObject[LastError]",
    "CtiOsObject[UniqueObjectID]",
    "Session[LastError]",
    "Agent[LastError]",
)
@pytest.mark.parametrize("each", objects(), ids=lambda each: type(each).__name__)
def test_every_object_has_every_documented_method(each: Any) -> None:
    check_methods(each)
    assert each.get_value("LastError") == -101
    assert each.get_value("UniqueObjectID") == each.unique_object_id


#: The documented methods of Arguments, and those of its elements.
ARGUMENTS = [
    *("AddItem", "AddItemInt", "Clear", "Clone", "CreateInstance", "DumpArgs", "IsValid", "NumElements"),
    *("RemoveItem", "SetElement", "SetValue", "SetValueArguments", "SetValueUInt", "SetValueUShort"),
    *("(constructor)", "GetValue", "GetValueInt", "GetValueString", "GetValueArray", "GetValueIntObj"),
    *("GetValueShortObj", "GetValueUIntObj", "GetElement methods", "GetValue methods"),
]
ELEMENTS = ["GetArgType", "GetType", "SetValue", "SetValueUInt", "SetValueUShort", "GetValue methods"]


@pytest.mark.covers(
    *(f"Arguments.{method}" for method in ARGUMENTS),
    *(f"Arg.{method}" for method in ELEMENTS),
)
def test_arguments_have_every_documented_method() -> None:
    args = Arguments()
    args.add_item("Text", "7")
    args.set_value("Number", 12)
    args.set_value_uint("Mask", "4294967295")
    args.set_value_ushort("Port", 65535)
    args.set_value_array("Nested", {"Key": "value"})
    assert args.num_elements() == len(args) == 5
    assert (args.get_value("text"), args.get_value_int("Text"), args.get_value_string("Number")) == (
        "7",
        7,
        "12",
    )
    assert (args.get_value_short("Number"), args.get_value_uint("Mask")) == (12, 0xFFFFFFFF)
    assert (args.get_value_ushort("Port"), args.get_value_bool("Number")) == (65535, True)
    assert args.get_value_array("Nested") == Arguments({"Key": "value"})
    assert args.get_value_type("Number") is ArgType.ARG_INT
    assert args.get_value_type("Nested") is ArgType.ARG_ARGARRAY
    assert (args.get_element(1), args.get_element_int(1), args.get_element_string(2)) == ("7", 7, "12")
    assert args.get_element_key(5) == "Nested"
    assert args.get_element_arguments(5) == args["Nested"]
    args.set_element(1, "8")
    copy = args.clone()
    assert copy == args
    assert copy is not args
    assert Arguments.parse(args.dump_args())["Text"] == "8"
    assert args.is_valid("Text")
    args.remove_item("Text")
    assert not args.is_valid("Text")
    args.clear()
    assert args.num_elements() == 0
    assert copy.num_elements() == 5


@pytest.mark.covers(
    *(
        f"CCtiosException.{method}"
        for method in ["CCtiosException", "GetCode", "GetStatus", "GetString", "What"]
    )
)
def test_an_error_of_a_method_has_code_and_words() -> None:
    error = MethodError(CilCode.E_CTIOS_INVALID_CALL, "there is no call")
    assert error.code is CilCode.E_CTIOS_INVALID_CALL
    assert error.reason == "there is no call"
    assert str(error) == "there is no call (E_CTIOS_INVALID_CALL)"
