"""The table of auto login: complete, stated on the page, and careful with the peripheral's own reasons."""

import re

import pytest
from support.scripts import ROOT

from ctios_fast.enums import AgentState
from ctios_fast.model.agents import reasons
from ctios_fast.model.agents.returning import RETURNS, return_after


def test_the_page_has_the_table() -> None:
    text = (ROOT / "docs" / "logout.md").read_text("utf-8")
    rows = re.findall(r"^\| ([A-Z_]+) \| ([A-Z_]+)", text, re.MULTILINE)
    assert [(AgentState[before], AgentState[after]) for before, after in rows] == list(RETURNS.items())


@pytest.mark.parametrize("state", [4, 7, 9, 10, 11, 12, 13, 14, 1, 99, None])
def test_other_states_leave_what_was_known(state: int | None) -> None:
    before = (AgentState.AVAILABLE, 0)
    assert return_after(state, 5, before) == before
    assert return_after(state, 5, None) is None


@pytest.mark.parametrize("reason", [reasons.FORCED_LOGOUT, reasons.CALL_NOT_ANSWERED, 0xFFFF])
def test_reasons_of_the_peripheral_are_not_repeated(reason: int) -> None:
    assert return_after(AgentState.NOT_READY, reason, None) == (AgentState.NOT_READY, 0)
    assert return_after(AgentState.NOT_READY, 7, None) == (AgentState.NOT_READY, 7)
