"""Checks the structure of the package: ``python ci/check_structure.py``. ``ci/lint`` runs it.

Five rules, each a function that yields the violations it finds:

``upward_imports``
    Imports go down only. ``LAYERS`` is the order; ``ALLOWED`` limits single layers further.
``import_rings``
    No module imports itself by way of others, neither when it runs nor for its types.
``shared_names``
    No two source files have the same name, except the role files of ``model/``'s sibling folders, and a C
    header and the Cython file that declares it.
``borrowed_names``
    No module uses an underscore name of another module, neither imported nor as an attribute. A class may use
    on ``self`` what its base classes define.
``lint_exceptions``
    ``pyproject.toml`` exempts no file of the package from ruff's rule about private members.

``KNOWN`` lists violations that are being removed. Any other one fails.
"""

import ast
import re
import sys
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path

from ctios_fast.protocol.build.generate import OUTPUTS

ROOT = Path(__file__).parent.parent
PACKAGE = "ctios_fast"
#: Modules that the build generates; relative to the project's root.
GENERATED = {Path(PACKAGE, output) for output in OUTPUTS}

#: Lowest layer first. A module may import from its own entry and from the rows before its own; entries of one
#: row do not import each other. The longest matching entry counts.
LAYERS: tuple[tuple[str, ...], ...] = (
    ("ctios_fast._version", "ctios_fast._checks", "ctios_fast.keywords"),
    ("ctios_fast.protocol",),
    ("ctios_fast.enums",),  # some of CTI OS's enumerations are those of the protocol
    ("ctios_fast.errors",),  # the text of an error names codes of the protocol
    ("ctios_fast.core",),
    ("ctios_fast.messages",),
    ("ctios_fast.connection",),
    ("ctios_fast.model",),
    ("ctios_fast.event_types",),
    ("ctios_fast",),
    (
        "ctios_fast.bulk",
        "ctios_fast.records",
        "ctios_fast.wireshark",
        "ctios_fast.fleet",
        "ctios_fast.metrics",
        "ctios_fast.sim",
        "ctios_fast.sync",
    ),
    ("ctios_fast.testing",),
    ("ctios_fast.pytest_plugin",),
    ("ctios_fast.cli",),
    ("ctios_fast.__main__",),
    ("ctios_fast.protocol.build",),  # run by setup.py only
)

#: What a layer may import from another one, where that is less than all of it.
ALLOWED: dict[tuple[str, str], tuple[str, ...]] = {
    # The simulator is the other end of the wire: it must not share the client's logic.
    ("ctios_fast.sim", "ctios_fast.connection"): (
        "ctios_fast.connection.link",
        "ctios_fast.connection.clock",
        "ctios_fast.connection.log_limit",
    ),
    ("ctios_fast.sim", "ctios_fast.model"): (),
    ("ctios_fast.sim", "ctios_fast"): (),
}

#: Stems that may occur in several folders.
ROLE_FREE = {"__init__", "__main__"}
#: The folder whose sub-folders share the names of their role files.
ROLE_PARENT = "model"

#: Names with a leading underscore that their library documents for use from outside.
PUBLIC_UNDERSCORES = {"_asdict", "_exit", "_fields", "_make", "_read_packet", "_replace"}

#: Violations that are being removed: patterns of the printed lines. Empty: no exception is allowed today.
KNOWN: tuple[str, ...] = ()

