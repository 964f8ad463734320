"""The metrics of sessions, as Prometheus reads them."""

import gc
import sys

import prometheus_client
import pytest
from prometheus_client.parser import text_string_to_metric_families
from support.model import MakeSession, until

from ctios_fast import AgentState, Session
from ctios_fast.metrics import SessionCollector
from ctios_fast.metrics.session_collector import GAUGES
from ctios_fast.sim import Simulator


def scraped(collector: SessionCollector) -> dict[tuple[str, ...], float]:
    """What Prometheus reads: values by name of the metric and labels."""
    registry = prometheus_client.CollectorRegistry()
    registry.register(collector)
    text = prometheus_client.generate_latest(registry).decode()
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


async def test_every_counter_of_every_session_is_a_metric(
    sim: Simulator, bulk: Session, make_session: MakeSession
) -> None:
    sim.set_agent_state("1001", AgentState.NOT_READY)
    await until(lambda: bulk.agents["1001"].state == AgentState.NOT_READY)
    collector = SessionCollector()
    collector.add("wallboard", bulk)
    collector.add("idle", make_session())
    metrics = scraped(collector)
    counters = bulk.counters()
    assert metrics["ctios_fast_frames_total", "wallboard"] == counters["frames"] > 0
    assert metrics["ctios_fast_open_requests", "wallboard"] == 0
    assert metrics["ctios_fast_turn_max_seconds", "wallboard"] == counters["turn_max"] > 0
    assert (metrics["ctios_fast_open", "wallboard"], metrics["ctios_fast_open", "idle"]) == (1, 0)
    assert metrics["ctios_fast_objects", "agent", "wallboard"] == len(bulk.agents) > 0
    assert metrics["ctios_fast_objects", "call", "wallboard"] == 0
    names = {name for name, *labels in metrics if "idle" in labels}
    assert len(names) == len(counters) + 2


async def test_a_counter_that_goes_down_is_a_gauge(bulk: Session) -> None:
    assert set(bulk.counters()) >= GAUGES


def test_a_session_that_the_program_drops_is_not_kept_alive(make_session: MakeSession) -> None:
    collector = SessionCollector(prefix="cti")
    session = Session(client_id="x")
    collector.add("x", session)
    assert ("cti_open", "x") in scraped(collector)
    del session
    gc.collect()
    assert ("cti_open", "x") not in scraped(collector)


def test_without_the_extra_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "prometheus_client.core", None)
    with pytest.raises(ImportError, match=r"pip install 'ctios_fast\[metrics\]'"):
        SessionCollector()
