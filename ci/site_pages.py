"""Writes the pages of the documentation site: ``python ci/site_pages.py FOLDER``. ``ci/docs`` runs it.

The pages keep their places relative to each other, so that their links stay valid. Examples and the licence
become pages, and each public module gets one from its docstrings.

It is also an extension of Griffe, which reads the docstrings: ``ci/mkdocs.yml`` names it.
"""

import importlib
import inspect
import pkgutil
import re
import shutil
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

ROOT = Path(__file__).parent.parent
PAGES = ("*.md", "changes/README.md", "docs/**/*.md", "docs/*.svg")
EXAMPLES = "examples/**/*.py"
#: Public modules in the order of the navigation: title and module.
MODULES = (
    ("The object model", "ctios_fast"),
    ("Without await", "ctios_fast.sync"),
    ("Errors", "ctios_fast.errors"),
    ("Enumerations", "ctios_fast.enums"),
    ("Frames and messages", "ctios_fast.core"),
    ("Columns", "ctios_fast.bulk.columns"),
    ("Filters", "ctios_fast.bulk.filters"),
    ("Records of frames", "ctios_fast.records.transcript"),
    ("Packet captures", "ctios_fast.records.capture"),
    ("Many agents", "ctios_fast.fleet.shift"),
    ("The simulator", "ctios_fast.sim"),
    ("Its commands", "ctios_fast.sim.control"),
    ("Metrics", "ctios_fast.metrics"),
    ("Testing", "ctios_fast.testing"),
    ("Testing without await", "ctios_fast.testing.sync"),
    ("The dissector", "ctios_fast.wireshark"),
    ("Scenarios of the simulator", "ctios_fast.sim.scenario"),
)
#: Modules whose many names are in a list: title, module, and the page that describes them.
LISTS = (
    ("Message classes", "ctios_fast.messages", "../docs/reference/README.md"),
    ("Enumerations of the protocol", "ctios_fast.protocol.enums", "../docs/reference/enumerations.md"),
    ("Keywords of CTI OS", "ctios_fast.keywords", "../docs/arguments.md"),
    ("Message numbers", "ctios_fast.protocol.numbers", "../docs/reference/README.md"),
    ("Types of events", "ctios_fast.event_types", "../docs/events.md"),
)
#: What programs do not import: the inside of the library, its commands, and fixtures that pytest finds.
INTERNAL = {
    "ctios_fast.cli",
    "ctios_fast.connection",
    "ctios_fast.model",
    "ctios_fast.protocol.build",
    "ctios_fast.protocol.naming",
    "ctios_fast.protocol.versions",
    "ctios_fast.pytest_plugin",
}

#: ``Request.cancel(self, msg=None)`` or ``label: str``.
SIGNATURE = re.compile(r"[\w.]+\(.*\)( -> \S+( \| \S+)*)?|\w+: \S+")
#: The docstring of an ``__init__`` that has none.
INHERITED = "Initialize self.  See help(type(self)) for accurate signature."


def published(text: str) -> str:
    """A page's text without the blocks that only its test runs, with links to the pages that files become."""
    text = re.sub(
        r"<!-- invisible-code-block: python\n.*?^-->\n\n?", "", text, flags=re.DOTALL | re.MULTILINE
    )
    text = re.sub(r"(\]\((?:\.\./)*(?:examples/)?[\w/]+)\.py\)", r"\1.md)", text)
    return re.sub(r"\]\(LICENSE\)", "](LICENSE.md)", text)


def example(path: Path) -> str:
    """The page of an example."""
    source = path.read_text("utf-8")
    return f"# {path.name}\n\n````python\n{source}````\n"


def api(title: str, name: str, seen: dict[str, str]) -> str:
    """The page of a public module, with all its public names.

    - ``seen``: the page of each name that other pages describe.
    """
    module = importlib.import_module(name)
    lines = [f"# {title}", "", f"`{name}`", ""]
    for public in module.__all__:
        value = getattr(module, public)
        defined_in = getattr(value, "__module__", "")
        source = f"{defined_in}.{getattr(value, '__qualname__', public)}"
        page = seen.setdefault(source, f"{name}.md")
        if page != f"{name}.md":
            lines += [f"- `{public}`: see [{page.removesuffix('.md')}]({page}#{source})", ""]
            continue
        if not hasattr(value, "__qualname__") or not defined_in.startswith("ctios_fast"):
            lines += [f"- `{public}`: {described(value)}", ""]  # a constant, or another name of a type
            continue
        check_documented(source, value)
        lines += [f"::: {source}", ""]
        if str(importlib.import_module(defined_in).__file__).endswith((".so", ".pyd")):
            lines[-1:] = ["    options:", "      force_inspection: true", ""]
    return "\n".join(lines)


