"""Writes the pages of the documentation site: ``python ci/site_pages.py FOLDER``. ``ci/docs`` runs it.

The pages keep their places relative to each other, so that their links stay valid. Examples and the licence
become pages, and each public module gets one from its docstrings, unless ``WITHOUT_PAGE`` has a reason.

It is also an extension of Griffe, which reads the docstrings: ``ci/mkdocs.yml`` names it.
"""

import importlib
import inspect
import pkgutil
import re
import shutil
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
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
    ("Reasons of logouts", "ctios_fast.model.agents.reasons", "../docs/logout.md"),
)
#: Public modules without a page, and why. A name that ends in ".*" is a folder with all that is in it.
WITHOUT_PAGE = {
    "ctios_fast.bulk": "a folder: its modules have pages",
    "ctios_fast.cli.*": "the command line, which docs/tools.md and docs/simulator.md describe",
    "ctios_fast.connection.*": "the inside of sessions; programs use ctios_fast.Session",
    "ctios_fast.core.classes.*": "the inside of message classes; programs use ctios_fast.messages",
    "ctios_fast.core.codec": "ctios_fast.core exports what programs use of it",
    "ctios_fast.core.conformance": "ctios_fast.core exports what programs use of it",
    "ctios_fast.core.dispatch.*": "ctios_fast.core exports what programs use of it",
    "ctios_fast.core.encode.*": "the inside of Codec.encode",
    "ctios_fast.core.frames": "ctios_fast.core exports what programs use of it",
    "ctios_fast.core.layout": "the inside of the codec",
    "ctios_fast.core.layout_info": "ctios_fast.core exports what programs use of it",
    "ctios_fast.core.message": "ctios_fast.core exports what programs use of it",
    "ctios_fast.core.name_cache": "the inside of messages",
    "ctios_fast.core.scan.*": "the inside of ctios_fast.bulk",
    "ctios_fast.core.secret": "the inside of what takes passwords, which are given as str",
    "ctios_fast.core.switches": "switches for measurements of this project",
    "ctios_fast.core.text_encoding": "the inside of the codec; docs/messages.md describes encodings",
    "ctios_fast.fleet": "a folder: its module has a page",
    "ctios_fast.metrics.session_collector": "ctios_fast.metrics exports what programs use of it",
    "ctios_fast.model.*": "ctios_fast exports the objects, and ctios_fast.event_types their events",
    "ctios_fast.protocol": "a folder: its modules for programs have pages",
    "ctios_fast.protocol.build.*": "generators that setup.py runs; they are not installed",
    "ctios_fast.protocol.class_table": "generated for ctios_fast.messages",
    "ctios_fast.protocol.code_texts": "generated for the texts of errors",
    "ctios_fast.protocol.codes": "generated for the library; programs use ctios_fast.protocol.enums",
    "ctios_fast.protocol.message_texts": "generated for the help of message classes",
    "ctios_fast.protocol.naming": "the spelling of names, for the library",
    "ctios_fast.protocol.schema": "reads the data of the protocol, for builds, tests and the dissector",
    "ctios_fast.protocol.versions": "the bits of masks by version, for the library",
    "ctios_fast.pytest_plugin": "fixtures, which pytest finds by themselves; docs/testing.md describes them",
    "ctios_fast.records": "a folder: its modules have pages",
    "ctios_fast.records.capture.capture_columns": "docs/tools.md describes CaptureReader.columns",
    "ctios_fast.records.capture.conversation": "the inside of ctios_fast.records.capture",
    "ctios_fast.records.capture.copies": "the inside of ctios_fast.records.capture",
    "ctios_fast.records.capture.frame_finder": "the inside of ctios_fast.records.capture",
    "ctios_fast.records.capture.packets": "the inside of ctios_fast.records.capture",
    "ctios_fast.records.capture.reader": "ctios_fast.records.capture exports what programs use of it",
    "ctios_fast.records.capture.tcp_streams": "the inside of ctios_fast.records.capture",
    "ctios_fast.sim.centre": "the inside of ctios-fast sim and of ctios_fast.testing",
    "ctios_fast.sim.centre_options": "options that docs/testing.md and docs/simulator.md list",
    "ctios_fast.sim.control.administration": "ctios_fast.sim.control exports what programs use of it",
    "ctios_fast.sim.control.command_error": "ctios_fast.sim exports what programs use of it",
    "ctios_fast.sim.control.command_runner": "ctios_fast.sim.control exports what programs use of it",
    "ctios_fast.sim.control.command_table": "ctios_fast.sim.control exports what programs use of it",
    "ctios_fast.sim.control.control": "ctios_fast.sim.control exports what programs use of it",
    "ctios_fast.sim.control.control_socket": "ctios_fast.sim.control exports what programs use of it",
    "ctios_fast.sim.control.parameter_kinds": "the inside of ctios_fast.sim.control",
    "ctios_fast.sim.counters": "ctios_fast.sim exports what programs use of it",
    "ctios_fast.sim.draining": "the inside of the simulator",
    "ctios_fast.sim.maintenance": "the inside of the simulator",
    "ctios_fast.sim.pair_settings": "the inside of the simulator",
    "ctios_fast.sim.plant.*": "ctios_fast.sim exports what programs use of it",
    "ctios_fast.sim.scenario.scenario": "ctios_fast.sim.scenario exports what programs use of it",
    "ctios_fast.sim.scenario.scenario_file": "ctios_fast.sim.scenario exports what programs use of it",
    "ctios_fast.sim.scenario.scenario_run": "ctios_fast.sim.scenario exports what programs use of it",
    "ctios_fast.sim.server.*": "the inside of the simulator",
    "ctios_fast.sim.side": "ctios_fast.sim exports what programs use of it",
    "ctios_fast.sim.side_roles": "the inside of the simulator",
    "ctios_fast.sim.sim_clocks": "ctios_fast.sim exports what programs use of it",
    "ctios_fast.sim.simulator": "ctios_fast.sim exports what programs use of it",
    "ctios_fast.sync.converting": "the inside of ctios_fast.sync",
    "ctios_fast.sync.facade": "ctios_fast.sync exports what programs use of it",
    "ctios_fast.sync.loop_thread": "the inside of ctios_fast.sync",
    "ctios_fast.sync.members": "the inside of ctios_fast.sync",
    "ctios_fast.sync.proxy": "the inside of ctios_fast.sync",
    "ctios_fast.testing.cti_servers": "ctios_fast.testing exports what programs use of it",
    "ctios_fast.testing.event_log": "ctios_fast.testing exports what programs use of it",
    "ctios_fast.testing.event_record": "ctios_fast.testing exports what programs use of it",
    "ctios_fast.testing.server_control": "ctios_fast.testing exports what programs use of it",
    "ctios_fast.testing.server_options": "ctios_fast.testing exports what programs use of it",
    "ctios_fast.wireshark.generator": "ctios_fast.wireshark exports what programs use of it",
}
#: Pages about the inside of the package. They may name modules without a page.
OF_THE_INSIDE = {"CONTRIBUTING.md", "architecture.md", "packaging.md", "doubts.md"}

