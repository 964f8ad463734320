"""Finds phrases that make a comment, docstring, message or page hard to read, and names a plain one.

Code needs none of the phrases in the table, so the whole text of a file is searched. Each row has a wrong and
a right example; ``tests/project/test_words.py`` tries both.
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent


class Phrase(NamedTuple):
    """A phrase to avoid."""

    #: A regular expression; a space in it also matches a line break within a comment.
    pattern: str
    instead: str
    wrong: str
    right: str
    ignore_case: bool = True


PHRASES = (
    Phrase("who asks", "who requests it", "the session who asks", "the session that requests it"),
    Phrase("what becomes of", "the result of", "what becomes of a request", "the result of a request"),
    Phrase("(has|have|had) not got", "lack", "agents that have not got a state", "agents that lack a state"),
    Phrase("told", "reported, informed, given", "nobody is told of it", "it is reported to nobody"),
    Phrase(
        r"(?<!there )(is|are|was|were) no (?!longer|more)\w+",
        "is not a",
        "a handler is no task",
        "there is no task, and it is no longer running",
    ),
    Phrase(
        "stand(s|ing)? (in(?! for)|at|before|below|beside|on|there|under)",
        "be in, come before",
        "the fields stand in the body",
        "stand in for a field that is in the body",
    ),
    Phrase(
        "behind (each other|one another|the last|those)", "after", "behind the last frame", "behind a proxy"
    ),
    Phrase("be it", "or", "an error, be it late or not", "it shall be iterated"),
    Phrase("for ever", "without limit", "tried for ever", "tried for every agent"),
    Phrase("for good", "permanently", "closed for good", "closed permanently"),
    Phrase("room", "space", "room for one more", "chat rooms"),
    Phrase("so many", "this number of", "so many bytes", "many bytes"),
    Phrase("thereby", "so", "it is thereby closed", "there, by name"),
    Phrase(r"made(:[^\n=]+)? =", "a name for the thing", "made: Agent = Agent()", "agent = Agent()"),
    Phrase(
        "(MOST|LEAST|FEWEST|LONGEST)_[A-Z_]+", "MAX_ or MIN_", "LEAST_SIZE", "MIN_SIZE", ignore_case=False
    ),
)

#: What is searched: these files in the root, in the folders below it, and whatever is in ``ci/``.
PATTERNS = (
    *("*.md", "*.py", "*.toml", "ci/*", ".ci/*", ".github/**/*.yml"),
    *("benchmarks/**/*.py", "changes/*.md", "docs/**/*.md", "docs/**/*.py", "examples/**/*.py"),
    *("tests/**/*.md", "tests/**/*.py", "tests/**/*.pyx"),
    *(f"ctios_fast/**/*.{suffix}" for suffix in ("h", "lua", "md", "pxd", "py", "pyi", "pyx", "toml")),
)
#: What is not searched: this table and its test.
EXCEPT = ("ci/check_words.py", "tests/project/test_words.py")


def expression(phrase: Phrase) -> re.Pattern[str]:
    """The phrase as whole words, which any white space may separate."""
    pattern = phrase.pattern.replace(" ", r"\s")
    return re.compile(rf"\b{pattern}(?!\w)", re.IGNORECASE if phrase.ignore_case else 0)


EXPRESSIONS = [(phrase, expression(phrase)) for phrase in PHRASES]


def found_in(text: str) -> Iterator[tuple[int, str, str]]:
    """The line, the words and the plain phrase of everything in a text that the table lists."""
    # Only the line break remains between two lines of a comment, and a test's name becomes a sentence.
    text = re.sub(r"\s*\n[\s#*/]*", lambda gap: "\n" * gap[0].count("\n"), text)
    text = re.sub(r"\bdef test_\w+", lambda name: name[0].replace("_", " "), text)
    for phrase, regex in EXPRESSIONS:
        for match in regex.finditer(text):
            yield text.count("\n", 0, match.start()) + 1, " ".join(match[0].split()), phrase.instead


def main() -> None:
    """Search the project, and exit with 1 if something is found."""
    files = {
        path.relative_to(ROOT).as_posix(): path
        for pattern in PATTERNS
        for path in ROOT.glob(pattern)
        if path.is_file()
    }
    errors = [
        f"{name}:{line}: {words!r}; write: {instead}"
        for name, path in sorted(files.items())
        if not name.startswith(EXCEPT)
        for line, words, instead in sorted(found_in(path.read_text(encoding="utf-8")))
    ]
    print(*errors, sep="\n", end="\n" if errors else "", file=sys.stderr)
    sys.exit(bool(errors))


if __name__ == "__main__":
    main()
