"""CTI OS message filter strings: what they select, and errors that point at the fault."""

import pickle
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.strategies import floating, header

from ctios_fast.bulk.filters import FrameFilter
from ctios_fast.core import codec
from ctios_fast.enums import EventID
from ctios_fast.errors import CtiOsError, FilterSyntaxError
from ctios_fast.protocol import numbers as ged

STATE = ged.AGENT_STATE_EVENT


def state_event(agent: bytes = b"1001\0", more: bytes = b"", **fields: int) -> bytes:
    layout = codec(25).describe(STATE)
    assert layout is not None
    fixed = b"".join(
        (fields.get(field.name, 0) % 256**field.size).to_bytes(field.size, "big") for field in layout.fixed
    )
    return header(STATE, fixed + floating(25, 5, agent) + more)


def accepts(text: str, frame: bytes) -> bool:
    return FrameFilter.parse(text, 25).matches(frame)


@pytest.mark.parametrize(
    ("text", "chosen"),
    [
        ("MessageId=30,23", {30, 23}),
        ("messageid = eAgentStateEvent , 24 ;", {30, 24}),
        ("MESSAGEID=AGENT_STATE_EVENT", {30}),
        ("MessageID=eCallBeginEvent,eBeginCallEvent,eCallEndEvent", {23, 24}),
        ("MessageID = 116, 117", {116, 117}),
        ("MessageId=OnCallRTPStarted,OnCallRTPStopped", {116, 117}),
        ("MessageId=OnAgentStateChange,OnCallDelivered,eCallHeldEvent", {30, 9, 11}),
        ("MessageId=eCTIOSFailureEvent", {1, 31}),
        ("MessageId=eServiceInitiatedEvent,eTranslationRouteEvent,eAgentPrecallEvent", {20, 22, 105}),
        (
            "MessageId=eSnapshotCallConf,eQueryAgentStateConf,eControlFailureConf,eFailureConf",
            {83, 37, 35, 1},
        ),
        ("MessageId=12*", {12, 120, 121, 122, 123, 124, 125, 126, 127, 128, 129}),
        ("MessageId=30,9;MessageId=9,10", {9}),
        ("MessageId=*", None),
        ("AgentId=5", None),
    ],
)
def test_message_ids_are_numbers_names_or_events(text: str, chosen: set[int] | None) -> None:
    assert FrameFilter.parse(text, 25).messages == chosen


def test_every_event_of_a_message_has_the_same_number_in_a_filter_and_in_event_id() -> None:
    printed = [
        name for name, event in EventID.__members__.items() if event in ged.NAMES and not name.isupper()
    ]
    assert len(printed) == 30
    for name in printed:
        assert FrameFilter.parse(f"MessageID={name}", 25).messages == {EventID[name]}


@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("OnAgentStatistics", 113),
        ("eOnNewAgentStatisticsEvent", 113),
        ("OnSkillGroupStatisticsUpdated", 115),
        ("eOnNewSkillGroupStatisticsEvent", 115),
        ("eNewSkillGroupStatisticsEvent", 115),
        ("536871027", 115),
    ],
)
def test_events_with_statistics_stand_for_the_confirmations_that_bring_them(name: str, number: int) -> None:
    assert FrameFilter.parse(f"MessageId={name}", 25).messages == {number}


