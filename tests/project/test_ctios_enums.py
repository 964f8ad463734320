"""The enumerations of CTI OS: every row of ``enums.toml`` is a member, numbers agree with GED-188's."""

import ast
import pickle
import subprocess
import sys
import tomllib
from enum import IntFlag
from pathlib import Path
from typing import Any

import pytest

import ctios_fast
from ctios_fast import enums
from ctios_fast.enums import AgentState, ButtonEnablement, CallStatus, CilCode, SupervisorButtonEnablement
from ctios_fast.protocol import enums as wire

PACKAGE = Path(ctios_fast.__file__).parent
DATA = tomllib.loads((PACKAGE / "enums.toml").read_text("utf-8"))
TABLES = {row["name"]: row for row in DATA["enum"]}
SHARED = {row["name"]: row["same_as"] for row in DATA["shared"]}

#: How many members the reference prints in each of its tables.
PRINTED = {
    "AgentAvailabilityStatus": 4,
    "AgentCallMode": 2,
    "AgentFlags": 4,
    "AgentState": 11,
    "AnsweringMachine": 6,
    "ButtonEnablement": 34,
    "CallMannerType": 4,
    "CallOption": 7,
    "CallPlacementType": 7,
    "CilCode": 68,
    "ConnectionMode": 3,
    "DeskSettingsMask": 14,
    "DesktopType": 2,
    "EchoCancelation": 2,
    "FacilityType": 3,
    "FailureCode": 14,
    "FailureReason": 5,
    "IncomingOrOutgoing": 3,
    "RTPDirection": 3,
    "RTPType": 3,
    "SMManagerMode": 3,
    "SilentMonitorStatus": 42,
    "StatusCode": 79,
    "SupervisorButtonEnablement": 19,
    "SupervisoryAction": 4,
    "SystemEvent": 17,
    "TraceLevel": 4,
    "TraceMask": 24,
    "WrapupDataIncomingMode": 4,
    "WrapupDataOutgoingMode": 3,
}


def numbers_of(row: dict[str, Any]) -> dict[str, int]:
    entries = row.get("members", {}) | row.get("and_masks", {})
    numbers: dict[str, int] = {}
    for name, entry in entries.items():
        if isinstance(entry, str):
            numbers[name] = wire.MessageType[entry]
        else:
            numbers[name] = entry if isinstance(entry, int) else entry["value"]
    return numbers


def test_all_names_are_public() -> None:
    assert set(enums.__all__) == TABLES.keys() | SHARED.keys()
    assert set(enums.__all__) <= set(dir(enums))


@pytest.mark.parametrize("name", TABLES)
def test_every_member_has_its_documented_number(name: str) -> None:
    enumeration = getattr(enums, name)
    assert enumeration.__name__ == name
    assert enumeration.__module__ == "ctios_fast.enums"
    assert enumeration.__doc__ == TABLES[name]["doc"]
    for member, number in numbers_of(TABLES[name]).items():
        assert getattr(enumeration, member) == number
    for alias, member in TABLES[name].get("aliases", {}).items():
        assert getattr(enumeration, alias) is getattr(enumeration, member)


@pytest.mark.parametrize("name", SHARED)
def test_a_shared_name_stands_for_the_class_of_the_protocol(name: str) -> None:
    assert getattr(enums, name) is getattr(wire, SHARED[name])


@pytest.mark.parametrize("name", PRINTED)
def test_no_printed_member_is_missing(name: str) -> None:
    found = len(numbers_of(TABLES[name])) if name in TABLES else len(getattr(enums, name))
    assert found >= PRINTED[name]


@pytest.mark.parametrize(
    ("name", "same_as"),
    [
        ("AgentState", "AgentState"),
        ("SystemEvent", "SystemEventID"),
        ("SupervisoryAction", "SupervisoryAction"),
    ],
)
def test_numbers_agree_with_the_protocol(name: str, same_as: str) -> None:
    ours, theirs = getattr(enums, name).__members__, getattr(wire, same_as).__members__
    both = 0
    for word, member in theirs.items():
        for prefix in ("AGENT_STATE_", "SYS_", "SUPERVISOR_"):
            short = word.removeprefix(prefix)
            if short in ours:
                assert ours[short] == member, word
                both += 1
    assert both >= 4


