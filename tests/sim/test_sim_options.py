"""The options of a simulated contact centre: a wrong value fails in the same way wherever it is given."""

import re
from typing import Any

import pytest
from click.testing import CliRunner

from ctios_fast.cli.sim import command
from ctios_fast.core.secret import Secret
from ctios_fast.sim.centre import CentreSettings
from ctios_fast.sim.centre_options import CENTRE_OPTIONS, checked_settings
from ctios_fast.testing import start_servers
from ctios_fast.testing.server_options import ServerOptions

COUNT = "must be an integer, 0 to 100000"
SEED = "must be an integer, 0 to 18446744073709551615"

#: Option, wrong value, and what the error says after the name.
WRONG: tuple[tuple[str, Any, str], ...] = (
    ("version", 99, "must be an integer, 9 to 25, got 99"),
    ("version", 8, "must be an integer, 9 to 25, got 8"),
    ("peripheral_id", 2**32 - 1, "must be an integer, 0 to 4294967294, got 4294967295"),
    ("agents", -1, f"{COUNT}, got -1"),
    ("agents", "ten", f"{COUNT}, got 'ten'"),
    ("agents", 10**100, f"{COUNT}, got a number of more than 30 digits"),
    ("first_agent", -5, "must be an integer, 0 to 99999999999, got -5"),
    ("first_extension", 10**15, "must be an integer, 0 to 999999999999999, got 1000000000000000"),
    ("seed", "x", f"{SEED}, got 'x'"),
    ("seed", -1, f"{SEED}, got -1"),
    ("seed", 2**64, f"{SEED}, got 18446744073709551616"),
    ("speed", 0.0, "must be a number, 0.01 to 1000, got 0.0"),
    ("speed", float("nan"), "must be a number, 0.01 to 1000, got nan"),
    ("clock", "fast", "must be 'real' or 'virtual', got 'fast'"),
    ("disorder", "much", f"{SEED}, or None, got 'much'"),
    ("id_change", "bogus", "must be 'update', 'event' or 'begin-end', got 'bogus'"),
    ("connection_ids", "random", "must be 'static', 'dynamic' or 'opaque', got 'random'"),
    ("pair", "triple", "must be 'active-standby' or 'both-active', got 'triple'"),
    ("takeover", 3601.0, "must be a number, 0 to 3600, got 3601.0"),
    ("takeover", -1.0, "must be a number, 0 to 3600, got -1.0"),
)
#: The same for values that a command line cannot give.
WRONG_TYPES: tuple[tuple[str, Any, str], ...] = (
    ("version", True, "must be an integer, 9 to 25, got True"),
    ("agents", 5.0, f"{COUNT}, got 5.0"),
    ("agents", None, f"{COUNT}, got None"),
    ("seed", False, f"{SEED}, got False"),
    ("speed", True, "must be a number, 0.01 to 1000, got True"),
    ("id_change", 1, "must be 'update', 'event' or 'begin-end', got 1"),
    ("shared_consult_id", 1, "must be True or False, got 1"),
    ("strict", "no", "must be True or False, got 'no'"),
    (
        "scenario",
        5,
        "must be the name of a ready scenario or the path of a TOML file, or None, got 5",
    ),
    ("client_password", 1234, "must be a text without NUL, or None, got a value of type int"),
    ("client_password", "ses\0ame", "must be a text without NUL, or None, got another one"),
)


@pytest.mark.parametrize("process", [False, True], ids=["thread", "process"])
@pytest.mark.parametrize(("name", "value", "error"), [*WRONG, *WRONG_TYPES])
def test_a_wrong_value_names_option_expectation_and_value(
    name: str, value: object, error: str, process: bool
) -> None:
    wrong = not CENTRE_OPTIONS[name].kind.has_type(value)
    with pytest.raises(TypeError if wrong else ValueError, match=f"^{re.escape(f'{name} {error}')}$"):
        start_servers(process=process, **{name: value})  # type: ignore[arg-type]


