"""The checker of the ordering rules fails when an event is lost, repeated, or comes at the wrong place."""

import ast
import random
from functools import cache
from pathlib import Path

import pytest
from support import order_checker as rules
from support.order_checker import Event, OrderChecker, OrderViolation
from support.random_centre import RandomCentre

from ctios_fast.protocol import numbers
from ctios_fast.sim.plant import IdChange, PlantSettings

Stream = list[tuple[float, Event]]
SAMPLES = 3

CALL_EVENTS = {
    "BEGIN": rules.BEGIN,
    "END": rules.END,
    "SERVICE_INITIATED": rules.SERVICE_INITIATED,
    "ORIGINATED": rules.ORIGINATED,
    "REACHED_NETWORK": rules.REACHED_NETWORK,
    "DELIVERED": rules.DELIVERED,
    "ESTABLISHED": rules.ESTABLISHED,
    "HELD": rules.HELD,
    "RETRIEVED": rules.RETRIEVED,
    "QUEUED": rules.QUEUED,
    "DEQUEUED": rules.DEQUEUED,
    "DIVERTED": rules.DIVERTED,
    "FAILED": rules.FAILED,
    "TRANSFERRED": rules.TRANSFERRED,
    "CONFERENCED": rules.CONFERENCED,
    "CONNECTION_CLEARED": rules.CONNECTION_CLEARED,
    "CLEARED": rules.CLEARED,
    "RTP_STARTED": rules.RTP_STARTED,
    "RTP_STOPPED": rules.RTP_STOPPED,
    "AGENT_STATE": rules.AGENT_STATE,
    "PRE_CALL": rules.PRE_CALL,
}
SOMETIMES_UNSEEN = {
    # lost where a call is a conference already, or a supervisor barges in: nothing else depends on them
    "CONFERENCED",
    # lost between two states that may follow each other anyway, as NOT_READY between LOGIN and AVAILABLE
    "AGENT_STATE",
}
REPEAT_A_STATE = {"DELIVERED", "ESTABLISHED"}
"""Where ids change by BEGIN and END, these events may only repeat the state of a connection that goes on."""
IN_TURN = ("BEGIN", "END", "RETRIEVED", "DEQUEUED", "ORIGINATED", "CLEARED")
"""Events that break a rule when they change places with the event of their connection before them."""


@cache
def recorded(id_change: IdChange) -> tuple[RandomCentre, tuple[tuple[float, Event], ...]]:
    centre = RandomCentre(3, PlantSettings(id_change=id_change))
    centre.run(70)
    return centre, tuple((at, rules.decode(frame)) for at, frame in centre.stream)


def run(stream: Stream, centre: RandomCentre) -> None:
    checker = OrderChecker()
    for at, event in stream:
        checker.feed(at, event)
    checker.finish(centre.clock.time(), {}, {agent.agent_id: int(agent.state) for agent in centre.agents})
    for agent in centre.agents:
        statistics = centre.plant.agent_statistics(agent)
        for name, seen in checker.figures(agent.agent_id).items():
            if statistics[f"{name}Today"] != seen:
                raise OrderViolation(f"agent {agent.agent_id}: {name}")


def noticed(stream: Stream, centre: RandomCentre) -> bool:
    try:
        run(stream, centre)
    except OrderViolation:
        return True
    return False


def places(name: str, events: tuple[tuple[float, Event], ...]) -> list[int]:
    found = [i for i, (_, event) in enumerate(events) if event["type"] == CALL_EVENTS[name]]
    assert found, f"no {name} was recorded"
    return random.Random(name).sample(found, min(SAMPLES, len(found)))


@pytest.mark.parametrize("id_change", IdChange)
def test_the_recorded_stream_is_in_order(id_change: IdChange) -> None:
    centre, events = recorded(id_change)
    run(list(events), centre)


