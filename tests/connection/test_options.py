"""The options of a connection are checked when they are set: type, range, NaN, infinity, None and False."""

import copy
import pickle
import ssl
from typing import Any

import pytest

from ctios_fast import Session
from ctios_fast.connection.clock import ManualClock
from ctios_fast.connection.options import ConnectionOptions, check_heartbeat

NAN, INF = float("nan"), float("inf")

SECONDS = ("connect_timeout", "open_timeout", "close_timeout")
OPTIONAL_SECONDS = {"keepalive": 0.5, "turn_time": 0}
COUNTS = ("max_heartbeats", "clients", "max_open_requests", "max_frame", "max_buffered")


def test_the_defaults_are_valid() -> None:
    options = ConnectionOptions()
    assert options.heartbeat == 30
    assert options.reconnect_attempts is None


def test_options_cannot_be_changed() -> None:
    options = ConnectionOptions()
    with pytest.raises(AttributeError):
        options.clients = 3  # type: ignore[misc]


def test_a_record_with_other_values_is_checked_too() -> None:
    options = ConnectionOptions(clients=7)
    assert options._replace(heartbeat=5) == ConnectionOptions(clients=7, heartbeat=5)
    assert type(options._replace()) is ConnectionOptions
    assert ConnectionOptions._make(options) == options
    with pytest.raises(ValueError, match=r"^clients must be 0 or more, got -1$"):
        options._replace(clients=-1)
    with pytest.raises(TypeError, match="there is no option client; did you mean clients"):
        options._replace(client=1)
    with pytest.raises(TypeError, match=r"^ssl must be"):
        ConnectionOptions._make(range(len(options)))
    with pytest.raises(ValueError, match="zip"):
        ConnectionOptions._make(options[:3])


def test_copy_replace_checks_too() -> None:  # copy.replace of Python 3.13 calls __replace__
    assert ConnectionOptions().__replace__(clients=3).clients == 3
    with pytest.raises(ValueError, match=r"^clients must be"):
        ConnectionOptions().__replace__(clients=-1)


@pytest.mark.parametrize("protocol", range(2, pickle.HIGHEST_PROTOCOL + 1))
def test_a_record_can_be_copied_and_pickled(protocol: int) -> None:
    options = ConnectionOptions(clients=7, heartbeat=None)
    assert copy.copy(options) == copy.deepcopy(options) == options
    assert pickle.loads(pickle.dumps(options, protocol)) == options


def test_an_unknown_option_is_a_type_error() -> None:
    with pytest.raises(TypeError, match="there is no option client_count"):
        ConnectionOptions(client_count=3)
    with pytest.raises(TypeError, match="there is no option hartbeat; did you mean heartbeat"):
        ConnectionOptions(hartbeat=5)


@pytest.mark.parametrize("name", SECONDS)
@pytest.mark.parametrize("value", [NAN, INF, -INF, 0, -1, 1e18])
def test_a_time_out_of_range_is_a_value_error(name: str, value: float) -> None:
    with pytest.raises(ValueError, match=rf"^{name} must be from 0.001 to 31622400 seconds, got "):
        ConnectionOptions(**{name: value})


@pytest.mark.parametrize("name", SECONDS)
@pytest.mark.parametrize("value", [None, False, True, "20", b"20", [20]])
def test_a_time_that_is_not_a_number_is_a_type_error(name: str, value: Any) -> None:
    with pytest.raises(TypeError, match=rf"^{name} must be from 0.001 to 31622400 seconds, got "):
        ConnectionOptions(**{name: value})


@pytest.mark.parametrize("name", COUNTS)
@pytest.mark.parametrize("value", [-1, -(10**30)])
def test_a_count_out_of_range_is_a_value_error(name: str, value: int) -> None:
    with pytest.raises(ValueError, match=rf"^{name} must be \d+ (to \d+|or more), got {value}$"):
        ConnectionOptions(**{name: value})


@pytest.mark.parametrize("name", COUNTS)
@pytest.mark.parametrize("value", [None, False, True, 1.5, NAN, "3"])
def test_a_count_that_is_not_whole_is_a_type_error(name: str, value: Any) -> None:
    with pytest.raises(TypeError, match=rf"^{name} must be an integer, \d+ (to \d+|or more), got "):
        ConnectionOptions(**{name: value})


