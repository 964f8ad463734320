"""``pytest --exercised`` finds marks of tests that do not do what the marks name."""

import pytest
from support.exercised import Exercised
from support.scripts import needs_sources

pytestmark = needs_sources
pytest_plugins = ["pytester"]

TESTS = """
import pytest
from ctios_fast import Arguments, Session
from ctios_fast.model.cti_object import context_of

@pytest.mark.covers("Session.GetAllAgents")
@pytest.mark.parametrize("calls", [False, True])
def test_one_of_two_calls(calls):
    if calls:
        Session(client_id="test").get_all_agents()

@pytest.mark.covers("Session.GetAllCalls")
def test_no_call():
    Session(client_id="test").get_all_agents()

@pytest.mark.covers("IAgentEvents.OnPreLogout", "IAgentEvents.OnPostLogout")
def test_one_of_two_events():
    context_of(Session(client_id="test")).events.fire("OnPreLogout", Arguments())
"""


def test_methods_that_are_not_called_and_events_that_are_not_fired_fail_the_run(
    pytester: pytest.Pytester,
) -> None:
    pytester.makepyfile(TESTS)
    plugin = Exercised()
    result = pytester.runpytest_inprocess("-p", "no:cacheprovider", plugins=[plugin])
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.assert_outcomes(passed=4)
    assert [(each.split(" by ")[0], each.split("::")[1]) for each in plugin.unproved()] == [
        ("IAgentEvents.OnPostLogout", "test_one_of_two_events"),
        ("Session.GetAllCalls", "test_no_call"),
    ]
