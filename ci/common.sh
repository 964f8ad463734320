# Sourced by the scripts of this folder, after `set -euo pipefail`: checks the Python, and creates a virtual environment
# in the project's root.

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$ROOT"
export PIP_DISABLE_PIP_VERSION_CHECK=1

fail() {
    echo "$0: $*" >&2
    exit 1
}

# check_machine PYTHON: fails with a reason if the machine lacks something that the build needs
check_machine() {
    command -v "$1" >/dev/null || fail "$1 was not found; set PYTHON to a CPython 3.11 or newer"
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
        fail "CPython 3.11 or newer is needed, $1 is $("$1" --version 2>&1); set PYTHON to a newer one"
    command -v "${CC:-cc}" >/dev/null || command -v gcc >/dev/null || command -v clang >/dev/null ||
        fail "a C compiler is needed; set CC if it is not cc, gcc or clang"
    "$1" -c 'import pathlib, sys, sysconfig
sys.exit(not (pathlib.Path(sysconfig.get_path("include")) / "Python.h").exists())' ||
        fail "the C headers of $1 are needed (on Debian the package python3-dev)"
}

# use_venv NAME: creates the virtual environment, or uses the existing one if it has the same Python. Its interpreter is
# $VENV/bin/python.
use_venv() {
    local python=${PYTHON:-python3} version='import sys; print(sys.version)'
    check_machine "$python"
    VENV=$ROOT/$1
    if [[ $("$VENV/bin/python" -c "$version" 2>/dev/null) != "$("$python" -c "$version")" ]]; then
        "$python" -m venv --clear "$VENV"
    fi
    # pip 25.1 introduced dependency groups
    "$VENV/bin/python" -m pip install --quiet 'pip>=25.1'
}

# build_in_place ARGUMENTS: builds the library in the source tree and installs it in the environment of use_venv. The
# arguments are those of pip: the project with its extras, and groups of dependencies.
build_in_place() {
    echo "building in place with ${VENV##*/} ..." >&2
    # the build's requirements are installed in the environment, so that a second run builds only what has changed
    "$VENV/bin/python" -c 'import tomllib
print(*tomllib.load(open("pyproject.toml", "rb"))["build-system"]["requires"], sep="\n")' |
        "$VENV/bin/python" -m pip install --quiet --requirement /dev/stdin
    "$VENV/bin/python" -m pip install --quiet --no-build-isolation --editable "$@"
}

# copy_sources FOLDER: copies what git knows and what is new into the folder. What was built there stays, except what was
# built from a file that the project no longer has.
copy_sources() {
    local list=$1.sources file
    mkdir -p "$1"
    comm -z -23 <(git ls-files -z --cached --others --exclude-standard | LC_ALL=C sort -zu) \
        <(git ls-files -z --deleted | LC_ALL=C sort -zu) >"$list.new"
    if [[ -f $list ]]; then
        while IFS= read -r -d '' file; do
            rm -f "$1/$file"
            [[ $file != *.pyx ]] || rm -f "$1/${file%.pyx}".{c,*.so}
        done < <(comm -z -23 "$list" "$list.new")
    fi
    xargs -0 cp --parents --update -t "$1" <"$list.new"
    mv "$list.new" "$list"
}
