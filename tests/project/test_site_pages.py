"""Every public module has a page on the documentation site, or a reason for having none."""

from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from support.scripts import ROOT, load_script, needs_sources

pytestmark = needs_sources

PACKAGE = ROOT / "ctios_fast"


@pytest.fixture(scope="module")
def site() -> Any:
    """The script that writes the pages."""
    return load_script(ROOT / "ci" / "site_pages.py")


def copy_names(folder: Path, copy: Path) -> None:
    """Copy the names of a package's modules: empty files in folders."""
    for path in folder.rglob("*.py"):
        place = copy / path.relative_to(folder)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.touch()
    for path in folder.rglob("*.pyx"):
        (copy / path.relative_to(folder)).with_suffix(".py").touch()


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The package with empty modules."""
    folder = tmp_path / "ctios_fast"
    copy_names(PACKAGE, folder)
    return folder


def test_every_public_module_has_a_page_or_a_reason(site: Any, copy: Path) -> None:
    assert list(site.faults(copy, {})) == []
    site.check_complete()  # with the pages and examples


@pytest.mark.parametrize(
    "module",
    ["novelty", "sim/novelty", "core/novelty", "records/capture/novelty", "testing/novelty", "fleet/novelty"],
)
def test_a_new_public_module_needs_a_page_or_a_reason(site: Any, copy: Path, module: str) -> None:
    (copy / f"{module}.py").touch()  # without __all__
    name = f"ctios_fast.{module.replace('/', '.')}"
    assert list(site.faults(copy, {})) == [
        f"{name} has no page: add it to MODULES or LISTS, or a reason to WITHOUT_PAGE"
    ]


def test_a_new_public_folder_needs_pages_or_reasons(site: Any, copy: Path) -> None:
    (copy / "novelty").mkdir()
    (copy / "novelty" / "__init__.py").touch()
    (copy / "novelty" / "part.py").touch()
    assert [fault.split()[0] for fault in site.faults(copy, {})] == [
        "ctios_fast.novelty",
        "ctios_fast.novelty.part",
    ]


def test_a_module_with_an_underscore_needs_nothing(site: Any, copy: Path) -> None:
    (copy / "_novelty.py").touch()
    assert list(site.faults(copy, {})) == []


def test_rows_for_modules_that_do_not_exist_are_faults(
    site: Any, copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(site.WITHOUT_PAGE, "ctios_fast.gone.*", "no more")
    monkeypatch.setattr(site, "MODULES", (*site.MODULES, ("Gone", "ctios_fast.went")))
    assert list(site.faults(copy, {})) == [
        "ctios_fast.gone.* of WITHOUT_PAGE covers no module without a page: remove the row",
        "ctios_fast.went of MODULES or LISTS is not a public module: remove the row",
    ]


@pytest.mark.parametrize(
    ("text", "module"),
    [
        ("    from ctios_fast.core.secret import Secret\n", "ctios_fast.core.secret"),
        ("import ctios_fast.sim.draining\n", "ctios_fast.sim.draining"),
        ("see `ctios_fast.model.kinds.KINDS`", "ctios_fast.model.kinds"),
        ("from ctios_fast.sim import Simulator, `ctios_fast.connection`", None),
    ],
)
def test_a_page_may_name_only_modules_that_have_pages(
    site: Any, copy: Path, text: str, module: str | None
) -> None:
    found = list(site.faults(copy, {"new.md": text}))
    assert found == (
        []
        if module is None
        else [f"new.md names {module}, which has no page: give it one, or name a module that has one"]
    )


def test_every_reason_is_a_text(site: ModuleType) -> None:
    assert all(len(why) > 20 for why in site.WITHOUT_PAGE.values())