_CYTHON_IMPORT = re.compile(
    r"^\s*(?:from\s+(?P<source>[.\w]+)\s+c?import\s+(?P<names>\([^)]*\)|[^\n]*)"
    r"|c?import\s+(?P<plain>[.\w, ]+))",
    re.MULTILINE,
)
_CYTHON_NOISE = re.compile(r'"""[\s\S]*?"""|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'|#[^\n]*')


class Module:
    """One source file of the package, with what it imports and which private attributes it uses."""

    def __init__(self, path: Path, root: Path) -> None:
        self.path = path.relative_to(root).as_posix()
        parts = path.relative_to(root).with_suffix("").parts
        self.is_package = parts[-1] == "__init__"
        self.name = ".".join(parts[:-1] if self.is_package else parts)
        #: (line, module, imported name or None)
        self.imports: list[tuple[int, str, str | None]] = []
        #: (line, receiver, attribute) of each private attribute that is used, and not defined by that use
        self.private: list[tuple[int, str, str]] = []
        #: underscore names that this module itself defines: functions, classes, variables and attributes
        self.own: set[str] = set()
        #: the base classes of each class, and the underscore names that it defines
        self.classes: dict[str, tuple[tuple[str, ...], set[str]]] = {}
        #: (class, attribute) of each private attribute that a class uses on ``self``
        self.own_uses: set[tuple[str, str]] = set()
        if path.suffix in {".py", ".pyi"}:
            self._read_python(path.read_text("utf-8"))
        else:
            self._read_cython(path.read_text("utf-8"))

    def resolve(self, source: str, level: int) -> str:
        """The absolute name of an imported module."""
        if not level:
            return source
        parts = self.name.split(".")
        base = parts[: len(parts) - level + self.is_package]
        return ".".join([*base, source] if source else base)

    def _read_python(self, text: str) -> None:
        tree = ast.parse(text)
        for node in ast.walk(tree):
            if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Attribute):
                node.target.ctx = ast.Load()  # it does not define the attribute
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                self.imports += [(node.lineno, alias.name, None) for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                module = self.resolve(node.module or "", node.level)
                self.imports += [(node.lineno, module, alias.name) for alias in node.names]
            elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith("import_module"):
                names = [each.value for each in node.args[:1] if isinstance(each, ast.Constant)]
                self.imports += [(node.lineno, str(name), None) for name in names]
            elif (
                isinstance(node, ast.Attribute) and _is_private(node.attr) and not _is_own_object(node.value)
            ):
                self.private.append((node.lineno, ast.unparse(node.value), node.attr))
        self.own |= self._defined(tree.body)

    def _defined(self, body: list[ast.stmt]) -> set[str]:
        """The names that a module or a class defines. Variables inside functions are not among them."""
        names: set[str] = set()
        for statement in body:
            if isinstance(statement, ast.ClassDef):
                inside = self._defined(statement.body)
                bases = tuple(ast.unparse(base).partition("[")[0] for base in statement.bases)
                self.classes[statement.name] = bases, set(filter(_is_private, inside))
                self.own_uses |= {(statement.name, name) for name in _used_on_self(statement)}
                self.own |= inside
                names.add(statement.name)
            elif isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
                names.add(statement.name)
                names.update(
                    node.attr
                    for node in ast.walk(statement)
                    if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store)
                    if _is_own_object(node.value)
                )
            else:
                names |= self._defined(
                    [x for x in ast.iter_child_nodes(statement) if isinstance(x, ast.stmt)]
                )
                names |= _assigned(statement)
        return names

    def _read_cython(self, text: str) -> None:
        code = _CYTHON_NOISE.sub(lambda match: "\n" * match[0].count("\n"), text)
        for match in _CYTHON_IMPORT.finditer(code):
            line = code.count("\n", 0, match.start(0)) + 1 + match[0].startswith("\n")
            if match["plain"]:
                self.imports += [(line, name.split()[0], None) for name in match["plain"].split(",")]
                continue
            source = match["source"].lstrip(".")
            module = self.resolve(source, len(match["source"]) - len(source))
            names = [part.split()[0] for part in match["names"].strip("()\n ").split(",") if part.split()]
            self.imports += [(line, module, name) for name in names]
        classes = {
            match[1]: tuple(base.strip() for base in (match[2] or "object").split(","))
            for match in re.finditer(r"^(?:cdef )?class (\w+)(?:\(([^)]*)\))?:", code, re.MULTILINE)
        }
        for match in re.finditer(r"([\w.)\]]*?)(\.?)\b(_[A-Za-z]\w*)(\s*=(?!=))?", code):
            receiver, dot, name, sets = match.groups()
            if not _is_private(name):
                continue
            if not dot or (sets and receiver in {"self", "cls"}):
                self.own.add(name)
            elif receiver in {"self", "cls"}:
                self.own_uses.add(("", name))
            else:
                self.private.append((code.count("\n", 0, match.start()) + 1, receiver, name))
        # The class of a use is not determined: "" has the names and the bases of all classes.
        self.classes = {name: (bases, self.own) for name, bases in classes.items()}
        self.classes[""] = tuple(base for bases in classes.values() for base in bases), self.own


def _is_private(name: str) -> bool:
    return name.startswith("_") and not name.endswith("_") and name not in PUBLIC_UNDERSCORES


