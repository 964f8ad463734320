"""The stub of the synchronous classes is that of the model."""

import ast
import importlib

from support.scripts import ROOT, load_script, needs_sources

from ctios_fast.model.property_object import PropertyObject


@needs_sources
def test_the_stub_is_up_to_date() -> None:
    script = load_script(ROOT / "ci" / "make_sync_stub.py")
    assert script.STUB.read_text("utf-8") == script.stub(), "run python ci/make_sync_stub.py"


@needs_sources
def test_the_stub_names_no_class_of_the_model_that_has_a_proxy() -> None:
    script = load_script(ROOT / "ci" / "make_sync_stub.py")
    imported = [
        getattr(importlib.import_module(node.module), alias.name)
        for node in ast.parse(script.STUB.read_text("utf-8")).body
        if isinstance(node, ast.ImportFrom) and node.module is not None
        for alias in node.names
    ]
    assert imported
    of_model = [each for each in imported if isinstance(each, type) and issubclass(each, PropertyObject)]
    assert of_model == []