@pytest.mark.parametrize("id_change", IdChange)
@pytest.mark.parametrize("name", sorted(CALL_EVENTS))
def test_a_lost_event_is_noticed(name: str, id_change: IdChange) -> None:
    centre, events = recorded(id_change)
    results = [noticed([*events[:i], *events[i + 1 :]], centre) for i in places(name, events)]
    often = name in SOMETIMES_UNSEEN or (name in REPEAT_A_STATE and id_change is IdChange.BEGIN_END)
    assert any(results) if often else all(results)


@pytest.mark.parametrize("name", sorted(CALL_EVENTS))
def test_a_repeated_event_is_noticed(name: str) -> None:
    centre, events = recorded(IdChange.UPDATE)
    assert all(noticed([*events[: i + 1], *events[i:]], centre) for i in places(name, events))


@pytest.mark.parametrize("id_change", IdChange)
@pytest.mark.parametrize("name", IN_TURN)
def test_an_event_before_the_one_that_it_follows_is_noticed(name: str, id_change: IdChange) -> None:
    centre, events = recorded(id_change)
    tried = 0
    for i in places(name, events):
        key = (events[i][1]["ConnectionCallID"], events[i][1]["ConnectionDeviceID"])
        rtp = (rules.RTP_STARTED, rules.RTP_STOPPED)
        near = range(i + 1, min(i + 40, len(events))) if name == "BEGIN" else range(i - 1, max(0, i - 40), -1)
        other = next(
            (
                j
                for j in near
                if events[j][1]["type"] not in rtp
                and (events[j][1].get("ConnectionCallID"), events[j][1].get("ConnectionDeviceID")) == key
            ),
            None,
        )
        if other is None:
            continue
        tried += 1
        changed = list(events)
        moved = changed.pop(i)
        changed.insert(other, (events[other][0], moved[1]))
        assert noticed(changed, centre)
    assert tried


def test_a_rename_that_never_came_is_noticed() -> None:
    centre, events = recorded(IdChange.UPDATE)
    renames = [
        i
        for i, (_, event) in enumerate(events)
        if event["type"] == rules.DATA_UPDATE and event["ConnectionCallID"] != event["NewConnectionCallID"]
    ]
    assert renames
    for i in renames[:SAMPLES]:
        renamed = dict(events[i][1], NewConnectionCallID=events[i][1]["NewConnectionCallID"] + 1000)
        assert noticed([*events[:i], (events[i][0], renamed), *events[i + 1 :]], centre)


def test_a_party_that_a_conference_leaves_out_is_noticed() -> None:
    centre, events = recorded(IdChange.EVENT)
    i = next(i for i, (_, event) in enumerate(events) if len(event["parties"]) > 2)
    at, event = events[i]
    fewer = dict(event, parties=event["parties"][:-1])
    assert noticed([*events[:i], (at, fewer), *events[i + 1 :]], centre)
    assert noticed(
        [*events[:i], (at, dict(fewer, NumParties=len(event["parties"]) - 1)), *events[i + 1 :]], centre
    )


def test_a_wrong_figure_is_noticed() -> None:
    centre, events = recorded(IdChange.UPDATE)
    later = [(at + (1 if event["type"] == rules.HELD else 0), event) for at, event in events]
    assert noticed(sorted(later, key=lambda item: item[0]), centre)


def test_the_checker_imports_nothing_of_the_package() -> None:
    tree = ast.parse(Path(rules.__file__).read_text())
    imported = {
        name.name if isinstance(node, ast.Import) else node.module
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in node.names
    }
    assert imported == {"struct", "dataclasses", "typing"}


def test_the_checkers_message_numbers_are_the_protocols() -> None:
    for number in rules.FIXED:
        names = [name for name, value in vars(numbers).items() if value == number]
        assert len(names) == 1
        assert names[0].endswith("_EVENT")


def test_a_frame_that_is_not_whole_is_refused() -> None:
    centre, _ = recorded(IdChange.UPDATE)
    frame = centre.stream[0][1]
    with pytest.raises(ValueError, match="header says"):
        rules.decode(frame[:-1])
    with pytest.raises(ValueError, match="not known"):
        rules.decode(bytes.fromhex("00000004 000003e7 00000000"))