def listed(title: str, name: str, page: str) -> str:
    """The page of a module whose names another page describes."""
    module = importlib.import_module(name)
    names = getattr(module, "__all__", None) or [each for each in vars(module) if each.isupper()]
    lines = [
        f"# {title}",
        "",
        f"`{name}`. [This page]({page}) says what they mean.",
        "",
        "| name | |",
        "|---|---|",
    ]
    for public in names:
        value = getattr(module, public)
        text = (
            (inspect.getdoc(value) or "").partition("\n")[0] if inspect.isclass(value) else described(value)
        )
        lines.append(f"| `{public}` | {text.replace('|', '/')} |")
    return "\n".join([*lines, ""])


def check_complete() -> None:
    """Exit with an error if a public module of the package has no page.

    Public are the package, its parts that are not ``INTERNAL``, and the modules of a part that itself has no
    public names.
    """
    paged = {name for _, name, *_ in (*MODULES, *LISTS)}

    def check_modules_of(package: ModuleType) -> None:
        for each in pkgutil.iter_modules(getattr(package, "__path__", ())):
            name = f"{package.__name__}.{each.name}"
            if name in paged or name in INTERNAL or each.name.startswith("_"):
                continue
            module = importlib.import_module(name)
            if getattr(module, "__all__", None):
                sys.exit(f"{sys.argv[0]}: {name} has public names and no page: add it to MODULES")
            check_modules_of(module)

    check_modules_of(importlib.import_module("ctios_fast"))


def own_text(docstring: str | None) -> str:
    """What an author wrote of a docstring."""
    first, _, rest = (docstring or "").strip().replace(INHERITED, "").partition("\n")
    return rest.strip() if SIGNATURE.fullmatch(first.strip()) else f"{first}\n{rest}".strip()


def check_documented(name: str, value: object) -> None:
    """Exit with an error if a public name, or a public member of a class, has no docstring."""
    members = {name: inspect.getdoc(value)}
    if inspect.isclass(value):
        for member, each in inspect.getmembers(value, is_method):
            if not member.startswith("_"):
                # Cython gives an attribute no text of its own: the class says what it is
                texts = [base.__doc__ or "" for base in value.__mro__]
                named = inspect.isgetsetdescriptor(each) and any(f"``{member}``" in text for text in texts)
                members[f"{name}.{member}"] = named or own_text(inspect.getdoc(each))
    missing = [each for each, text in members.items() if not text]
    if missing:
        sys.exit(f"{sys.argv[0]}: no docstring: {', '.join(missing)}")


def is_method(value: object) -> bool:
    """Return True for a member that needs a docstring: a method, a property, a compiled class's attribute."""
    if inspect.isgetsetdescriptor(value):
        return value.__objclass__.__module__.startswith("ctios_fast")
    return inspect.isroutine(value) or isinstance(value, property)


def described(value: object) -> str:
    """What a public name without a docstring is."""
    text = repr(value)
    return f"`{text}`" if len(text) <= 80 else f"`{type(value).__name__}`"


def main() -> None:
    """Write all pages."""
    check_complete()
    target = Path(sys.argv[1])
    shutil.rmtree(target, ignore_errors=True)
    pages: dict[str, str] = {
        "LICENSE.md": f"# Licence\n\n```text\n{(ROOT / 'LICENSE').read_text('utf-8')}```\n"
    }
    for pattern in PAGES:
        for path in ROOT.glob(pattern):
            if path.suffix == ".md":
                pages[path.relative_to(ROOT).as_posix()] = published(path.read_text("utf-8"))
            else:
                copy = target / path.relative_to(ROOT)
                copy.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(path, copy)
    target.mkdir(parents=True, exist_ok=True)
    shutil.copy(Path(__file__).with_name("site.css"), target)
    for path in ROOT.glob(EXAMPLES):
        pages[path.relative_to(ROOT).with_suffix(".md").as_posix()] = example(path)
    seen: dict[str, str] = {}
    for title, name in reversed(MODULES):  # a name belongs to the most specific of its modules
        pages[f"api/{name}.md"] = api(title, name, seen)
    for title, name, page in LISTS:
        pages[f"api/{name}.md"] = listed(title, name, page)
    rows = (*MODULES, *LISTS)
    pages["api/SUMMARY.md"] = "".join(f"- [{title}]({name}.md)\n" for title, name, *_ in rows)
    for name, text in pages.items():
        file = target / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")


try:
    from griffe import Extension, Object
except ImportError:  # the check of the docstrings needs no Griffe
    pass
else:

    class WithoutSignatures(Extension):
        """Removes signatures from docstrings."""

        def on_instance(self, *, obj: Object, **kwargs: Any) -> None:
            """Called with each object that was read."""
            if obj.docstring is not None:
                obj.docstring.value = own_text(obj.docstring.value)


if __name__ == "__main__":
    main()
