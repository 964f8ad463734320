"""Checks every figure of QUERY_*_STATISTICS_CONF against the events that an All Events client has received.

It imports nothing of the package. ``StatisticsChecker`` follows the same stream as ``OrderChecker`` and keeps
accounts of agents and skill groups for each span of time. An answer of the server is compared with these
accounts, field by field:

- a call counts when its after-call work ends, and never before;
- handle time is talk time, in which hold time is, and after-call work; each is in whole seconds;
- the times in the states add up to the time logged in, in each span to the part that lies in it;
- a skill group has the sum of its agents, and the figures of its queue;
- figures of now agree with the agents' states and the calls that wait.

Agents must be in one skill group each; ``groups`` says in which. The centre must have no dialer.
"""

import struct
from collections.abc import Mapping
from typing import Any

from support.order_checker import (
    AVAILABLE,
    BARGE_IN,
    BUSY_OTHER,
    CONNECTION_CLEARED,
    DATA_UPDATE,
    DEQUEUED,
    ESTABLISHED,
    INTERCEPT,
    LISTENING_TYPES,
    LOGIN,
    LOGOUT,
    NOT_READY,
    ON_HOLD,
    QUEUED,
    RESERVED,
    SUPERVISOR_MONITOR,
    TALKING,
    WHISPER,
    WORK,
    WORK_NOT_READY,
    WORK_READY,
    Event,
    Key,
    OrderChecker,
    Seen,
    SeenAgent,
)

__all__ = ["AGENT_FIELDS", "GROUP_FIELDS", "StatisticsChecker", "StatisticsError"]

Figures = dict[str, int]

UNKNOWN = 0xFFFFFFFF
EMERGENCY_CALL = 123
AGENT_ANSWER, GROUP_ANSWER = 113, 115


class StatisticsError(AssertionError):
    """A reported figure is not the one that follows from the events."""


# --- the fields of the two answers, in wire order -----------------------------------------------------


def _outbound(stem: str) -> list[str]:
    return [f"{stem}{name}" for name in ("", "TalkTime", "Time", "Held", "HeldTime")]


_HANDLED = ["HandledCalls", "HandledCallsTalkTime", "HandledCallsAfterCallTime", "HandledCallsTime"]
_HELD = ["IncomingCallsHeld", "IncomingCallsHeldTime"]
_RECEIVED = ["InternalCallsRcvd", "InternalCallsRcvdTime", "InternalCallsHeld", "InternalCallsHeldTime"]
_CAMPAIGNS = [*_outbound("AutoOutCalls"), *_outbound("PreviewCalls"), *_outbound("ReservationCalls")]
_SUPERVISION = ["BargeInCalls", "InterceptCalls", "MonitorCalls", "WhisperCalls", "EmergencyCalls"]
_AGENT_SPAN = [
    *("AvailTime", "LoggedOnTime", "NotReadyTime", "ICMAvailableTime", "RoutableTime"),
    *_outbound("AgentOutCalls"),
    *_HANDLED,
    *_HELD,
    *("InternalCalls", "InternalCallsTime"),
    *_RECEIVED,
    *_CAMPAIGNS,
    *_SUPERVISION,
]
_GROUP_SPAN = [
    *("AvailTime", "LoggedOnTime", "NotReadyTime"),
    *_outbound("AgentOutCalls"),
    *_HANDLED,
    *_HELD,
    *_RECEIVED,
    *_CAMPAIGNS,
    *_SUPERVISION,
]
_NOW = [
    *("AgentsLoggedOn", "AgentsAvail", "AgentsNotReady", "AgentsReady"),
    *("AgentsTalkingIn", "AgentsTalkingOut", "AgentsTalkingOther"),
    *("AgentsWorkNotReady", "AgentsWorkReady", "AgentsBusyOther", "AgentsReserved", "AgentsHold"),
    *("AgentsICMAvailable", "AgentsApplicationAvailable"),
    *("AgentsTalkingAutoOut", "AgentsTalkingPreview", "AgentsTalkingReservation"),
    *("RouterCallsQNow", "LongestRouterCallQNow", "CallsQNow", "CallsQTimeNow", "LongestCallQNow"),
]
_QUEUE = ("CallsQ", "CallsQTime", "LongestCallQ")

