"""Feeds the compiled handler beside one in Python, and prints what both counted."""

from collections import Counter

from ready_counter import StateCounter

from ctios_fast.core import Dispatcher, codec
from ctios_fast.messages import AgentStateEvent
from ctios_fast.protocol.enums import AgentState

EVENTS = 1000


def agent_state_event(state: int) -> bytes:
    """An event of an agent in that state; all else is 1."""
    layout = codec(25).describe(AgentStateEvent.number)
    assert layout is not None
    fields = {field.name: 1 for field in layout.fixed} | {"AgentState": state, "NumFltSkillGroups": 0}
    return codec(25).encode(AgentStateEvent.number, fields, [("AgentID", "1001")])


def main() -> None:
    """Both handlers get the same events, in the order in which they were registered."""
    compiled, plain = StateCounter(), Counter[int]()
    dispatcher = Dispatcher(codec(25))
    dispatcher.on(AgentStateEvent, compiled)
    dispatcher.on(AgentStateEvent, lambda event: plain.update([event.agent_state]))
    for number in range(EVENTS):
        dispatcher.frames.feed(agent_state_event(number % 5))
    dispatcher.dispatch()
    for state, count in sorted(plain.items()):
        print(f"{AgentState(state).name}: {compiled.seen(state)} in C, {count} in Python")


if __name__ == "__main__":
    main()