def _assigned(statement: ast.stmt) -> set[str]:
    """The variables that a statement sets, and the attributes that ``__slots__`` lists."""
    names = {
        node.id
        for node in ast.walk(statement)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }
    if "__slots__" in names:
        names |= {
            node.value
            for node in ast.walk(statement)
            if isinstance(node, ast.Constant) and isinstance(node.value, str)
        }
    return names


def _used_on_self(cls: ast.ClassDef) -> set[str]:
    return {
        node.attr
        for node in ast.walk(cls)
        if isinstance(node, ast.Attribute) and _is_private(node.attr) and _is_own_object(node.value)
    }


def _is_own_object(node: ast.expr) -> bool:
    """True for ``self``, ``cls``, ``super()`` and ``type(self)``."""
    if isinstance(node, ast.Name):
        return node.id in {"self", "cls"}
    return isinstance(node, ast.Call) and ast.unparse(node) in {"super()", "type(self)"}


def read_modules(root: Path) -> list[Module]:
    """Every file of Python and Cython in the package, without the generated ones."""
    return [
        Module(path, root)
        for path in sorted((root / PACKAGE).rglob("*"))
        if path.suffix in {".py", ".pyi", ".pyx", ".pxd"} and path.relative_to(root) not in GENERATED
    ]


def layer_of(module: str) -> tuple[int, str] | None:
    """Row and entry of ``LAYERS`` that a module belongs to, None outside the package."""
    found = [
        (len(entry), row, entry)
        for row, entries in enumerate(LAYERS)
        for entry in entries
        if module == entry or module.startswith(entry + ".")
    ]
    return max(found)[1:] if found else None


def upward_imports(modules: list[Module]) -> Iterator[str]:
    """Imports from a higher layer, from a sibling layer, or beyond what ``ALLOWED`` permits."""
    names = {module.name for module in modules} | {".".join(path.with_suffix("").parts) for path in GENERATED}
    for module in modules:
        here = layer_of(module.name)
        assert here is not None
        if here[1] == PACKAGE and module.name != PACKAGE:
            yield f"{module.path}: {module.name} is in no layer; add it to LAYERS"
        seen = set()
        for _line, source, name in module.imports:
            target = f"{source}.{name}" if name and f"{source}.{name}" in names else source
            there = layer_of(target)
            if there is None or there[1] == here[1] or target in seen:
                continue
            seen.add(target)
            if there[0] >= here[0]:
                yield f"{module.path}: imports {target}, which is not below it"
            allowed = ALLOWED.get((here[1], there[1]))
            if allowed is not None and target not in allowed:
                limit = ", ".join(allowed) or "nothing"
                yield f"{module.path}: imports {target}; of {there[1]} it may import {limit}"


def import_rings(modules: list[Module]) -> Iterator[str]:
    """Each import that is part of a ring.

    Every kind of import counts. Two modules that import each other inside functions or for types only cannot
    be understood one without the other either. The parts of a Cython module are one module.
    """
    names = {module.name for module in modules}
    graph: dict[str, set[str]] = {name: set() for name in names}
    for module in modules:
        for _line, source, name in module.imports:
            target = f"{source}.{name}" if name and f"{source}.{name}" in names else source
            if target in names and target != module.name:
                graph[module.name].add(target)
    for ring in _rings(graph):
        for name in sorted(ring):
            others = ", ".join(sorted(graph[name] & ring))
            yield f"{name}: in a ring of imports: it imports {others}; move what they share below them"


def _rings(graph: dict[str, set[str]]) -> Iterator[set[str]]:
    """The groups of modules that reach each other."""

    def reached_from(start: str) -> set[str]:
        found: set[str] = set()
        waiting = [start]
        while waiting:
            new = graph[waiting.pop()] - found
            found |= new
            waiting += new
        return found

    reach = {name: reached_from(name) for name in graph}
    seen: set[str] = set()
    for name in sorted(graph):
        if name in reach[name] and name not in seen:
            ring = {other for other in reach[name] if name in reach[other]}
            seen |= ring
            yield ring


