"""Makes ``docs/buttons.md`` from the tables of ``ctios_fast/model/buttons.py``: run it after a change.

::

    python docs/make_buttons.py
"""

from collections.abc import Iterable
from enum import IntFlag
from pathlib import Path
from typing import Final

from ctios_fast.enums import AgentState, DeskSettingsMask
from ctios_fast.model import buttons
from ctios_fast.protocol.enums import CallControlMask, LocalConnectionState, TransferConferenceSetupMask

FILE: Final = Path(__file__).resolve().parent / "buttons.md"

PAGE: Final = """\
# Which buttons an agent's desktop enables

EnablementMask says which requests a desktop may offer now. CTI OS's server computed it. The CTI Server has no
such mask, so the library computes it, in agent mode only, from the tables of `ctios_fast/model/buttons.py`.
The CTI OS Developer's Guide states the rules for a few buttons; all others are the library's own. The mask is
advice: no request is refused because of it.

The mask is the agent's part and the current call's part together, without what the device does not support.
Names are those of `ButtonEnablement` without `ENABLE_`. `docs/make_buttons.py` draws this page from the
tables.

Events of the session's own agent and calls carry it as EnablementMask. `OnButtonEnablementChange` follows
each of them, with the mask, the UniqueObjectID of the agent or call, and MessageID: the type of the
message, such as 30 for AGENT_STATE_EVENT. MessageID is 0 where the program or the end of a call made
another call the current one. The event also follows the answer to a query for the agent's state, and
answers about desk settings and the device that change the mask. `agent.enablement_mask` is the mask at any
moment.

## The agent's part

{agent}

An agent that is not routable has no READY. Desk settings change both parts, once they are known:

{desk}

NOTREADY and NOTREADY_WITH_REASON enable the same button of a desktop, and so do LOGOUT and
LOGOUT_WITH_REASON.

## The current call's part

{call}

The other call is a held one beside a call in CONNECT, and an active one beside a call in HOLD. A call in
another status, or none, gives no buttons. A silent monitor call (CallType 21) has these buttons instead:

{silent}

## What the device supports

Once QUERY_DEVICE_INFO_CONF came, a button needs one of these bits of CallControlSupported. A button that is
not in the table needs none.

{control}

These buttons need one of these bits of TransferConferenceSetup as well. Unified CCE's peripherals do not have
them.

{setup}

## A supervisor's buttons

SupervisorBtnEnablementMask is about the agent that a supervisor in agent mode monitors, and its call: the
one that `start_monitoring_call` chose, otherwise the agent's connected call. The rows are the library's own,
except that INTERCEPT follows BARGE_IN. BARGE_IN and SILENTMONITOR are one bit with two names.

Events of the monitored agent and its calls carry it as SupervisorBtnEnablementMask.
`OnSupervisorButtonChange` follows each of them, with the mask, UniqueObjectID and MessageID. It also follows
the supervisor's own events if they change the mask, and a change of the monitored agent or call (MessageID
0). `agent.supervisor_enablement_mask` is the mask at any moment.

{supervisor}
"""

#: The alias of each state in capitals.
_STATE_NAMES: Final = {
    member: name for name, member in reversed(AgentState.__members__.items()) if name.isupper()
}
_OTHER: Final = {None: "", True: ", another call at the device", False: ", no other call at the device"}


def _names(values: Iterable[object]) -> str:
    return ", ".join(map(str, values))


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (head, ("---",) * len(head), *rows))


def _statuses(statuses: Iterable[int] | None) -> str:
    if statuses is None:
        return "any"
    return _names(LocalConnectionState(each).name.removeprefix("LCS_") for each in sorted(statuses))


def _states(states: Iterable[AgentState | None] | None) -> str:
    if states is None:
        return "any"
    named = sorted((each for each in states if each is not None), key=int)
    return _names(
        [*(_STATE_NAMES[each] for each in named), *(["nothing heard"] if None in set(states) else [])]
    )


def _bits(mask: int, bits: type[IntFlag]) -> str:
    return " or ".join(bit.name or "" for bit in bits if bit & mask)


def page() -> str:
    """The page."""
    return PAGE.format(
        agent=_table(
            ("agent state", "buttons", "also on other peripherals than Unified CCE's", "stated by the guide"),
            (
                (_states(row.states), _names(row.buttons), _names(row.elsewhere), _names(row.published))
                for row in buttons.AGENT_ROWS
            ),
        ),
        desk=_table(
            ("DeskSettingsMask", "button that goes", "in its place"),
            (
                (
                    f"{_bits(row.bit, DeskSettingsMask)} {'set' if row.when_set else 'clear'}",
                    row.button,
                    row.instead,
                )
                for row in buttons.DESK_ROWS
            ),
        ),
        call=_table(
            ("call status", "buttons", "stated by the guide"),
            (
                (
                    _statuses(row.statuses) + _OTHER[row.has_other],
                    _names(row.buttons),
                    _names(row.published),
                )
                for row in buttons.CALL_ROWS
            ),
        ),
        silent=_table(
            ("call status", "buttons"),
            ((_statuses([status]), _names(row)) for status, row in buttons.SILENT_MONITOR_ROWS.items()),
        ),
        control=_table(
            ("button", "bits"),
            ((row.button, _bits(row.bits, CallControlMask)) for row in buttons.CONTROL_ROWS),
        ),
        setup=_table(
            ("button", "bits"),
            ((row.button, _bits(row.bits, TransferConferenceSetupMask)) for row in buttons.SETUP_ROWS),
        ),
        supervisor=_table(
            (
                "button",
                "the agent's state",
                "its call",
                "the supervisor's state",
                "the supervisor's activity",
                "needs a companion",
            ),
            (
                (
                    row.button,
                    _states(row.agent_states),
                    _statuses(row.call_statuses),
                    _states(row.own_states),
                    "any"
                    if row.supervisions is None
                    else _names(sorted(each.value for each in row.supervisions)),
                    "yes" if row.needs_control else "",
                )
                for row in buttons.SUPERVISOR_ROWS
            ),
        ),
    )


if __name__ == "__main__":
    FILE.write_text(page(), encoding="utf-8")
