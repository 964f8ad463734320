"""A scenario: who there is, how many calls arrive, how long they last, and which faults occur when.

Each class is a table of a scenario's TOML file, each attribute a key. Its metadata hold the range of values.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ctios_fast.sim.plant import DeskSettings, Population

__all__ = ["AgentPlan", "CallPlan", "Fault", "PopulationPlan", "Rate", "Scenario", "ScenarioError"]

MAX_SECONDS = 31 * 86400.0
MAX_RATE = 1000.0

_WRAPUP_REQUIRED = 0
_WRAPUP_NOT_ALLOWED = 2


class ScenarioError(ValueError):
    """A scenario cannot be used; the text names the file, the key, what was expected and what was given."""


def _whole(default: int, low: int, high: int) -> Any:
    return field(default=default, metadata={"range": (low, high)})


def _seconds(default: float) -> Any:
    return field(default=default, metadata={"range": (0.0, MAX_SECONDS)})


def _share(default: float) -> Any:
    return field(default=default, metadata={"range": (0.0, 1.0)})


@dataclass(frozen=True, slots=True)
class PopulationPlan:
    """Table ``population``: agents with consecutive numbers.

    ``agents``: how many.
    ``first_agent``, ``first_extension``: agent i has the id ``first_agent + i`` and the extension and
    instrument ``first_extension + i``.
    ``skill_groups``: how many; each has a queue to which calls come.
    ``groups_per_agent``: skill groups of one agent.
    ``team_size``: agents of a team, its supervisor included; 0: no teams.
    """

    agents: int = _whole(20, 0, 100_000)
    first_agent: int = _whole(1001, 0, 10**11 - 1)
    first_extension: int = _whole(3001, 0, 10**15 - 1)
    skill_groups: int = _whole(2, 1, 1000)
    groups_per_agent: int = _whole(1, 1, 20)
    team_size: int = _whole(10, 0, 1000)


@dataclass(frozen=True, slots=True)
class AgentPlan:
    """Table ``agents``: what agents do.

    ``share``: share of the agents that log in.
    ``login_time``: seconds over which they log in, one after the other.
    ``answer_time``: mean seconds after which a ringing call is answered.
    ``wrapup_time``: mean seconds of after-call work; 0: none.
    ``ring_no_answer_time``: seconds after which an unanswered call goes back to its queue and the agent
    becomes not ready; 0: never.
    """

    share: float = _share(1.0)
    login_time: float = _seconds(60.0)
    answer_time: float = _seconds(4.0)
    wrapup_time: float = _seconds(20.0)
    ring_no_answer_time: float = _seconds(0.0)


@dataclass(frozen=True, slots=True)
class Rate:
    """Calls a second from a time on."""

    at: float
    rate: float


@dataclass(frozen=True, slots=True)
class CallPlan:
    """Table ``calls``: what callers do.

    ``rate``: calls a second: one number, or a list of [seconds, rate], each from that time on.
    ``talk_time``: mean seconds of a conversation.
    ``abandon_rate``: share of the callers who give up unless they are answered soon.
    ``patience``: mean seconds that such a caller waits.
    ``transfers``, ``conferences``, ``holds``: shares of the answered calls that are transferred, become a
    conference, or are held for a while.
    """

    rate: tuple[Rate, ...] = (Rate(0.0, 0.2),)
    talk_time: float = _seconds(120.0)
    abandon_rate: float = _share(0.05)
    patience: float = _seconds(45.0)
    transfers: float = _share(0.1)
    conferences: float = _share(0.02)
    holds: float = _share(0.1)


@dataclass(frozen=True, slots=True)
class Fault:
    """An entry of ``faults``: a command of the control socket at a time.

    ``at``: seconds from the beginning.
    ``every``: seconds after which it occurs again; 0: once.
    ``command``: the command, with "do" and its keys.
    """

    at: float
    every: float
    command: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Scenario:
    """What happens by itself.

    ``name``: of the ready scenario, or the path of the file.
    """

    name: str
    population: PopulationPlan = PopulationPlan()
    agents: AgentPlan = AgentPlan()
    calls: CallPlan = CallPlan()
    faults: tuple[Fault, ...] = ()

    def build_population(self, peripheral_id: int = 5000) -> Population:
        """The population, with all agents logged out."""
        plan = self.population
        wrapup = _WRAPUP_REQUIRED if self.agents.wrapup_time else _WRAPUP_NOT_ALLOWED
        return Population.numbered(
            plan.agents,
            plan.first_agent,
            plan.first_extension,
            peripheral_id=peripheral_id,
            skill_groups=plan.skill_groups,
            groups_per_agent=plan.groups_per_agent,
            team_size=plan.team_size,
            desk=DeskSettings(wrapup_incoming=wrapup, ring_no_answer_time=self.agents.ring_no_answer_time),
        )
