"""``--short``: a run that shows that the benchmarks work and their sides agree, not how fast they are."""

import pytest

LARGE = "64 MiB"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--short", action="store_true", help="benchmarks: two rounds, small working set alone")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """A short run leaves the large working set alone."""
    if config.getoption("short"):
        large = [item for item in items if LARGE in item.name]
        config.hook.pytest_deselected(items=large)
        items[:] = [item for item in items if LARGE not in item.name]
