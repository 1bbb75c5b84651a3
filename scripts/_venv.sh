# SPDX-License-Identifier: EUPL-1.2
# shellcheck shell=sh
# Makes sure that .venv holds this project. Sourced by scripts/demo and scripts/test; does nothing by itself.
#
# Reads:  pyproject.toml and the hash-pinned lists in .ci/; pip's own settings (mirror, proxy, certificates) stay in force.
# Writes: .venv and .venv.lock in the checkout, nothing else.
# Knobs:  ORDINANCE_PYTHON=python3.13    use this interpreter (default: the first fit one of the list below)
#         ORDINANCE_UNPINNED=1           newest versions that pyproject.toml allows, instead of the pinned ones
#
# Three states of .venv are told apart:
#   stamped    .venv/.ordinance-demo or -test holds the digest of what was installed: nothing to do, no lock, no pip
#   unstamped  made by hand, or pyproject.toml changed: pip installs into it
#   torn       .venv/.ordinance-installing is left over from a killed run: thrown away and made again

root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd -P)
venv=$root/.venv
lock=$root/.venv.lock

# Settings of the caller's shell that would send the installation elsewhere or load foreign modules into it.
unset PYTHONHOME PYTHONPATH PIP_TARGET PIP_PREFIX PIP_ROOT
export PIP_USER=0 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_INPUT=1

say() {
    printf '%s\n' "$*" >&2
}

fit_python() {
    # The first interpreter that is new enough and can make a virtual environment.
    without_venv=
    for candidate in ${ORDINANCE_PYTHON:-python3 python3.13 python3.12 python3.11}; do
        "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || continue
        if "$candidate" -c 'import ensurepip, venv' 2>/dev/null; then
            command -v -- "$candidate"
            return
        fi
        without_venv=$candidate
    done
    if [ -n "$without_venv" ]; then
        say "$without_venv cannot make a virtual environment: install the Debian package python3-venv and run this again."
    else
        say "Ordinance needs Python 3.11 or newer, and none was found: install python3 and python3-venv (Debian 12 or newer has them)."
    fi
    return 1
}

digest() {
    # What an installation depends on; the place too, because scripts in .venv/bin name it. Fails when .venv has no Python.
    "$venv/bin/python" -I -S -c '
import hashlib, sys
digest = hashlib.sha256(repr((sys.version, sys.argv[1:])).encode())
for name in sys.argv[3:]:
    with open(name, "rb") as file:
        digest.update(file.read())
print(digest.hexdigest())' "$root" "${ORDINANCE_UNPINNED:-}" \
        "$root/pyproject.toml" "$root/.ci/constraints.txt" "$root/.ci/constraints-demo.txt" 2>/dev/null
}

stamped() {
    # $1: demo or test.
    [ -s "$venv/.ordinance-$1" ] && [ "$(digest)" = "$(cat "$venv/.ordinance-$1")" ]
}

take_lock() {
    # Two terminals may start at once. flock frees itself when its holder dies; the directory is for systems without it.
    if command -v flock >/dev/null 2>&1; then
        exec 9>"$lock"
        flock -n 9 || { say "Another installation into .venv is under way: waiting."; flock 9; }
        return
    fi
    until mkdir "$lock.d" 2>/dev/null; do
        holder=$(cat "$lock.d/pid" 2>/dev/null) || holder=
        if [ -n "$holder" ] && ! kill -0 "$holder" 2>/dev/null; then
            rm -rf "$lock.d"
        else
            sleep 1
        fi
    done
    echo "$$" >"$lock.d/pid"
}

free_lock() {
    if command -v flock >/dev/null 2>&1; then
        exec 9>&-
    else
        rm -rf "$lock.d"
    fi
}

usable() {
    # Whole, of this place, with pip and a Python that is new enough.
    [ ! -e "$venv/.ordinance-installing" ] &&
        grep -qF "$venv" "$venv/bin/activate" 2>/dev/null &&
        "$venv/bin/python" -c 'import sys, pip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}

pip_install() {
    "$venv/bin/python" -m pip install --quiet "$@" >&2
}

install_all() {
    # $1: demo or test. The pins hold the build backend too, so that building needs no second, unpinned download.
    case "$1${ORDINANCE_UNPINNED:+-unpinned}" in
        demo) pip_install --require-hashes -r "$root/.ci/constraints-demo.txt" ;;
        test) pip_install --require-hashes -r "$root/.ci/constraints.txt" ;;
        demo-unpinned) pip_install -e "${root}[fast,media]" && return ;;
        test-unpinned) pip_install -e "${root}[test]" && return ;;
    esac && pip_install --no-deps --no-build-isolation -e "$root"
}

make_venv() {
    # $1: demo or test. The stamp comes last: whatever kills us before leaves no stamp, and the torn mark if pip was at work.
    if ! usable; then
        python=$(fit_python) || return
        if ! { rm -rf "$venv" && mkdir "$venv" && touch "$venv/.ordinance-installing" && "$python" -m venv "$venv"; }; then
            say "$python could not make $venv."
            return 1
        fi
    fi
    say "Installing into .venv (once, and again only when the dependencies change) ..."
    rm -f "$venv/.ordinance-demo" "$venv/.ordinance-test"
    touch "$venv/.ordinance-installing"
    installed=0
    install_all "$1" || installed=$?
    rm -f "$venv/.ordinance-installing"
    if [ "$installed" -ne 0 ]; then
        say "The installation failed; pip's message above says why. Running this again tries again."
        return 1
    fi
    stamp=$(digest) || return
    # By way of a second name: a stamp is there whole or not at all.
    for kind in $([ "$1" = test ] && echo test) demo; do
        echo "$stamp" >"$venv/.ordinance-new" && mv "$venv/.ordinance-new" "$venv/.ordinance-$kind" || return
    done
}

ensure_venv() {
    # $1: demo (the program and the extras that the demo shows) or test (these and what the tests need).
    stamped "$1" && return
    take_lock
    made=0
    stamped "$1" || make_venv "$1" || made=$?
    free_lock
    return "$made"
}
