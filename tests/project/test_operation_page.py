"""The counters and the metrics that docs/operation.md names exist."""

import re

import pytest
from support.scripts import ROOT, needs_sources

from ctios_fast import Session
from ctios_fast.metrics import SessionCollector

PAGE = ROOT / "docs" / "operation.md"
pytestmark = needs_sources


def first_cells(heading: str) -> set[str]:
    """The words in backticks of the first column of the table whose head begins with a word."""
    table = re.search(rf"^\| {heading} .*\n\|---.*\n((?:\|.*\n)+)", PAGE.read_text("utf-8"), re.MULTILINE)
    assert table is not None
    return {word for row in table[1].splitlines() for word in re.findall(r"`([^`]+)`", row.split("|")[1])}


def test_the_counters_to_watch_exist() -> None:
    assert first_cells("counters") - set(Session(client_id="operation").counters()) == set()


def test_the_metrics_exist() -> None:
    pytest.importorskip("prometheus_client")
    collector, session = SessionCollector(), Session(client_id="operation")
    collector.add("a", session)
    names = {sample.name for family in collector.collect() for sample in family.samples}
    text = PAGE.read_text("utf-8")
    named = set(re.findall(r"`(ctios_fast_\w+)", text))
    assert named
    assert named <= names
