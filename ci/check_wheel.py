"""Checks a wheel against the sources that it was built from: ``python ci/check_wheel.py WHEEL SOURCE``.

The wheel must contain all modules, stubs, declarations and data of the package, generated ones included, and
nothing else: no tests, no C sources, no Cython sources, no name of the folder in which it was built. Its
description must not have links that lead nowhere on a package index.
"""

import re
import sys
import zipfile
from pathlib import Path, PurePosixPath

COPIED = {".py", ".pyi", ".pxd", ".toml", ".lua", ".typed"}
GENERATED = {
    "ctios_fast/enums.py",
    "ctios_fast/enums.pyi",
    "ctios_fast/messages.pyi",
    "ctios_fast/protocol/code_texts.py",
    "ctios_fast/protocol/message_texts.py",
    "ctios_fast/protocol/codes.py",
    "ctios_fast/protocol/enums.py",
    "ctios_fast/protocol/enums.pyi",
    "ctios_fast/protocol/numbers.py",
    "ctios_fast/protocol/class_table.py",
}
METADATA = {"METADATA", "RECORD", "WHEEL", "entry_points.txt", "top_level.txt", "licenses/LICENSE"}


def is_module(name: str) -> bool:
    """Return True for a compiled module."""
    return name.endswith((".so", ".pyd"))


def faults(wheel: Path, source: Path) -> list[str]:
    """Return what is wrong with a wheel."""
    package = source / "ctios_fast"
    copied = {path for path in package.rglob("*") if path.suffix in COPIED}
    copied |= set((package / "core" / "c").glob("*.h"))  # for modules that cimport from the core
    wanted = {path.relative_to(source).as_posix() for path in copied} | GENERATED
    compiled = {path.relative_to(source).with_suffix("").as_posix() for path in package.rglob("*.pyx")}
    folders = [
        str(folder).encode() for folder in (source.resolve(), Path.home()) if folder != Path(folder.anchor)
    ]
    found = []
    with zipfile.ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if not name.endswith("/")}
        inside = {name for name in names if name.startswith("ctios_fast/")}
        modules = {name.split(".", 1)[0] for name in inside if is_module(name)}
        metadata = {str(PurePosixPath(*PurePosixPath(name).parts[1:])) for name in names - inside}
        found += [f"{name} is missing" for name in sorted(wanted - inside)]
        found += [f"{name} is not compiled" for name in sorted(compiled - modules)]
        found += [
            f"{name} does not belong in the wheel" for name in sorted(inside - wanted) if not is_module(name)
        ]
        found += [f"{name} is compiled and has no source" for name in sorted(modules - compiled)]
        found += [f"{name} should not be in the metadata" for name in sorted(metadata - METADATA)]
        found += [f"{name} is missing from the metadata" for name in sorted(METADATA - metadata)]
        for name in sorted(names):
            content = archive.read(name)
            if name.endswith(".dist-info/METADATA"):
                found += dead_links(content.decode("utf-8"))
            found += [f"{name} names {folder.decode()}" for folder in folders if folder in content]
    return found


def dead_links(metadata: str) -> list[str]:
    """Return the faults of links in a description that are not addresses of web pages."""
    links = re.findall(r"\]\(([^)]+)\)", metadata)
    return [
        f"the description links to {link}" for link in links if not link.startswith(("https://", "http://"))
    ]


def main() -> None:
    """Run the command."""
    wheel, source = map(Path, sys.argv[1:])
    found = faults(wheel, source)
    for fault in found:
        print(f"{wheel.name}: {fault}", file=sys.stderr)
    sys.exit(bool(found))


if __name__ == "__main__":
    main()
