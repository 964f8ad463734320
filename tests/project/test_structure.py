"""The structure checker of ``ci/lint`` finds what it is there to find, in small trees written for it."""

from pathlib import Path

import pytest
from support.scripts import ROOT, load_script, needs_sources

checker = load_script(ROOT / "ci" / "check_structure.py")


def found(root: Path, files: dict[str, str], settings: str = "") -> list[str]:
    """What the checker reports about a package that consists of these files."""
    for name, text in files.items():
        path = root / "ctios_fast" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    (root / "pyproject.toml").write_text(f"[tool.ruff.lint.per-file-ignores]\n{settings}", "utf-8")
    return checker.violations(root)


class TestUpwardImports:
    @pytest.mark.parametrize(
        "statement",
        [
            "from ctios_fast.model import session",
            "from ctios_fast.model.session import Session",
            "from ..model.session import Session",
            "from .. import model",
            "import ctios_fast.model.session",
            "def late():\n    from ctios_fast.model.session import Session",
            "importlib.import_module('ctios_fast.model.session')",
            "if TYPE_CHECKING:\n    from ctios_fast.model.session import Session",
        ],
    )
    def test_an_import_from_a_higher_layer_is_reported(self, tmp_path: Path, statement: str) -> None:
        files = {
            "connection/link.py": statement,
            "model/__init__.py": "",
            "model/session.py": "class Session: ...",
        }
        (line,) = found(tmp_path, files)
        assert line.startswith("ctios_fast/connection/link.py: imports ctios_fast.model")

    @pytest.mark.parametrize(
        "statement",
        [
            "from ctios_fast.model.session cimport Session",
            "from ..model.session cimport (\n    Session,\n)",
            "cimport ctios_fast.model.session",
        ],
    )
    def test_cimports_count(self, tmp_path: Path, statement: str) -> None:
        (line,) = found(tmp_path, {"core/codec.pyx": f"cimport cython\n{statement}\n"})
        assert line == "ctios_fast/core/codec.pyx: imports ctios_fast.model.session, which is not below it"

    def test_imports_from_the_same_and_from_lower_layers_are_fine(self, tmp_path: Path) -> None:
        text = (
            "import ssl\nfrom . import sides\nfrom ..core.codec import Codec\nfrom ctios_fast.errors import X"
        )
        assert found(tmp_path, {"connection/link.py": text, "connection/sides.py": ""}) == []

    def test_siblings_do_not_import_each_other(self, tmp_path: Path) -> None:
        (line,) = found(tmp_path, {"records/transcript.py": "from ctios_fast.bulk import columns"})
        assert line == "ctios_fast/records/transcript.py: imports ctios_fast.bulk, which is not below it"

    def test_the_simulator_uses_nothing_of_the_connections_logic(self, tmp_path: Path) -> None:
        text = "from ctios_fast.connection.link import Link\nfrom ctios_fast.connection.opening import opened"
        (line,) = found(
            tmp_path, {"sim/side.py": text, "connection/link.py": "", "connection/opening.py": ""}
        )
        assert "imports ctios_fast.connection.opening; of ctios_fast.connection it may import" in line

    def test_a_folder_without_a_layer_is_reported(self, tmp_path: Path) -> None:
        (line,) = found(tmp_path, {"gateway/server.py": ""})
        assert (
            line == "ctios_fast/gateway/server.py: ctios_fast.gateway.server is in no layer; add it to LAYERS"
        )


