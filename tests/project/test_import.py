"""Importing the package stays fast: modules that few programs use are imported on first use."""

import importlib.util
import pickle
import subprocess
import sys

import pytest

from ctios_fast import core
from ctios_fast.core import FixedField, codec
from ctios_fast.protocol import numbers as ged

#: Modules that take long to import, or whose classes take long to create, and that a program does not need
#: to connect.
LATE = [
    "copy",
    "dataclasses",
    "difflib",
    "json",
    "numpy",
    "random",
    "tomllib",
    "ctios_fast.bulk.columns",
    "ctios_fast.cli",
    "ctios_fast.core.classes.base",
    "ctios_fast.core.classes.factory",
    "ctios_fast.core.classes.properties",
    "ctios_fast.core.conformance",
    "ctios_fast.core.dispatch.field_names",
    "ctios_fast.core.dispatch.request_sender",
    "ctios_fast.core.encode.keyword_writer",
    "ctios_fast.core.layout_info",
    "ctios_fast.core.scan.column_scan",
    "ctios_fast.core.scan.filter_rules",
    "ctios_fast.event_types",
    "ctios_fast.messages",
    "ctios_fast.model.event_arguments",
    "ctios_fast.protocol.class_table",
    "ctios_fast.protocol.enums",
    "ctios_fast.protocol.message_texts",
    "ctios_fast.protocol.schema",
    "ctios_fast.records",
    "ctios_fast.sim",
]


@pytest.mark.parametrize("name", LATE)
def test_late_modules_exist(name: str) -> None:
    assert importlib.util.find_spec(name) is not None


def test_importing_the_package_skips_modules_that_few_programs_use() -> None:
    program = (
        "import sys, asyncio, ssl\n"
        "before = set(sys.modules)\n"
        "from ctios_fast import Agent, Arguments, Session\n"
        f"print(*(name for name in {LATE} if name in sys.modules and name not in before))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


def test_lazy_names_are_found_by_every_way_of_access() -> None:
    program = (
        "from ctios_fast import core\n"
        "assert 'Finding' in dir(core) and 'Finding' not in vars(core)\n"
        "from ctios_fast.core import *\n"
        "assert Finding is core.Finding and MessageLayout is core.MessageLayout\n"
        "assert set(core.__all__) <= set(dir(core))\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


def test_unknown_names_of_the_core_raise_attribute_error() -> None:
    with pytest.raises(AttributeError, match=r"module 'ctios_fast\.core' has no attribute 'Nothing'"):
        core.Nothing  # type: ignore[attr-defined] # noqa: B018


def test_layout_descriptions_are_pickled() -> None:
    layout = codec(25).describe(ged.HEARTBEAT_REQ)
    assert layout is not None
    assert layout.fixed[0] == FixedField("InvokeID", "UINT", 0, 4, 0)
    assert pickle.loads(pickle.dumps(layout)) == layout