@pytest.mark.parametrize(
    ("text", "agents"),
    [
        ("AgentId=1001", ["1001"]),
        ("AGENTID=1001,2", ["1001", "2"]),
        ("agentid = 1001 , 1002 ; MessageId = 30 ;", ["1001", "1002"]),
        ("AgentID=10*", ["10", "1001", "1002", "1099"]),
        ("AgentID=10*1", ["10", "1001", "1002", "1099"]),
        ("AgentID=10 *", ["10", "1001", "1002", "1099"]),
        ("AgentID=*", ["10", "1001", "1002", "1099", "2", "x=y"]),
        ("AgentID=2,100*", ["1001", "1002", "2"]),
        ("AgentID=10*;AgentID=1002,2", ["1002"]),
        ("AgentID=x=y", ["x=y"]),
        ("PeripheralID=5000;AgentID=2", ["2"]),
        ("PeripheralID=50*;AgentID=2", ["2"]),
        ("PeripheralID=50000*,499*,51*;AgentID=2", []),
        ("UniqueObjectID=agent.5000.1001", ["1001"]),
        ("uniqueobjectid = Agent.5000.1001, agent.5000.2 ,agent.5001.1002", ["1001", "2"]),
        ("UniqueObjectID=agent.5000.10*", ["10", "1001", "1002", "1099"]),
        ("UniqueObjectID=agent.5000.*", ["10", "1001", "1002", "1099", "2", "x=y"]),
        ("UniqueObjectID=agent.5*", ["10", "1001", "1002", "1099", "2", "x=y"]),
        ("UniqueObjectID=agent.6*", []),
        ("UniqueObjectID=skillgroup.5000.7", []),
        ("UniqueObjectID=skillgroup.5000.4294967289", ["10", "1001", "1002", "1099", "2", "x=y"]),
        ("UniqueObjectID=device.5000.3001,agent.5000.2", ["2"]),
        ("ICMAgentID=-1", ["10", "1001", "1002", "1099", "2", "x=y"]),
        ("ICMAgentID=-*", ["10", "1001", "1002", "1099", "2", "x=y"]),
        ("ICMAgentID=-1*,3", ["10", "1001", "1002", "1099", "2", "x=y"]),
        ("ICMAgentID=1*,-2*", []),
        ("AgentState=0*", ["10", "1001", "1002", "1099", "2", "x=y"]),
        ("AgentState=00*", []),
    ],
)
def test_filter_strings_select_as_the_guide_says(text: str, agents: list[str]) -> None:
    frame_filter = FrameFilter.parse(text, 25)
    fields = {"PeripheralID": 5000, "ICMAgentID": -1, "SkillGroupNumber": -7}
    found = [
        agent
        for agent in ("10", "1001", "1002", "1099", "2", "x=y")
        if frame_filter.matches(state_event(agent.encode() + b"\0", **fields))
    ]
    assert found == agents


