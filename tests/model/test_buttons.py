"""The masks of buttons: what the guide states, what desk settings and the device change, and the page."""

import pytest
from support.scripts import ROOT, load_script

from ctios_fast.enums import AgentState, ButtonEnablement, SupervisorButtonEnablement
from ctios_fast.model import buttons
from ctios_fast.model.buttons import Supervision, agent_mask, call_mask, combined, supervisor_mask

INITIATE, ALERTING, CONNECT, HOLD, QUEUED, FAIL = 1, 2, 3, 4, 5, 6
GENERIC = 20


def names(mask: int, enumeration: type = ButtonEnablement) -> set[str]:
    assert mask == mask & 0xFFFFFFFF
    return {bit.name.removeprefix("ENABLE_") for bit in enumeration(mask)}  # type: ignore[attr-defined]


def supervisor(mask: int) -> set[str]:
    return names(mask, SupervisorButtonEnablement)


def test_the_page_is_drawn_from_the_tables() -> None:
    maker = load_script(ROOT / "docs" / "make_buttons.py")
    assert (ROOT / "docs" / "buttons.md").read_text("utf-8") == maker.page(), (
        "run python docs/make_buttons.py"
    )


# --- The agent's part -------------------------------------------------------------------------------


@pytest.mark.parametrize("state", [AgentState.LOGOUT, AgentState.UNKNOWN, None])
def test_an_agent_that_is_not_logged_in_may_log_in_only(state: AgentState | None) -> None:
    assert names(agent_mask(state)) == {"LOGIN"}


def test_an_agent_logs_out_from_not_ready_only() -> None:
    can = {state for state in AgentState if "LOGOUT" in names(agent_mask(state))}
    assert can == {AgentState.LOGIN, AgentState.NOT_READY}


def test_reasons_that_desk_settings_require_change_the_bits() -> None:
    plain = names(agent_mask(AgentState.NOT_READY))
    assert {"NOTREADY", "LOGOUT", "SUPERVISOR_ASSIST"} <= plain
    both = names(agent_mask(AgentState.NOT_READY, desk_settings=0x38))
    assert both == plain - {"NOTREADY", "LOGOUT"} | {"NOTREADY_WITH_REASON", "LOGOUT_WITH_REASON"}
    assert names(agent_mask(AgentState.NOT_READY, desk_settings=0)) == plain - {"SUPERVISOR_ASSIST"}


def test_an_agent_that_is_not_routable_cannot_become_ready() -> None:
    plain = names(agent_mask(AgentState.WORK_READY))
    assert names(agent_mask(AgentState.WORK_READY, is_routable=True)) == plain
    assert names(agent_mask(AgentState.WORK_READY, is_routable=False)) == plain - {"READY"}


def test_a_ready_agent_makes_calls_on_other_peripherals_only() -> None:
    assert "MAKECALL" not in names(agent_mask(AgentState.AVAILABLE))
    assert "MAKECALL" in names(agent_mask(AgentState.AVAILABLE, peripheral_type=GENERIC))


@pytest.mark.parametrize("state", [*range(15), 99, None])
def test_every_state_has_a_mask_of_defined_bits(state: int | None) -> None:
    assert agent_mask(state) & ~sum(ButtonEnablement) == 0


# --- The call's part --------------------------------------------------------------------------------


def test_the_guides_call_buttons() -> None:
    assert names(call_mask(ALERTING)) == {"ANSWER"}
    connected = names(call_mask(CONNECT))
    assert {"HOLD", "RELEASE", "TRANSFER_INIT", "CONFERENCE_INIT"} <= connected
    assert "ANSWER" not in connected


@pytest.mark.parametrize("status", [0, None, 7, 0xFFFF])
def test_a_call_that_is_over_or_no_call_gives_no_buttons(status: int | None) -> None:
    assert call_mask(status) == 0


def test_a_second_call_at_the_device_gives_completion_instead_of_a_start() -> None:
    both = {"ALTERNATE", "RECONNECT", "TRANSFER_COMPLETE", "CONFERENCE_COMPLETE"}
    assert names(call_mask(CONNECT, has_other=True)) == both | {"RELEASE", "RECORD", "BAD_LINE_CALL"}
    assert names(call_mask(HOLD, has_other=True)) == both
    assert names(call_mask(HOLD)) == {"RETRIEVE"}