def shared_names(root: Path) -> Iterator[str]:
    """Source files that have the same name.

    The ``.pyx``, the ``.pxd`` and the ``.pyi`` of a Cython module are one file, and so are a C header and the
    Cython file of the same name that declares it.
    """
    places: dict[str, set[Path]] = defaultdict(set)
    declared: set[tuple[str, Path]] = set()  # headers that a Cython file of their name declares
    for path in sorted((root / PACKAGE).rglob("*")):
        if (
            path.suffix not in {".py", ".pyi", ".pyx", ".pxd", ".h", ".lua", ".toml"}
            or path.relative_to(root) in GENERATED
        ):
            continue
        places[path.stem].add(path.relative_to(root).parent)
        if path.suffix in {".pyx", ".pxd"}:
            declared |= {
                (path.stem, header.relative_to(root).parent)
                for header in (root / PACKAGE).rglob(f"{path.stem}.h")
                if re.search(rf'cdef extern from "[^"]*\b{path.stem}\.h"', path.read_text("utf-8"))
            }
    for stem, folders in sorted(places.items()):
        roles = {folder for folder in folders if folder.parent == Path(PACKAGE, ROLE_PARENT)}
        headers = {folder for folder in folders if (stem, folder) in declared}
        if stem not in ROLE_FREE and len(folders - headers) - max(len(roles) - 1, 0) > 1:
            yield f"{stem}: the name of a file in {', '.join(sorted(map(str, folders)))}"


def borrowed_names(modules: list[Module]) -> Iterator[str]:
    """Underscore names that are imported from another module, or read from an object of another module."""
    own: dict[str, set[str]] = defaultdict(set)
    parts: dict[str, list[Module]] = defaultdict(list)
    for module in modules:  # a .pyx, its .pxd and its .pyi are one module
        own[module.name] |= module.own
        parts[module.name].append(module)
    for module in modules:
        package = module.name if module.is_package else module.name.rpartition(".")[0]
        for _line, source, name in module.imports:
            if source != module.name and name and _is_private(name) and source.startswith(PACKAGE):
                yield f"{module.path}: imports {name} from {source}"
            parent, _, last = source.rpartition(".")
            if source.startswith(PACKAGE) and last.startswith("_") and not package.startswith(parent):
                yield f"{module.path}: imports from {source}, which is private to {parent}"
        for _line, receiver, name in module.private:
            if name not in own[module.name]:
                yield f"{module.path}: uses {receiver}.{name}"
        for cls, name in module.own_uses:
            if name not in _with_bases(parts, module.name, cls):
                yield f"{module.path}: uses self.{name}, which no base class defines"


def _with_bases(parts: dict[str, list[Module]], place: str, name: str) -> set[str]:
    """The underscore names of a class that module ``place`` knows as ``name``, and those of its bases."""
    found: set[str] = set()
    seen = set()
    waiting = [(place, name)]
    while waiting:
        place, name = waiting.pop()
        if (place, name) in seen:
            continue
        seen.add((place, name))
        first, _, rest = name.partition(".")
        for module in parts.get(place, ()):
            bases, names = module.classes.get(name, ((), set()))
            found |= names
            waiting += [(place, base) for base in bases]
            waiting += [
                (f"{source}.{first}" if rest else source, rest or first)
                for _line, source, imported in module.imports
                if imported == first
            ]
    return found


def lint_exceptions(root: Path) -> Iterator[str]:
    """Files of the package that ``pyproject.toml`` exempts from ruff's SLF rule."""
    settings = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["tool"]["ruff"]["lint"]
    for pattern, rules in settings.get("per-file-ignores", {}).items():
        if pattern.startswith(PACKAGE) and any(rule.startswith("SLF") for rule in rules):
            yield f"pyproject.toml: exempts {pattern} from ruff's SLF rule"


def violations(root: Path) -> list[str]:
    """Every violation below ``root``, sorted and without repeats."""
    modules = read_modules(root)
    return sorted(
        {
            *upward_imports(modules),
            *import_rings(modules),
            *shared_names(root),
            *borrowed_names(modules),
            *lint_exceptions(root),
        }
    )


def main() -> int:
    """Print what is wrong, and which patterns of ``KNOWN`` are no longer needed. Return the exit status."""
    found = violations(ROOT)
    new = [line for line in found if not any(fnmatchcase(line, pattern) for pattern in KNOWN)]
    for line in new:
        print(f"structure: {line}", file=sys.stderr)
    for pattern in KNOWN:
        if not any(fnmatchcase(line, pattern) for line in found):
            print(f"structure: nothing matches, remove it from KNOWN: {pattern}", file=sys.stderr)
    return int(bool(new))


if __name__ == "__main__":
    sys.exit(main())