@given(st.integers(-(1 << 31), (1 << 31) - 1), st.integers(0, 10))
def test_the_prefix_of_a_number_is_that_of_its_decimal_text(number: int, size: int) -> None:
    prefix = str(number)[:size]
    text = f"ICMAgentID={prefix}*"
    for other in (number, number // 10, -number, number + 1, 10 * number):
        if -(1 << 31) <= other < 1 << 31:
            assert accepts(text, state_event(ICMAgentID=other)) is str(other).startswith(prefix)


def test_a_message_that_lacks_a_key_of_the_filter_does_not_satisfy_it() -> None:
    frame_filter = FrameFilter.parse("MessageId=30,24;AgentId=1001", 25)
    layout = codec(25).describe(ged.END_CALL_EVENT)
    assert layout is not None
    assert frame_filter.matches(state_event())
    assert not frame_filter.matches(header(ged.END_CALL_EVENT, bytes(layout.fixed_size)))


@pytest.mark.parametrize(
    ("text", "part", "reason"),
    [
        ("", "", "key and its values are missing"),
        ("  ", "", "key and its values are missing"),
        (";", ";", "key and its values are missing"),
        ("MessageId=30;;AgentId=1", ";AgentId", "key and its values are missing"),
        ("MessageId", "MessageId", "no '=' and values"),
        ("MessageId=30; AgentId", "AgentId", "no '=' and values"),
        ("=30", "=30", "a key is missing before '='"),
        ("MessageId=", "", "a value of MessageId is missing"),
        ("AgentId=1, ,2", ",2", "a value of AgentId is missing"),
        ("MessageId=30,536871025", "536871025", "event of the CTI OS server, made of message 113"),
        ("MessageId=536871912", "536871912", "event of the CTI OS server, no CTI Server message"),
        ("MessageId=999", "999", "no CTI Server message has the number 999"),
        ("MessageId=" + "9" * 5000, "9" * 5000, "no CTI Server message has a number of 5000 digits"),
        ("AgentState=" + "9" * 5000, "9" * 5000, "holds numbers"),
        ("AgentState=" + "9" * 5000 + "*", "9" * 5000, "holds numbers"),
        ("MessageId=9999*", "9999", "no message number begins with '9999'"),
        ("MessageId=eCall*", "eCall", "no message number begins with 'eCall'"),
        ("MessageId=eAgentStatEvent", "eAgent", "did you mean AGENT_STATE_EVENT"),
        ("MessageId=30, ePreLogoutEvent", "ePre", "fired by the library itself"),
        ("MessageId=ePostLogoutEvent", "ePost", "fired by the library itself"),
        ("MessageId=eOnConnection", "eOn", "fired by the library itself"),
        ("MessageId=eOnConnectionClosed", "eOn", "fired by the library itself"),
        ("MessageId=eOnConnectionFailure", "eOn", "fired by the library itself"),
        ("MessageId=eOnHeartbeat", "eOn", "fired by the library itself"),
        ("MessageId=eOnMissingHeartbeat", "eOn", "fired by the library itself"),
        ("MessageId=eOnCurrentCallChanged", "eOn", "fired by the library itself"),
        ("MessageId=eOnCurrentAgentReset", "eOn", "fired by the library itself"),
        ("MessageId=MonitoredAgentStateChange", "Mon", "filter the ordinary event"),
        ("MessageId=OnMonitoredCallHeld", "On", "filter the ordinary event"),
        ("MessageId=eAgentInfoEvent", "eAgent", "made by the CTI OS server"),
        ("MessageId=30;MessageId=23", "MessageId=23", "no message is left"),
        ("MessageId=30; Agent=3", "Agent", "no CTI Server message has a field Agent"),
        ("AgentIdd=3", "AgentIdd", "did you mean AgentID"),
        ("MessageId=30;DNIS=3", "DNIS", "none of the messages has a field DNIS"),
        ("UserToUserInfo=3", "User", "holds bytes"),
        ("AgentState=3,ready", "ready", "holds numbers, which ready is not"),
        ("AgentState=3,r*", "r*", "holds numbers, which r* is not"),
        ("AgentState=99999999999", "999", "holds numbers"),
        ("AgentId=1,\u20ac", "\u20ac", "not ASCII"),
        ("FilterTarget=SkillGroupStats", "Filter", "for a CTI OS server"),
        ("HideSilentMonitorCallEvents=1", "Hide", "for a CTI OS server"),
        ("UniqueObjectID=1001", "1001", "one of agent, call, device, skillgroup, team"),
        ("UniqueObjectID=agent.5000.1,person.5", "person", "one of agent"),
        ("UniqueObjectID=agent.5000", "agent.5000", "not of the form agent.PeripheralID.AgentID"),
        ("UniqueObjectID=agent..5", "agent", "not of the form"),
        ("UniqueObjectID=agent.x.5", "x.5", "field PeripheralID holds numbers"),
    ],
)
def test_an_invalid_string_raises_an_error_that_points_at_the_fault(
    text: str, part: str, reason: str
) -> None:
    with pytest.raises(FilterSyntaxError, match=re.escape(reason)) as caught:
        FrameFilter.parse(text, 25)
    error = caught.value
    assert error.text == text
    assert text[error.position :].startswith(part)
    assert isinstance(error, ValueError)
    assert isinstance(error, CtiOsError)
    if text.strip():
        _, shown, caret = str(error).split("\n")
        assert shown[caret.index("^") :].startswith(part[:1])


def test_the_error_shows_a_long_string_around_the_fault() -> None:
    text = "AgentId=" + ",".join(str(number) for number in range(1000)) + ";Nothing=1;" + "AgentState=3;" * 30
    with pytest.raises(FilterSyntaxError) as caught:
        FrameFilter.parse(text, 25)
    reason, shown, caret = str(caught.value).split("\n")
    assert len(shown) < 100
    assert shown[caret.index("^") :].startswith("Nothing=1;")
    assert shown.startswith("  …")
    assert shown.endswith("…")
    assert "Nothing" in reason


@pytest.mark.parametrize("text", ["(" * 10_000, "MessageId=e" + "x" * 10_000, "y" * 10_000 + "=5"])
def test_the_reason_of_a_very_long_fault_is_short(text: str) -> None:
    with pytest.raises(FilterSyntaxError) as caught:
        FrameFilter.parse(text, 25)
    assert len(str(caught.value)) < 400


@given(st.text("MessageIdAgentSUniqueObjectID=;,*. 0123456789\xe9", max_size=60))
def test_any_text_gives_a_filter_or_a_syntax_error(text: str) -> None:
    try:
        frame_filter = FrameFilter.parse(text, 25)
    except FilterSyntaxError as error:
        fault = error
    else:
        frame_filter.matches(state_event())
        return
    assert 0 <= fault.position <= len(text)
    assert str(fault)


def test_a_parsed_filter_can_be_joined_and_pickled() -> None:
    wanted = FrameFilter.parse("AgentId=10*", 25) | FrameFilter(25, ged.HEARTBEAT_CONF)
    again = pickle.loads(pickle.dumps(wanted))
    assert type(wanted) is type(again) is FrameFilter
    for each in (wanted, again):
        assert each.matches(state_event())
        assert not each.matches(state_event(b"2\0"))
