#!/usr/bin/env bash
# Try a wheel as somebody would who has nothing else: an empty environment, no Node, no source tree. Installs requirements.lock
# and the wheel as docs/operations.md says, runs `dudao demo` until the log-in page and its style sheet answer, stops it, and looks
# whether anything was left running.
set -euo pipefail

wheel=$(realpath "$1")
lock=$(realpath "$(dirname "$0")/../requirements.lock")
python=${PYTHON:-python3}
place=$(mktemp -d)
server=
finish() {
    [ -z "$server" ] || kill "$server" 2>/dev/null || true
    rm -rf "$place"
}
trap finish EXIT
chmod 755 "$place"
cd "$place"

echo "▸ installing $(basename "$wheel") into an empty environment"
uv venv --quiet --python "$python" env
uv pip install --quiet --python env/bin/python --require-hashes -r "$lock"
uv pip install --quiet --python env/bin/python --no-deps "$wheel"
uv pip check --quiet --python env/bin/python

# A path that has the system's plain tools, but no node: links to what the platform may need, and nothing else.
mkdir bin
for tool in bash sh useradd id uname ldconfig; do
    found=$(command -v $tool || true)
    [ -z "$found" ] || ln -s "$found" "bin/$tool"
done
clean=(env -i "PATH=$place/env/bin:$place/bin:/usr/sbin:/sbin" "HOME=$place" LANG=C.UTF-8)
if "${clean[@]}" bash -c 'command -v node' >/dev/null; then
    echo "node is still reachable: this check would prove nothing" >&2
    exit 1
fi

port=$("$place/env/bin/python" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
echo "▸ dudao demo on port $port"
"${clean[@]}" dudao demo --data "$place/data" --port "$port" --scale 0.01 >log.txt 2>&1 &
server=$!
for _ in $(seq 600); do
    kill -0 $server 2>/dev/null || { cat log.txt; echo "dudao demo ended" >&2; exit 1; }
    env/bin/python - "http://127.0.0.1:$port/" <<'END' && break
import re, sys
from urllib.request import urlopen
from urllib.error import URLError
try:
    page = urlopen(sys.argv[1] + "login/", timeout=5).read().decode()
    style = re.search(r'href="(/static/dudao/app\.[0-9a-f]+\.css)"', page).group(1)
    assert len(urlopen(sys.argv[1].rstrip("/") + style, timeout=5).read()) > 10_000
except (URLError, ConnectionError):
    sys.exit(1)
END
    sleep 0.5
done
grep -E '▸|Ready' log.txt
kill -TERM $server
wait $server || { cat log.txt; echo "dudao demo did not end in order" >&2; exit 1; }
server=
env/bin/python - "$place/data" <<'END'
import pathlib, sys
left = []
for entry in pathlib.Path("/proc").glob("[0-9]*/cmdline"):
    try:
        command = entry.read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        continue
    if sys.argv[1] in command and "python -" not in command:
        left.append(command)
sys.exit("left running: " + "; ".join(left) if left else 0)
END
"${clean[@]}" dudao audit verify --data "$place/data"
echo "▸ the wheel works"