AGENT_SPANS = ("Session", "Today")
GROUP_SPANS = {"To5": "5", "ToHalf": "Half", "Today": "Today"}
"""What the names of a group's figures end with, and those of its queue."""

AGENT_FIELDS = [
    *("InvokeID", "PeripheralID"),
    *(f"{name}{span}" for span in AGENT_SPANS for name in _AGENT_SPAN),
]
GROUP_FIELDS = [
    *("InvokeID", "PeripheralID", "SkillGroupNumber", "SkillGroupID"),
    *_NOW,
    *(
        f"{name}{suffix}"
        for span, of_queue in GROUP_SPANS.items()
        for suffix, names in ((span, _GROUP_SPAN), (of_queue, _QUEUE))
        for name in names
    ),
]

_LENGTHS = {"Session": 0, "To5": 300, "ToHalf": 1800, "Today": 86400}
_TIME_IN_STATE = {AVAILABLE: "AvailTime", NOT_READY: "NotReadyTime", LOGIN: "NotReadyTime"}
_AGENTS_IN_STATE = {
    AVAILABLE: "AgentsAvail",
    NOT_READY: "AgentsNotReady",
    LOGIN: "AgentsNotReady",
    WORK_NOT_READY: "AgentsWorkNotReady",
    WORK_READY: "AgentsWorkReady",
    BUSY_OTHER: "AgentsBusyOther",
    RESERVED: "AgentsReserved",
    ON_HOLD: "AgentsHold",
}
_TALKING = ("AgentsTalkingIn", "AgentsTalkingOut", "AgentsTalkingOther")
_ACTIONS = {SUPERVISOR_MONITOR: "MonitorCalls", WHISPER: "WhisperCalls", BARGE_IN: "BargeInCalls"}
_LISTENING = {21: "MonitorCalls", 22: "WhisperCalls"}


def decode_answer(frame: bytes) -> tuple[int, Figures]:
    """The number and the fixed fields of an answer."""
    length, number = struct.unpack_from("!II", frame)
    names = {AGENT_ANSWER: AGENT_FIELDS, GROUP_ANSWER: GROUP_FIELDS}[number]
    if length < 4 * len(names) or len(frame) != length + 8:
        raise ValueError(f"message {number} has {length} bytes, its fields need {4 * len(names)}")
    return number, dict(zip(names, struct.unpack_from(f"!{len(names)}I", frame, 8), strict=True))


# --- accounts -----------------------------------------------------------------------------------------