@pytest.mark.parametrize(("name", "value", "error"), WRONG)
def test_the_command_line_says_the_same(name: str, value: object, error: str) -> None:
    flag = CENTRE_OPTIONS[name].flag
    assert isinstance(flag, str)
    result = CliRunner().invoke(command, [flag, str(value)])
    assert result.exit_code == 2
    assert f"Invalid value for '{flag}': {error}\n" in result.output


def test_a_word_of_many_digits_is_shown_in_part() -> None:
    result = CliRunner().invoke(command, ["--agents", "9" * 5000])
    assert result.exit_code == 2
    assert f"Invalid value for '--agents': {COUNT}, got '{'9' * 59}...\n" in result.output


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        (
            {"scenario": "small", "first_agent": 5},
            "first_agent does not go with scenario, which has its own agents",
            "--first-agent does not go with --scenario, which has its own agents",
        ),
        (
            {"clock": "virtual", "speed": 2.0},
            "speed does not go with clock virtual, which moves by the command advance only",
            "--speed does not go with --clock virtual, which moves by the command advance only",
        ),
        (
            {"agents": 2, "first_agent": 10**11 - 1},
            "first_agent and agents must give numbers up to 99999999999, got 2 numbers from 99999999999",
            "--first-agent and --agents must give numbers up to 99999999999, got 2 numbers from 99999999999",
        ),
        (
            {"first_extension": 10**15 - 1},
            "first_extension and agents must give numbers up to 999999999999999, got 1000 numbers from ",
            "--first-extension and --agents must give numbers up to 999999999999999, got 1000 numbers from ",
        ),
        ({"scenario": "nowhere"}, "scenario nowhere: No such file", "scenario nowhere: No such file"),
    ],
)
def test_options_that_do_not_go_together_are_refused_everywhere(
    options: dict[str, Any], error: str, words: str
) -> None:
    for process in (False, True):
        with pytest.raises(ValueError, match=f"^{re.escape(error)}"):
            start_servers(process=process, **options)
    given = [word for name, value in options.items() for word in CENTRE_OPTIONS[name].words(value)]
    result = CliRunner().invoke(command, given)
    assert result.exit_code == 2
    assert f"Error: {words}" in result.output


@pytest.mark.parametrize("process", [False, True], ids=["thread", "process"])
def test_none_is_the_default_of_optional_values(process: bool) -> None:
    options: ServerOptions = {"disorder": None, "scenario": None, "agents": 1}
    with start_servers(process=process, client_password=None, **options) as pair:
        assert len(pair.control.snapshot()["agents"]) == 1


@pytest.mark.parametrize("process", [False, True], ids=["thread", "process"])
def test_every_option_has_an_effect_in_both_forms(process: bool) -> None:
    options: ServerOptions = {
        "version": 20,
        "agents": 2,
        "first_agent": 7,
        "first_extension": 9,
        "seed": 2**64 - 1,
        "speed": 1,
        "clock": "virtual",
        "disorder": 0,
        "id_change": "begin-end",
        "connection_ids": "opaque",
        "shared_consult_id": True,
        "pair": "both-active",
        "takeover": 0,
        "strict": False,
    }
    with start_servers(process=process, peripheral_id=8, client_password="sesame", **options) as pair:
        snapshot = pair.control.snapshot()
        assert [agent["id"] for agent in snapshot["agents"]] == ["7", "8"]
        assert snapshot["sides"] == {"A": "active", "B": "active"}


def test_the_settings_are_those_of_the_table() -> None:
    defaults = CentreSettings()
    given = {
        name: "real" if name == "clock" else getattr(value, "value", value)
        for name, option in CENTRE_OPTIONS.items()
        if (value := getattr(defaults, option.setting)) is not None
        and name not in {"agents", "first_agent", "first_extension"}
    }
    assert CentreSettings(**checked_settings(given)) == defaults
    assert checked_settings({"client_password": (secret := Secret("sesame"))}) == {"client_password": secret}