class TestImportRings:
    @pytest.mark.parametrize(
        "back",
        [
            "from . import sides",
            "from .sides import Sides",
            "import ctios_fast.connection.sides",
            "def late():\n    from .sides import Sides",
            "if TYPE_CHECKING:\n    from .sides import Sides",
        ],
    )
    def test_two_modules_that_import_each_other_are_reported(self, tmp_path: Path, back: str) -> None:
        files = {"connection/sides.py": "from .link import Link", "connection/link.py": back}
        lines = found(tmp_path, files)
        assert [line.partition(";")[0] for line in lines] == [
            "ctios_fast.connection.link: in a ring of imports: it imports ctios_fast.connection.sides",
            "ctios_fast.connection.sides: in a ring of imports: it imports ctios_fast.connection.link",
        ]

    def test_a_longer_ring_is_reported_and_what_only_leads_to_it_is_not(self, tmp_path: Path) -> None:
        files = {
            "sim/a.py": "from .b import B",
            "sim/b.py": "from .c import C\nfrom .d import D",
            "sim/c.py": "from .a import A",
            "sim/d.py": "",
            "sim/e.py": "from .a import A",
        }
        lines = found(tmp_path, files)
        assert [line.partition(";")[0] for line in lines] == [
            f"ctios_fast.sim.{name}: in a ring of imports: it imports ctios_fast.sim.{other}"
            for name, other in ("ab", "bc", "ca")
        ]

    @pytest.mark.parametrize("suffix", ["pyx", "pxd", "pyi"])
    def test_each_part_of_a_cython_module_counts(self, tmp_path: Path, suffix: str) -> None:
        importer = "from ctios_fast.core.b import B" if suffix == "pyi" else "from .b cimport B"
        files = {"core/a.pyx": "", f"core/a.{suffix}": importer, "core/b.pyx": "from .a cimport A"}
        assert len(found(tmp_path, files)) == 2

    def test_a_module_may_import_its_own_declarations(self, tmp_path: Path) -> None:
        assert found(tmp_path, {"core/a.pxd": "", "core/a.pyx": "from ctios_fast.core.a cimport A"}) == []


class TestSharedNames:
    def test_two_files_of_one_name_are_reported(self, tmp_path: Path) -> None:
        (line,) = found(tmp_path, {"core/frames.pyx": "", "records/frames.py": ""})
        assert line == "frames: the name of a file in ctios_fast/core, ctios_fast/records"

    def test_parts_of_a_cython_module_and_package_files_are_not_reported(self, tmp_path: Path) -> None:
        files = {
            "core/a.pyx": "",
            "core/a.pxd": "",
            "core/a.pyi": "",
            "core/__init__.py": "",
            "sim/__init__.py": "",
        }
        assert found(tmp_path, files) == []

    @pytest.mark.parametrize("suffix", ["pxd", "h", "pyi"])
    def test_files_of_declarations_count(self, tmp_path: Path, suffix: str) -> None:
        (line,) = found(tmp_path, {f"core/c/link.{suffix}": "", "connection/link.py": ""})
        assert line == "link: the name of a file in ctios_fast/connection, ctios_fast/core/c"

    def test_a_header_may_have_the_name_of_the_cython_file_that_declares_it(self, tmp_path: Path) -> None:
        files = {"core/c/wire.h": "", "core/wire.pxd": 'cdef extern from "c/wire.h":\n    int x\n'}
        assert found(tmp_path, files) == []
        files = {"core/wire.pxd": 'cdef extern from "c/other_wire.h":\n    int x\n'}
        (line,) = found(tmp_path, files)
        assert line == "wire: the name of a file in ctios_fast/core, ctios_fast/core/c"

    def test_sibling_folders_of_the_model_share_role_names(self, tmp_path: Path) -> None:
        files = {"model/agents/events.py": "", "model/calls/events.py": ""}
        assert found(tmp_path, files) == []
        (line,) = found(tmp_path, {"sim/events.py": ""})
        assert line.startswith("events: ")