@pytest.mark.parametrize("value", [0, -3])
def test_reconnect_attempts_is_one_or_more_or_none(value: int) -> None:
    assert ConnectionOptions(reconnect_attempts=None).reconnect_attempts is None
    with pytest.raises(ValueError, match=r"^reconnect_attempts must be 1 or more, or None, got"):
        ConnectionOptions(reconnect_attempts=value)
    with pytest.raises(TypeError, match=r"^reconnect_attempts must be an integer, 1 or more, or None, got"):
        ConnectionOptions(reconnect_attempts="1")


@pytest.mark.parametrize("value", [4.9, 0, -2, NAN, INF])
def test_a_heartbeat_below_five_seconds_is_a_value_error(value: float) -> None:
    for check in (check_heartbeat, lambda given: ConnectionOptions(heartbeat=given)):
        with pytest.raises(ValueError, match=r"^heartbeat must be from 5 to 31622400 seconds, or None, got"):
            check(value)


@pytest.mark.parametrize("value", [True, False, "30", b"5"])
def test_a_heartbeat_that_is_not_a_number_is_a_type_error(value: Any) -> None:
    with pytest.raises(TypeError, match=r"^heartbeat must be from 5 to 31622400 seconds, or None, got"):
        ConnectionOptions(heartbeat=value)


@pytest.mark.parametrize("value", [None, -1, -1.0])
def test_none_and_minus_one_switch_heartbeats_off(value: float | None) -> None:
    assert ConnectionOptions(heartbeat=value).heartbeat is None


@pytest.mark.parametrize("value", [False, True, "tls", ssl.SSLContext])
def test_tls_is_a_context_or_none(value: Any) -> None:
    with pytest.raises(TypeError, match=r"^ssl must be an ssl.SSLContext, or None for plain TCP, got"):
        ConnectionOptions(ssl=value)


@pytest.mark.parametrize(("value", "error"), [(b"host", TypeError), (5, TypeError), ("", ValueError)])
def test_a_server_host_name_is_a_text_or_none(value: Any, error: type[Exception]) -> None:
    with pytest.raises(error, match=r"^server_hostname must be a host name, or None, got"):
        ConnectionOptions(server_hostname=value)


@pytest.mark.parametrize(
    ("name", "value"), [("clock", object()), ("clock", 3), ("rng", object()), ("rng", 7)]
)
def test_a_clock_and_a_random_source_must_have_the_methods_used(name: str, value: Any) -> None:
    with pytest.raises(TypeError, match=rf"^{name} must be a"):
        ConnectionOptions(**{name: value})
    ConnectionOptions(clock=ManualClock())


@pytest.mark.parametrize(
    "option", [{"connect_timeout": None}, {"ssl": False}, {"heartbeat": NAN}, {"clients": -5}]
)
def test_a_session_refuses_bad_options_when_it_is_created(option: dict[str, Any]) -> None:
    with pytest.raises((TypeError, ValueError), match=rf"^{next(iter(option))} must be"):
        Session(client_id="desktop", **option)


@pytest.mark.parametrize(("name", "too_small"), OPTIONAL_SECONDS.items())
def test_keepalive_and_turn_time_can_be_switched_off(name: str, too_small: float) -> None:
    assert getattr(ConnectionOptions(**{name: None}), name) is None
    for value in (too_small, NAN, -1, 1e12):
        with pytest.raises(ValueError, match=rf"^{name} must be from .* seconds, or None, got"):
            ConnectionOptions(**{name: value})
    with pytest.raises(TypeError, match=rf"^{name} must be from .* seconds, or None, got False"):
        ConnectionOptions(**{name: False})


@pytest.mark.parametrize("name", ["stable_after", "takeover_window"])
def test_stable_after_and_takeover_window_may_be_zero(name: str) -> None:
    assert getattr(ConnectionOptions(**{name: 0}), name) == 0
    with pytest.raises(ValueError, match=rf"^{name} must be from 0 to"):
        ConnectionOptions(**{name: -1})


def test_attempts_to_open_a_standby_session_are_a_second_apart_at_least() -> None:
    assert ConnectionOptions().standby_retry == 30.0
    assert ConnectionOptions(standby_retry=1).standby_retry == 1.0
    for value in (0.9, NAN, None):
        with pytest.raises((ValueError, TypeError), match=r"^standby_retry must be from 1 to"):
            ConnectionOptions(standby_retry=value)
