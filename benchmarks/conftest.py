"""The option ``--short``: shows that the benchmarks run and that their sides agree, without exact times."""

import pytest

LARGE = "64 MiB"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--short", action="store_true", help="benchmarks: two rounds, small working set only")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselect the large working set in a short run."""
    if config.getoption("short"):
        large = [item for item in items if LARGE in item.name]
        config.hook.pytest_deselected(items=large)
        items[:] = [item for item in items if LARGE not in item.name]
