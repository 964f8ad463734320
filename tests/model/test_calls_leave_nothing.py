"""Calls that have ended leave nothing: with the garbage collector off, no object lives, no memory is kept.

Random calls of a plant go straight into a session's dispatcher, with consultations, conferences and transfers
among them. Each round has the same acts with new call ids. ``CALLS_FED`` sets the number of calls.
"""

import contextlib
import gc
import itertools
import os
import struct
import tracemalloc
import weakref
from collections.abc import Callable, Iterator

import pytest
from support.model import an_agent, feed, settled, soon
from support.random_centre import RandomCentre
from support.scripted_peer import Peer
from support.scripted_server import Serve

from ctios_fast import Arguments, Session
from ctios_fast.model.calls.call import Call
from ctios_fast.model.calls.call_data import CallData
from ctios_fast.sim.plant import PlantSettings

CALLS_FED = int(os.environ.get("CALLS_FED", "1200"))
CALLS_A_ROUND = 200
#: Bytes by which traced memory may grow in the second half.
MAX_GROWTH = 64 * 1024

#: The upper half of the first call id of the plant; each round replaces it.
_MARK = 0x5AA5


class Rounds:
    """The frames of random calls, again and again with other call ids."""

    def __init__(self) -> None:
        centre = RandomCentre(188, PlantSettings(disorder=5))
        centre.plant._floor.identity._next_call_id = _MARK << 16
        centre.run(CALLS_A_ROUND)
        for act in ("consult", "conference", "transfer", "set_data"):
            assert centre.done[act] > 0
        self.frames = [frame for _, frame in centre.stream]
        self._mark = struct.pack(">H", _MARK)
        #: The upper half of the call ids of a round.
        self._ids = itertools.cycle(range(0x0100, 0x4000))

    def feed(self, session: Session, calls: int) -> None:
        """Feed that many calls; afterwards all of them have ended."""
        for _ in range(calls // CALLS_A_ROUND):
            ids = struct.pack(">H", next(self._ids))
            feed(session, (frame.replace(self._mark, ids) for frame in self.frames))
            assert len(session.calls) == 0


class Listener:
    """Listens to every call event; has weak references to calls and reads what it is given."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.events = 0
        self.alive = 0
        for event in session.events:
            if event.startswith(("OnCall", "OnMonitoredCall")):
                session.subscribe(event, self.heard)
        session.subscribe("OnCallBegin", self.began)

    def heard(self, args: Arguments) -> None:
        self.events += 1
        args.is_valid("CallVariable1")

    def began(self, args: Arguments) -> None:
        call = self.session.calls[args["UniqueObjectID"]]
        self.alive += 1
        weakref.finalize(call, self.gone).atexit = False

    def gone(self) -> None:
        self.alive -= 1


def living(*types: type) -> dict[str, int]:
    """Number of objects of each type that exist, counted without a collection."""
    objects = gc.get_objects()
    return {each.__name__: sum(type(one) is each for one in objects) for each in types}


@contextlib.contextmanager
def collector_off() -> Iterator[None]:
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def traced() -> int:
    """Traced memory without the interpreter's free lists.

    A collection empties the lists. It finds no garbage, since all objects are frozen meanwhile.
    """
    gc.freeze()
    gc.collect()
    gc.unfreeze()
    return tracemalloc.get_traced_memory()[0]


def check(session: Session, listener: Listener | None) -> None:
    """Feed half of the calls, then the other half; compare what is left."""
    rounds = Rounds()
    rounds.feed(session, 2 * CALLS_A_ROUND)  # caches fill
    with collector_off():
        before = living(Call, CallData, Arguments)
        tracemalloc.start()
        try:
            rounds.feed(session, CALLS_FED // 2)
            held = traced()
            rounds.feed(session, CALLS_FED // 2)
            grown = traced() - held
        finally:
            tracemalloc.stop()
        after = living(Call, CallData, Arguments)
    print(f"{CALLS_FED} calls, {len(rounds.frames)} frames a round: grown by {grown} bytes, {after}")
    assert after["Call"] == after["CallData"] == 0
    assert after["Arguments"] == before["Arguments"]
    assert grown < MAX_GROWTH
    if listener is not None:
        assert listener.alive == 0
        assert listener.events > CALLS_FED
    counters = session.counters()
    assert counters["handler_errors"] == counters["listener_errors"] == 0


LISTENERS: dict[str, Callable[[Session], Listener | None]] = {
    "no listener": lambda session: None,
    "listeners": Listener,
}


@pytest.mark.parametrize("listen", LISTENERS.values(), ids=list(LISTENERS))
async def test_calls_of_a_bulk_session_leave_nothing(
    peer: Peer, serve: Serve, session: Session, listen: Callable[[Session], Listener | None]
) -> None:
    await soon(session.connect(**await serve(peer.behaviour)))
    await soon(session.set_bulk_mode(5000))
    check(session, listen(session))


@pytest.mark.parametrize("listen", LISTENERS.values(), ids=list(LISTENERS))
async def test_calls_of_an_agents_session_leave_nothing(
    peer: Peer, serve: Serve, session: Session, listen: Callable[[Session], Listener | None]
) -> None:
    await soon(session.connect(**await serve(peer.behaviour)))
    await soon(session.set_agent(an_agent()))
    await settled(session)
    check(session, listen(session))
