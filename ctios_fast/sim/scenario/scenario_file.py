"""Reads scenarios from TOML files and checks every key."""

import math
import tomllib
from collections.abc import Mapping
from dataclasses import fields
from importlib.resources import files
from pathlib import Path
from typing import Any, Final, TypeVar

from ctios_fast.sim.control import CommandError, check_command

from .scenario import (
    MAX_RATE,
    MAX_SECONDS,
    AgentPlan,
    CallPlan,
    Fault,
    PopulationPlan,
    Rate,
    Scenario,
    ScenarioError,
)

__all__ = ["READY_SCENARIOS", "load_scenario", "scenario_from_toml"]

READY_SCENARIOS: Final = ("small", "peripheral-2000", "morning-24000", "failover-storm", "pg-outage")
"""Names of the scenarios that come with the package."""

MAX_FILE: Final = 1024 * 1024
"""Bytes of a scenario file."""

MAX_FAULTS: Final = 10_000
"""Entries of ``faults``."""

_TABLES: Final = {"population": PopulationPlan, "agents": AgentPlan, "calls": CallPlan}

_Plan = TypeVar("_Plan", PopulationPlan, AgentPlan, CallPlan)


def load_scenario(name_or_path: str) -> Scenario:
    """Read a ready scenario by its name, or a TOML file.

    Raises ScenarioError for a file that cannot be read or is not a scenario.
    """
    if not name_or_path:
        raise ScenarioError(f"scenario '': give a TOML file or one of {', '.join(READY_SCENARIOS)}")
    if name_or_path in READY_SCENARIOS:
        text = (files(__package__) / "ready" / f"{name_or_path}.toml").read_text(encoding="utf-8")
        return scenario_from_toml(text, name_or_path)
    try:
        with Path(name_or_path).open("rb") as file:
            content = file.read(MAX_FILE + 1)
    except (OSError, ValueError) as error:
        reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
        raise ScenarioError(
            f"scenario {name_or_path}: {reason}; give a TOML file or one of {', '.join(READY_SCENARIOS)}"
        ) from None
    if len(content) > MAX_FILE:
        raise ScenarioError(f"scenario {name_or_path}: a scenario has at most {MAX_FILE} bytes")
    try:
        text = content.decode()
    except UnicodeDecodeError:
        raise ScenarioError(f"scenario {name_or_path}: the file is not UTF-8") from None
    return scenario_from_toml(text, name_or_path)


def scenario_from_toml(text: str, name: str) -> Scenario:
    """The scenario in a TOML text; ``name`` is for errors. Raises ScenarioError."""
    try:
        tables = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise ScenarioError(f"scenario {name}: not TOML: {error}") from None
    try:
        return _scenario(tables, name)
    except _Wrong as wrong:
        raise ScenarioError(f"scenario {name}: {wrong}") from None


class _Wrong(Exception):
    """A key is wrong; the text names it."""


def _scenario(tables: Mapping[str, Any], name: str) -> Scenario:
    for key in tables:
        if key not in _TABLES and key != "faults":
            raise _Wrong(f"unknown table {key!r}: a scenario has {', '.join(_TABLES)} and faults")
    scenario = Scenario(
        name,
        _plan(PopulationPlan, "population", tables),
        _plan(AgentPlan, "agents", tables),
        _plan(CallPlan, "calls", tables),
        _faults(tables.get("faults", [])),
    )
    if scenario.calls.transfers + scenario.calls.conferences > 1:
        raise _Wrong("calls.transfers and calls.conferences must be at most 1 together")
    return scenario


def _plan(kind: type[_Plan], table: str, tables: Mapping[str, Any]) -> _Plan:
    given = tables.get(table, {})
    if not isinstance(given, Mapping):
        raise _Wrong(f"{table} must be a table, not {given!r}")
    known = {attribute.name: attribute for attribute in fields(kind)}
    values: dict[str, Any] = {}
    for key, value in given.items():
        if key not in known:
            raise _Wrong(f"unknown key {table}.{key}: the table has {', '.join(known)}")
        if key == "rate":
            values[key] = _rates(value)
        else:
            low, high = known[key].metadata["range"]
            values[key] = _number(f"{table}.{key}", value, low, high)
    return kind(**values)


def _number(key: str, value: object, low: float, high: float) -> Any:
    """A number in a range; a whole one where the range is of whole numbers."""
    whole = isinstance(low, int)
    right = isinstance(value, int if whole else int | float) and not isinstance(value, bool)
    if not right or not math.isfinite(value) or not low <= value <= high:  # type: ignore[arg-type, operator]
        what = "a whole number" if whole else "a number"
        raise _Wrong(f"{key} must be {what} from {low:g} to {high:g}, not {value!r}")
    return value


def _rates(value: object) -> tuple[Rate, ...]:
    if not isinstance(value, list):
        return (Rate(0.0, _number("calls.rate", value, 0.0, MAX_RATE)),)
    rates: list[Rate] = []
    for place, pair in enumerate(value):
        key = f"calls.rate[{place}]"
        if not isinstance(pair, list) or len(pair) != 2:
            raise _Wrong(f"{key} must be [seconds, calls a second], not {pair!r}")
        at = _number(f"{key}[0]", pair[0], 0.0, MAX_SECONDS)
        if rates and at <= rates[-1].at:
            raise _Wrong(f"{key} must begin after the rate before it, not at {at:g}")
        rates.append(Rate(at, _number(f"{key}[1]", pair[1], 0.0, MAX_RATE)))
    return tuple(rates)


def _faults(given: object) -> tuple[Fault, ...]:
    if not isinstance(given, list) or not all(isinstance(entry, Mapping) for entry in given):
        raise _Wrong(f"faults must be written as [[faults]], not as {given!r}")
    if len(given) > MAX_FAULTS:
        raise _Wrong(f"there are at most {MAX_FAULTS} faults, not {len(given)}")
    found: list[Fault] = []
    for place, entry in enumerate(given):
        key = f"faults[{place}]"
        if "at" not in entry:
            raise _Wrong(f"{key} needs the key at, the seconds from the beginning")
        at = _number(f"{key}.at", entry["at"], 0.0, MAX_SECONDS)
        every = _number(f"{key}.every", entry.get("every", 0), 0.0, MAX_SECONDS)
        command = {name: value for name, value in entry.items() if name not in ("at", "every")}
        try:
            check_command(command)
        except CommandError as error:
            raise _Wrong(f"{key}: {error}") from None
        if command["do"] in ("advance", "snapshot"):
            raise _Wrong(f"{key}: {command['do']} is not for scenarios")
        found.append(Fault(at, every, command))
    return tuple(found)