#: ``Request.cancel(self, msg=None)`` or ``label: str``.
SIGNATURE = re.compile(r"[\w.]+\(.*\)( -> \S+( \| \S+)*)?|\w+: \S+")
#: A module or a name of one, as pages and examples have it.
NAMED = re.compile(r"(?:^\s*(?:from|import) |`)(ctios_fast(?:\.\w+)+)", re.MULTILINE)
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
    names = getattr(module, "__all__", None) or [
        public
        for public, value in vars(module).items()
        if not public.startswith("_") and (public.isupper() or getattr(value, "__module__", None) == name)
    ]
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
        documented = inspect.isclass(value) or inspect.isfunction(value)
        text = (inspect.getdoc(value) or "").partition("\n")[0] if documented else described(value)
        lines.append(f"| `{public}` | {text.replace('|', '/')} |")
    return "\n".join([*lines, ""])


def public_modules(folder: Path) -> Iterator[str]:
    """The names of a package and of all its modules, without those that have a part with an underscore.

    - ``folder``: of the package. Nothing is imported.
    """
    yield folder.name
    for each in pkgutil.iter_modules([str(folder)]):
        if each.name.startswith("_"):
            continue
        if each.ispkg:
            yield from (f"{folder.name}.{name}" for name in public_modules(folder / each.name))
        else:
            yield f"{folder.name}.{each.name}"


def reason(module: str) -> str | None:
    """The row of ``WITHOUT_PAGE`` that covers a module; None for none."""
    parts = module.split(".")
    folders = (".".join([*parts[:end], "*"]) for end in range(len(parts), 0, -1))
    return next((row for row in (module, *folders) if row in WITHOUT_PAGE), None)


def faults(folder: Path, texts: Mapping[str, str]) -> Iterator[str]:
    """What the tables of this module lack, and what they have in vain.

    - ``folder``: of the package.
    - ``texts``: pages and examples by name.
    """
    paged = {name for _, name, *_ in (*MODULES, *LISTS)}
    modules = set(public_modules(folder))
    for module in sorted(modules - paged):
        if reason(module) is None:
            yield f"{module} has no page: add it to MODULES or LISTS, or a reason to WITHOUT_PAGE"
    for row in sorted(WITHOUT_PAGE.keys() - {reason(module) for module in modules - paged}):
        yield f"{row} of WITHOUT_PAGE covers no module without a page: remove the row"
    for module in sorted(paged - modules):
        yield f"{module} of MODULES or LISTS is not a public module: remove the row"
    # the table's folders may be named: a logger has the name of one
    allowed = paged | {row.removesuffix(".*") for row in WITHOUT_PAGE if row.endswith(".*")}
    for page, text in texts.items():
        for name in NAMED.findall(text):
            module = next((each for each in prefixes(name) if each in modules), None)
            if module is not None and module not in allowed:
                yield f"{page} names {module}, which has no page: give it one, or name a module that has one"


def prefixes(name: str) -> Iterator[str]:
    """A dotted name, and all its beginnings, the longest first."""
    while name:
        yield name
        name = name.rpartition(".")[0]


def check_complete() -> None:
    """Exit with an error if a public module has neither a page nor a reason for having none."""
    files = [path for pattern in (*PAGES, EXAMPLES) for path in ROOT.glob(pattern) if path.suffix != ".svg"]
    texts = {path.name: path.read_text("utf-8") for path in files if path.name not in OF_THE_INSIDE}
    found = list(faults(ROOT / "ctios_fast", texts))
    if found:
        sys.exit("\n".join(f"{sys.argv[0]}: {fault}" for fault in found))


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