def test_a_silent_monitor_call_can_be_held_retrieved_and_released_only() -> None:
    assert names(call_mask(CONNECT, call_type=21)) == {"HOLD", "RELEASE"}
    assert names(call_mask(HOLD, call_type=21, has_other=True)) == {"RETRIEVE", "RELEASE"}
    assert call_mask(ALERTING, call_type=21) == call_mask(None, call_type=21) == 0


@pytest.mark.parametrize(
    ("setup", "found"),
    [
        (0x0F, set()),
        (0x10, {"SINGLE_STEP_CONFERENCE"}),
        (0x40, {"SINGLE_STEP_CONFERENCE"}),
        (0x20, {"SINGLE_STEP_TRANSFER"}),
        (0xC0, {"SINGLE_STEP_TRANSFER", "SINGLE_STEP_CONFERENCE"}),
    ],
)
def test_single_steps_need_the_devices_support(setup: int, found: set[str]) -> None:
    steps = {"SINGLE_STEP_TRANSFER", "SINGLE_STEP_CONFERENCE"}
    assert names(call_mask(CONNECT, setup=setup, peripheral_type=GENERIC)) & steps == found
    assert not names(call_mask(CONNECT, setup=setup)) & steps


def test_desk_settings_apply_to_the_calls_part_too() -> None:
    assert "SUPERVISOR_ASSIST" in names(call_mask(CONNECT))
    assert "SUPERVISOR_ASSIST" not in names(call_mask(CONNECT, desk_settings=0x8))


# --- Both -------------------------------------------------------------------------------------------


def test_both_parts_together_lose_what_the_device_does_not_support() -> None:
    agent, call = agent_mask(AgentState.NOT_READY), call_mask(CONNECT)
    assert combined(agent, call) == agent | call
    without_hold = names(combined(agent, call, 0x7FFFF & ~0x200))
    assert without_hold == names(agent | call) - {"HOLD"}
    none = names(combined(agent, call, 0))
    assert not none & {row.button for row in buttons.CONTROL_ROWS}
    assert none >= {"READY", "LOGOUT", "RECORD"}


# --- Supervisors ------------------------------------------------------------------------------------


def test_a_supervisor_who_is_not_ready_may_join_a_connected_call() -> None:
    free = supervisor_mask(AgentState.TALKING, CONNECT, own_state=AgentState.NOT_READY)
    assert supervisor(free) == {"SET_AGENT_LOGOUT", "START_SILENTMONITOR", "SILENTMONITOR"}
    assert free & SupervisorButtonEnablement.ENABLE_BARGE_IN
    for status, own in ((HOLD, AgentState.NOT_READY), (CONNECT, AgentState.AVAILABLE), (None, None)):
        assert supervisor(supervisor_mask(AgentState.TALKING, status, own_state=own)) == {"SET_AGENT_LOGOUT"}


def test_what_a_supervisor_does_decides_what_comes_next() -> None:
    monitoring = supervisor_mask(
        AgentState.TALKING, CONNECT, own_state=AgentState.NOT_READY, supervision=Supervision.MONITORING
    )
    assert supervisor(monitoring) == {"SET_AGENT_LOGOUT", "STOP_SILENTMONITOR", "CLEAR"}
    barged_in = supervisor_mask(
        AgentState.TALKING, CONNECT, own_state=AgentState.TALKING, supervision=Supervision.BARGED_IN
    )
    assert supervisor(barged_in) == {"SET_AGENT_LOGOUT", "INTERCEPT", "CLEAR"}


def test_a_supervisor_makes_waiting_agents_ready_and_leaves_logged_out_ones() -> None:
    assert supervisor(supervisor_mask(AgentState.WORK_READY)) == {"SET_AGENT_READY", "SET_AGENT_LOGOUT"}
    for state in (AgentState.LOGOUT, AgentState.UNKNOWN, None):
        assert supervisor_mask(state) == 0
