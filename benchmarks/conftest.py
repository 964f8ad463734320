"""``--short``: a run that shows that the benchmarks work and their sides agree, not how fast they are."""

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--short", action="store_true", help="benchmarks: two rounds, small working set alone")