class Account:
    """Figures of one agent or group in several spans; a span without a length ends by ``restart`` only."""

    def __init__(self, spans: tuple[str, ...]) -> None:
        self._spans: dict[str, tuple[int, Figures]] = {span: (0, {}) for span in spans}

    def _of(self, span: str, now: int) -> Figures:
        length = _LENGTHS[span]
        period, figures = self._spans[span]
        if length and now // length != period:
            figures = {}
            self._spans[span] = (now // length, figures)
        return figures

    def restart(self, span: str) -> None:
        self._spans[span] = (0, {})

    def add(self, amounts: Figures, now: int) -> None:
        for span in self._spans:
            figures = self._of(span, now)
            for name, amount in amounts.items():
                figures[name] = figures.get(name, 0) + amount

    def longest(self, name: str, amount: int, now: int) -> None:
        for span in self._spans:
            figures = self._of(span, now)
            figures[name] = max(figures.get(name, 0), amount)

    def add_time(self, names: list[str], start: int, end: int) -> None:
        """Add the seconds from ``start`` to ``end``, in each span those that lie in its present period."""
        for span in self._spans:
            figures = self._of(span, end)
            length = _LENGTHS[span]
            begin = max(start, end // length * length) if length else start
            for name in names:
                figures[name] = figures.get(name, 0) + end - begin

    def at(self, span: str, name: str, now: int) -> int:
        return self._of(span, now).get(name, 0)


class StatisticsChecker(OrderChecker):
    """Follows an All Events client's stream and checks answers.

    - ``groups``: the skill group number of each agent id.
    - ``queues``: the skill group number of each queue device.
    - ``answers``: answers checked so far.
    """

    def __init__(self, groups: Mapping[str, int], queues: Mapping[str, int]) -> None:
        super().__init__()
        self.answers = 0
        self._group_of = dict(groups)
        self._queue_groups = dict(queues)
        self._of_agents = {agent: Account(AGENT_SPANS) for agent in groups}
        self._of_groups = {
            number: Account(tuple(GROUP_SPANS)) for number in {*groups.values(), *queues.values()}
        }
        self._waiting_since: dict[Seen, tuple[int, int]] = {}  # skill group and time of what waits
        self._counted_until: dict[str, int] = {}  # until when an agent's time is in its accounts
        self._ended_calls: dict[str, list[Figures]] = {}  # calls ended in this second
        # The call whose after-call work goes on, and since when.
        self._pending: dict[str, tuple[Figures, int]] = {}

    # --- events -------------------------------------------------------------------------------------

    def feed_emergency(self, time: float, agent_id: str) -> None:
        """Count an EMERGENCY_CALL_EVENT of an agent."""
        self._count(agent_id, {"EmergencyCalls": 1}, int(time))

    def _count(self, agent_id: str, amounts: Figures, now: int) -> None:
        self._of_agents[agent_id].add(amounts, now)
        self._of_groups[self._group_of[agent_id]].add(amounts, now)

    def _agent_at(self, device: str) -> str:
        return self._extensions[device].agent_id

    def _state(self, event: Event, seen: Seen) -> None:
        number = event["type"]
        supervising = []
        if number == CONNECTION_CLEARED and event["EventCause"] == INTERCEPT:
            supervising = [other for other in self._call(seen.key[0]) if other.supervising]
        joins = number == ESTABLISHED and event["EventCause"] in _ACTIONS and seen.state is None
        super()._state(event, seen)
        for other in supervising:
            self._count(self._agent_at(other.device), {"InterceptCalls": 1}, self._now)
        if joins:
            self._count(self._agent_at(seen.device), {_ACTIONS[event["EventCause"]]: 1}, self._now)
        elif number == QUEUED:
            self._waiting_since[seen] = (self._queue_groups[event["QueueDeviceID"]], self._now)
        elif number == DEQUEUED:
            group, since = self._waiting_since.pop(seen)
            waited = self._now - since
            self._of_groups[group].add({"CallsQ": 1, "CallsQTime": waited}, self._now)
            self._of_groups[group].longest("LongestCallQ", waited, self._now)

    def _data_update(self, event: Event, old: Key, seen: Seen | None) -> None:
        new = event["CallType"]
        if seen is not None and {seen.call_type, new} == LISTENING_TYPES:
            self._count(self._agent_at(seen.device), {_LISTENING[new]: 1}, self._now)
        super()._data_update(event, old, seen)
        assert event["type"] == DATA_UPDATE

    def _account(self, seen: Seen) -> None:
        agent = self._extensions.get(seen.device)
        before = dict(agent.figures) if agent is not None else {}
        super()._account(seen)
        if agent is None:
            return
        amounts = {name: amount - before.get(name, 0) for name, amount in agent.figures.items()}
        amounts = {name: amount for name, amount in amounts.items() if amount or name not in before}
        if amounts:
            self._ended_calls.setdefault(agent.agent_id, []).append(amounts)

    def _agent_state(self, event: Event) -> None:
        agent_id = event["AgentID"]
        self._pass_to(agent_id, self._now)
        if event["AgentState"] == LOGIN:
            self._of_agents[agent_id].restart("Session")
        super()._agent_state(event)
        if event["AgentState"] not in WORK:
            self._count_pending(agent_id)

    def _count_pending(self, agent_id: str) -> None:
        """After-call work has ended, and its call counts."""
        pending = self._pending.pop(agent_id, None)
        if pending is None:
            return
        amounts, since = pending
        work = self._now - since
        if "HandledCalls" in amounts:
            amounts["HandledCallsAfterCallTime"] = work
            time = "HandledCallsTime"
        elif "AgentOutCalls" in amounts:
            time = "AgentOutCallsTime"
        else:
            time = None
        if time is not None:  # it is not among the amounts of a call that took no time
            amounts[time] = amounts.get(time, 0) + work
        self._count(agent_id, amounts, self._now)

    def settle(self) -> None:
        super().settle()
        for agent_id, ended in self._ended_calls.items():
            if self.agents[agent_id].state in WORK:
                # Of several calls, the work belongs to the one that was handled.
                handled = [amounts for amounts in ended if "HandledCalls" in amounts]
                last = (handled or ended)[-1]
                ended.remove(last)
                self._pending[agent_id] = (last, self._now)
            for amounts in ended:
                self._count(agent_id, amounts, self._now)
        self._ended_calls.clear()

    def _pass_to(self, agent_id: str, now: int) -> None:
        """Add the time in an agent's state to the accounts."""
        start = self._counted_until.get(agent_id, now)
        self._counted_until[agent_id] = now
        agent = self.agents.get(agent_id)
        if agent is None or agent.state == LOGOUT:
            return
        names = ["LoggedOnTime", "RoutableTime"]
        if agent.state in _TIME_IN_STATE:
            names.append(_TIME_IN_STATE[agent.state])
        if agent.state == AVAILABLE:
            names.append("ICMAvailableTime")
        for account in (self._of_agents[agent_id], self._of_groups[self._group_of[agent_id]]):
            account.add_time(names, start, now)

    # --- answers ------------------------------------------------------------------------------------

    def check(self, time: float, subject: str | int, frame: bytes) -> Figures:
        """Compare an answer about an agent (its id) or a group (its number) with the accounts; return it.

        All events before ``time`` must have been fed, and none of its second.
        """
        self.settle()
        now = int(time)
        for agent_id in self._of_agents:
            self._pass_to(agent_id, now)
        number, reported = decode_answer(frame)
        if isinstance(subject, str):
            assert number == AGENT_ANSWER
            expected = self._expected_of_agent(subject, now)
        else:
            assert number == GROUP_ANSWER
            expected = self._expected_of_group(subject, now)
            talking = sum(reported[name] for name in _TALKING)
            expected |= {name: reported[name] for name in _TALKING}
            in_state = sum(1 for agent in self._agents_of(subject) if agent.state == TALKING)
            if talking != in_state:
                raise StatisticsError(f"group {subject} at {now} s: {talking} agents talk, seen {in_state}")
        wrong = {n: (reported[n], value) for n, value in expected.items() if reported[n] != value}
        if wrong:
            raise StatisticsError(f"{subject} at {now} s: (reported, seen) {wrong}")
        unchecked = reported.keys() - expected.keys() - {"InvokeID", "PeripheralID", "SkillGroupID"}
        assert not unchecked, unchecked
        self.answers += 1
        return reported

    def _expected_of_agent(self, agent_id: str, now: int) -> Figures:
        account = self._of_agents[agent_id]
        return {f"{name}{span}": account.at(span, name, now) for span in AGENT_SPANS for name in _AGENT_SPAN}

    def _agents_of(self, group: int) -> list[SeenAgent]:
        return [agent for agent in self.agents.values() if self._group_of[agent.agent_id] == group]

    def _expected_of_group(self, group: int, now: int) -> dict[str, Any]:
        account = self._of_groups[group]
        expected = dict.fromkeys(_NOW, 0)
        for agent in self._agents_of(group):
            if agent.state == LOGOUT:
                continue
            expected["AgentsLoggedOn"] += 1
            if agent.state in _AGENTS_IN_STATE:
                expected[_AGENTS_IN_STATE[agent.state]] += 1
        expected["AgentsReady"] = expected["AgentsLoggedOn"] - expected["AgentsNotReady"]
        expected["AgentsICMAvailable"] = expected["AgentsAvail"]
        waits = [now - since for number, since in self._waiting_since.values() if number == group]
        expected |= {
            "SkillGroupNumber": group,
            "RouterCallsQNow": UNKNOWN,
            "LongestRouterCallQNow": UNKNOWN,
            "CallsQNow": len(waits),
            "CallsQTimeNow": sum(waits),
            "LongestCallQNow": max(waits, default=0),
        }
        for span, of_queue in GROUP_SPANS.items():
            expected |= {f"{name}{span}": account.at(span, name, now) for name in _GROUP_SPAN}
            expected |= {f"{name}{of_queue}": account.at(span, name, now) for name in _QUEUE}
        return expected