def test_agent_states_by_both_names_are_equal_and_the_same_key() -> None:
    ours, theirs = list(AgentState), list(wire.AgentState)
    assert ours == theirs
    assert set(ours) == set(theirs)
    assert all(one is not other for one, other in zip(ours, theirs, strict=True))


def test_the_stub_has_the_same_members_as_the_module() -> None:
    tree = ast.parse((PACKAGE / "enums.pyi").read_text("utf-8"))
    stub = {
        node.name: {
            item.targets[0].id: ast.literal_eval(item.value)
            for item in node.body
            if isinstance(item, ast.Assign) and isinstance(item.targets[0], ast.Name)
        }
        for node in tree.body
        if isinstance(node, ast.ClassDef)
    }
    assert stub == {
        name: {word: member.value for word, member in getattr(enums, name).__members__.items()}
        for name in TABLES
    }


def test_short_aliases_are_the_same_members() -> None:
    assert AgentState.READY is AgentState.AVAILABLE is AgentState.eAvailable
    assert CallStatus.HELD is CallStatus.LCS_HELD is CallStatus.LCS_HOLD
    assert enums.SystemEvent.CTIOS_SERVER_ONLINE is enums.SystemEvent.eSysCTIOSServerOnline
    assert enums.SilentMonitorStatus.MONITOR_STARTED is enums.SilentMonitorStatus.eSMStatusMonitorStarted
    assert enums.FailureCode.INVALID_PRIVILEGE is enums.FailureCode.eInvalidPriviledge


def test_the_numbers_of_events_are_those_that_the_guide_prints() -> None:
    ids = enums.EventID
    assert (ids.eCallBeginEvent, ids.eCallEndEvent, ids.eAgentStateEvent) == (23, 24, 30)
    assert (ids.OnCallRTPStarted, ids.OnCallRTPStopped) == (116, 117)
    assert ids.eOnNewSkillGroupStatisticsEvent == 536871027


def test_every_error_code_has_a_text() -> None:
    for code in CilCode:
        assert code.text
    assert CilCode.E_CTIOS_IN_FAILOVER.text == "session is recovering from a connection failure"


@pytest.mark.parametrize("mask", [ButtonEnablement, SupervisorButtonEnablement])
def test_an_and_mask_clears_the_bits_of_its_name(mask: type[IntFlag]) -> None:
    all_bits = mask(sum(mask))
    for name in TABLES[mask.__name__]["and_masks"]:
        left = all_bits & getattr(mask, name)
        assert isinstance(left, mask)
        assert left != all_bits, name
        enable = name.replace("DISABLE_", "ENABLE_")
        if enable in mask.__members__:
            assert not left & mask[enable]


def test_the_masks_of_several_actions_clear_each_of_them() -> None:
    supervisor = SupervisorButtonEnablement
    states = supervisor.ENABLE_SET_AGENT_LOGOUT | supervisor.ENABLE_SET_AGENT_READY
    assert supervisor(0x7F) & supervisor.DISABLE_SUPERVISE_CALL == states
    assert supervisor(0x7F) & supervisor.DISABLE_ALL_AGENT_SELECT == states
    assert supervisor(0x7F) & supervisor.DISABLE_SET_AGENT_STATE == 0x7C
    assert not ButtonEnablement.ENABLE_NOTREADY_WITH_REASON & ButtonEnablement.DISABLE_NOTREADY


def test_a_mask_can_be_walked_bit_by_bit() -> None:
    everything = ButtonEnablement(0xFFFFFFFF)
    assert len(list(everything)) == 31  # one of the 32 bits has no name
    assert list(ButtonEnablement(0x11)) == [ButtonEnablement.ENABLE_ANSWER, ButtonEnablement.ENABLE_MAKECALL]


@pytest.mark.parametrize("member", [CilCode.CIL_OK, AgentState.READY, ButtonEnablement(3), CallStatus.HELD])
def test_members_can_be_pickled(member: Any) -> None:
    assert pickle.loads(pickle.dumps(member)) == member
    assert type(pickle.loads(pickle.dumps(member))) is type(member)


def test_a_class_is_built_only_when_it_is_looked_up() -> None:
    program = (
        "from ctios_fast import enums; enums.AgentState\n"
        "print(*(name for name in enums.__all__ if name in vars(enums)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["AgentState"]


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match=r"module 'ctios_fast\.enums' has no attribute 'AgentStates'"):
        enums.AgentStates  # type: ignore[attr-defined]  # noqa: B018
