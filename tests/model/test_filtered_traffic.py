"""Filters of monitor mode under traffic: a filtered session hears what the filter takes of all events.

Most refused events are refused before their Arguments are built. That must not change which events pass.
"""

import asyncio
from typing import Any

import pytest
from support.model import MakeSession, settled, sides, soon
from support.traffic import Traffic

from ctios_fast import Arguments, Session
from ctios_fast.connection.clock import ManualClock
from ctios_fast.model.event_filter import filter_of_string
from ctios_fast.protocol.enums import AgentState
from ctios_fast.sim import Population, Simulator

AGENTS, TICKS = 12, 300
FILTERS = (
    "*",
    "MessageId=30",
    "MessageId=eCallDeliveredEvent,eCallEstablishedEvent",
    "AgentId=1001,1003",
    "AgentId=100*;MessageId=30",
    "UniqueObjectID=agent.5000.1002",
    "UniqueObjectID=call.5000.*.3004,call.5000.1677721*",
    "FilterTarget=agent.5000.1003,agent.5000.101*",
    "PeripheralID=5000",
    "PeripheralID=7",
    "MessageId=30;AgentState=4,3",
    "CallStatus=3;FilterTarget=agent.*",
)
#: What makes two events the same one, beside their names.
IDENTITY = ("UniqueObjectID", "AgentState", "CallStatus", "ConnectionCallID", "OldUniqueObjectID")

Heard = list[tuple[str, Arguments]]


def identity(event: str, args: Arguments) -> tuple[Any, ...]:
    """What makes an event the same one in two sessions."""
    return event, *(args.get(name) for name in IDENTITY)


async def watching(sim: Simulator, session: Session, filter_string: str) -> Heard:
    """Set monitor mode; return the list that gets each event."""
    heard: Heard = []
    for event in session.events:
        session.subscribe(event, lambda args, event=event: heard.append((event, args)))
    await soon(session.connect(**sides(sim)))
    await soon(session.set_message_filter(filter_string, peripheral_id=5000, snapshot=False))
    heard.clear()
    return heard


@pytest.mark.parametrize("filter_string", FILTERS)
async def test_a_filtered_session_hears_what_its_filter_takes_of_all_events(
    make_session: MakeSession, clock: ManualClock, filter_string: str
) -> None:
    population = Population.numbered(AGENTS, skill_groups=2)
    async with Simulator(population=population, clock=clock) as sim:
        unfiltered = make_session(clock=clock)
        everything = await watching(sim, unfiltered, "*")
        session = make_session(clock=clock, client_id="filtered")
        heard = await watching(sim, session, filter_string)
        everything.clear()
        filtered = session.counters()["events_filtered"]
        for agent in sim.agents:
            sim.plant.set_agent_state(agent, AgentState.AGENT_STATE_LOGIN)
        traffic = Traffic(sim, clock, seed=1)
        for _ in range(TICKS):
            traffic.tick()
            for _ in range(4):
                await asyncio.sleep(0)
        for each in (unfiltered, session):
            await settled(each)
        accepts = filter_of_string(filter_string, 25).accepts
        wanted = [identity(*each) for each in everything if accepts(*each)]
        assert [identity(*each) for each in heard] == wanted
        assert len(everything) > 1000
        assert session.counters()["events_filtered"] - filtered == len(everything) - len(wanted)
        assert session.calls
