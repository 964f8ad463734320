"""The record of events that tests of other programs use."""

import re
from typing import Any

import pytest
from support.model import soon

from ctios_fast import Agent, AgentState, Session
from ctios_fast.testing import EventLog

LOGOUT = ("OnPreLogout", "OnAgentStateChange", "OnPostLogout")


@pytest.fixture
async def log(session: Session, agent: Agent) -> EventLog:
    """What came when an agent logged out."""
    log = EventLog(session)
    await soon(agent.logout(reason_code=7))
    return log


async def test_a_wait_returns_the_next_matching_event(session: Session, agent: Agent, log: EventLog) -> None:
    assert (await log.wait_for("OnPreLogout")).name == "OnPreLogout"
    event = await log.wait_for(("OnAgentStateChange", {"AgentState": AgentState.LOGOUT}))
    assert event.args["EventReasonCode"] == 7
    await soon(agent.login())
    await log.wait_for(("OnAgentStateChange", {"AgentState": AgentState.NOT_READY}))


async def test_a_wait_passes_over_what_an_earlier_one_returned(log: EventLog) -> None:
    await log.wait_for("OnPostLogout")
    with pytest.raises(AssertionError, match=r"OnPostLogout did not come within 0 seconds"):
        await log.wait_for("OnPostLogout", timeout=0)


async def test_after_a_wait_that_failed_the_next_one_looks_at_later_events(
    session: Session, agent: Agent, log: EventLog
) -> None:
    for name in ("OnCallBegin", "OnPreLogout"):
        with pytest.raises(AssertionError, match=f"{name} did not come"):
            await log.wait_for(name, timeout=0)
    await soon(agent.login())
    assert (await log.wait_for("OnAgentStateChange")).args["AgentState"] == AgentState.LOGIN


async def test_a_wait_for_an_event_that_is_not_recorded_is_refused(session: Session, log: EventLog) -> None:
    with pytest.raises(ValueError, match=r"not record 'OnPostLogot'; did you mean OnPostLogout\?"):
        await log.wait_for("OnPostLogot")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="the log does not record 'OnPreLogout'"):
        await EventLog(session, "OnCallEnd").wait_for(("OnPreLogout", {}))


async def test_a_wait_that_fails_lists_what_came(log: EventLog) -> None:
    with pytest.raises(AssertionError) as failure:
        await log.wait_for(("OnAgentStateChange", {"AgentState": 3}), timeout=0)
    first, *came = str(failure.value).splitlines()
    assert first == ("OnAgentStateChange with AgentState 3 did not come within 0 seconds; these events came:")
    assert [line.split()[1] for line in came] == log.names


async def test_the_order_of_some_events_is_checked(log: EventLog) -> None:
    log.assert_order(*LOGOUT)
    log.assert_order("OnPreLogout", ("OnPostLogout", {"AgentID": "1001"}))
    with pytest.raises(AssertionError, match="OnPreLogout did not come after OnPostLogout; these events"):
        log.assert_order("OnPostLogout", "OnPreLogout")
    with pytest.raises(AssertionError, match="OnCallBegin did not come; these events came"):
        log.assert_order("OnCallBegin")


async def test_exactly_these_events_are_checked(log: EventLog) -> None:
    log.assert_exactly(*LOGOUT, among=LOGOUT)
    with pytest.raises(AssertionError, match="event 2 must be OnPostLogout, not OnAgentStateChange"):
        log.assert_exactly("OnPreLogout", "OnPostLogout", among=LOGOUT)
    with pytest.raises(AssertionError, match="OnPostLogout was not expected as event 3"):
        log.assert_exactly(*LOGOUT[:2], among=LOGOUT)
    with pytest.raises(AssertionError, match="OnPostLogout did not come"):
        log.assert_exactly(*LOGOUT, "OnPostLogout", among=LOGOUT)


async def test_chosen_events_are_recorded_alone(session: Session, agent: Agent) -> None:
    log = EventLog(session, "OnPostLogout")
    await soon(agent.logout(reason_code=7))
    log.assert_exactly("OnPostLogout")
    log.clear()
    log.assert_exactly()
    with pytest.raises(AssertionError, match="no event came"):
        log.assert_order("OnPostLogout")


WRONG: list[object] = [
    5,
    None,
    b"OnCallEnd",
    (),
    ("OnCallEnd",),
    ("OnCallEnd", 5),
    ("OnCallEnd", {}, {}),
    (5, {}),
]


@pytest.mark.parametrize("expected", WRONG, ids=repr)
async def test_what_is_not_an_expected_event_is_refused(log: EventLog, expected: Any) -> None:
    words = "an expected event is a name, or a pair of a name and a mapping of its Arguments, .*got "
    with pytest.raises(TypeError, match=words + re.escape(repr(expected))):
        await log.wait_for(expected, timeout=0)
    for check in (log.assert_order, log.assert_exactly):
        with pytest.raises(TypeError, match=words + re.escape(repr(expected))):
            check(expected)


def test_a_check_of_events_that_cannot_come_is_refused(log: EventLog) -> None:
    typo: Any = "OnPostLogot"
    words = r"the log does not record 'OnPostLogot'; did you mean OnPostLogout\?"
    for check in (log.assert_order, log.assert_exactly):
        with pytest.raises(ValueError, match=words):
            check("OnPreLogout", typo)
    with pytest.raises(ValueError, match=words):
        log.assert_exactly(among=[typo])
    with pytest.raises(ValueError, match="OnPreLogout is expected, and among does not have it"):
        log.assert_exactly("OnPreLogout", among=["OnCallEnd"])
    with pytest.raises(TypeError, match="among must be a list of names of events, got 'OnCallEnd'"):
        log.assert_exactly(among="OnCallEnd")


async def test_a_pair_without_arguments_is_shown_as_the_name(log: EventLog) -> None:
    with pytest.raises(AssertionError, match=r"^OnCallEnd did not come within 0 seconds"):
        await log.wait_for(("OnCallEnd", {}), timeout=0)