class TestBorrowedNames:
    @pytest.mark.parametrize(
        ("text", "used"),
        [
            ("from .link import _Batch", "imports _Batch from ctios_fast.connection.link"),
            ("def f(other): return other._batch", "uses other._batch"),
            ("class A:\n    def f(self): self.link._batch = 1", "uses self.link._batch"),
            ("def f(other):\n    _batch = 1\n    return other._batch", "uses other._batch"),
        ],
    )
    def test_a_private_name_of_another_module_is_reported(self, tmp_path: Path, text: str, used: str) -> None:
        files = {"connection/sides.py": text, "connection/link.py": "class A:\n    _batch = 0"}
        assert found(tmp_path, files) == [f"ctios_fast/connection/sides.py: {used}"]

    def test_private_names_of_the_module_itself_are_fine(self, tmp_path: Path) -> None:
        text = (
            "class A:\n    def __init__(self):\n        self._x = 0\n"
            "    def __eq__(self, other):\n        return other._x == self._x\n"
            "class B(A):\n    __slots__ = ('_y',)\n    def f(self):\n        return super()._x == self._y\n"
            "def made():\n    a = A()\n    a._x = 1\n    return a._replace(b=2)\n"
        )
        assert found(tmp_path, {"model/session.py": text}) == []

    def test_a_name_that_a_class_uses_on_self_is_not_the_modules_own_for_other_objects(
        self, tmp_path: Path
    ) -> None:
        files = {
            "connection/link.py": "class A:\n    _batch = 0",
            "connection/sides.py": "from .link import A\nclass B(A):\n"
            "    def f(self, other):\n        return self._batch + other._batch\n",
        }
        assert found(tmp_path, files) == ["ctios_fast/connection/sides.py: uses other._batch"]

    @pytest.mark.parametrize("use", ["return self._batch", "return super()._batch", "self._batch += 1"])
    @pytest.mark.parametrize("base", ["object", "B", "link.Link", "Unrelated"])
    def test_a_name_on_self_that_no_base_class_defines_is_reported(
        self, tmp_path: Path, use: str, base: str
    ) -> None:
        files = {
            "connection/link.py": "class A:\n    _batch = 0\nclass Link: ...\nclass Unrelated: ...",
            "connection/sides.py": "from . import link\nfrom .link import A, Unrelated\nclass B: ...\n"
            f"class C({base}):\n    def f(self):\n        {use}\n",
        }
        assert found(tmp_path, files) == [
            "ctios_fast/connection/sides.py: uses self._batch, which no base class defines"
        ]

    @pytest.mark.parametrize(
        "text",
        [
            "from .link import A\nclass B(A):\n    def f(self): return self._batch",
            "from .link import A\nclass B(A[int]):\n    def f(self): return super()._batch",
            "from . import link\nclass B(link.A):\n    def f(self): self._batch += 1",
            "from .link import A\nclass M(A): ...\nclass B(M):\n    def f(self): return self._batch",
            "from .passed_on import A\nclass B(A):\n    def f(self): return self._batch",
            "from ctios_fast.core.pending import A\nclass B(A):\n    def f(self): return self._batch",
        ],
    )
    def test_a_name_on_self_that_a_base_class_defines_is_fine(self, tmp_path: Path, text: str) -> None:
        files = {
            "connection/link.py": "class A:\n    def __init__(self):\n        self._batch = 0",
            "connection/passed_on.py": "from .link import A",
            "core/pending.pyx": "cdef class A:\n    cdef int _batch\n",
            "connection/sides.py": text,
        }
        assert found(tmp_path, files) == []

    @pytest.mark.parametrize(
        ("statement", "is_reported"), [("self._batch = 1", False), ("self._batch == 1", True)]
    )
    def test_an_attribute_of_self_in_cython_has_to_be_set_or_declared(
        self, tmp_path: Path, statement: str, is_reported: bool
    ) -> None:
        text = f"class B(A):\n    def f(self):\n        {statement}\n        return self._batch\n"
        lines = found(tmp_path, {"core/pending.pyx": text})
        assert bool(lines) is is_reported
        (tmp_path / "ctios_fast/core/pending.pxd").write_text("cdef class A:\n    cdef int _batch\n")
        assert checker.violations(tmp_path) == []

    def test_cython_attributes_count_and_comments_do_not(self, tmp_path: Path) -> None:
        text = '"""of message._data"""\ncdef f(Message message):\n    return message._size  # message._data\n'
        assert found(tmp_path, {"core/pending.pyx": text}) == [
            "ctios_fast/core/pending.pyx: uses message._size"
        ]

    def test_what_the_declarations_of_a_cython_module_name_is_its_own(self, tmp_path: Path) -> None:
        files = {
            "core/a.pxd": "cdef class A:\n    cdef int _x\n",
            "core/a.pyx": "def f(A a):\n    return a._x\n",
        }
        assert found(tmp_path, files) == []

    def test_a_private_module_is_for_its_own_package(self, tmp_path: Path) -> None:
        files = {"sim/_store.py": "", "sim/side.py": "from ._store import x"}
        assert found(tmp_path, files) == []
        (line,) = found(tmp_path, {"cli/demo.py": "from ctios_fast.sim._store import x"})
        assert "imports from ctios_fast.sim._store, which is private to ctios_fast.sim" in line


class TestLintExceptions:
    def test_an_exemption_from_the_private_member_rule_is_reported(self, tmp_path: Path) -> None:
        settings = '"ctios_fast/model/session.py" = ["SLF001"]\n"tests/*" = ["SLF"]\n'
        assert found(tmp_path, {"errors.py": ""}, settings) == [
            "pyproject.toml: exempts ctios_fast/model/session.py from ruff's SLF rule"
        ]


@needs_sources
def test_the_package_has_no_unknown_violation(capsys: pytest.CaptureFixture[str]) -> None:
    assert checker.main() == 0, capsys.readouterr().err
