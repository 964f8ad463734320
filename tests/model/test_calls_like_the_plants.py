"""The calls of the model and those of the simulator's plant, while everything happens at random.

The byte stream of an All Events client goes straight into the session's dispatcher. After every act the
model's connections and their states equal the plant's.
"""

import itertools
from collections.abc import Iterator

import pytest
from support.model import CallLives, calls_of, calls_of_plant, feed
from support.random_centre import RandomCentre

from ctios_fast import Session
from ctios_fast.sim.plant import PlantSettings
from ctios_fast.sim.plant.plant_settings import ConnectionIdForm, IdChange

CALLS = 60
SEEDS = {"usual order": None, "disorder": 5}


def settings() -> Iterator[PlantSettings]:
    for id_change, form, shared, disorder in itertools.product(
        IdChange, ConnectionIdForm, (False, True), SEEDS.values()
    ):
        yield PlantSettings(
            id_change=id_change, connection_ids=form, shared_consult_id=shared, disorder=disorder
        )


def name(each: PlantSettings) -> str:
    order = "usual order" if each.disorder is None else "disorder"
    consult = "shared consult id" if each.shared_consult_id else "own consult id"
    return f"{each.id_change.name}-{each.connection_ids.name}-{consult}-{order}"


@pytest.mark.parametrize("each", list(settings()), ids=name)
async def test_calls_of_the_model_equal_those_of_the_plant_after_every_act(
    peer_bulk: Session, each: PlantSettings
) -> None:
    session = peer_bulk
    centre = RandomCentre(11, each)
    lives = CallLives(session)
    while centre.calls < CALLS:
        act = centre.act()
        centre.clock.advance(centre.random.randrange(1, 4))
        feed(session, (frame for _, frame in centre.stream))
        centre.stream.clear()
        assert calls_of(session) == calls_of_plant(centre.plant), act
    centre.wind_down()
    feed(session, (frame for _, frame in centre.stream))
    assert len(session.calls) == 0
    assert lives.begun == lives.ended
    assert set(lives.begun.values()) == {1}
    counters = session.counters()
    assert counters["handler_errors"] == counters["listener_errors"] == 0
    assert counters["events_of_unknown_calls"] == counters["ends_of_unknown_calls"] == 0
    assert counters["calls_without_begin"] == 0
