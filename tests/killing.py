"""A process of the platform on this test's database that is killed in the middle of its work."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from django.conf import settings
from django.db import connection

START = """
import sys, time
import django
django.setup()
from django.conf import settings
settings.FILES_ROOT = __import__("pathlib").Path(sys.argv[1])

def wait():
    print("there", flush=True)
    time.sleep(60)
"""


def killed(script: str, *arguments: object) -> None:
    """Run a script that calls ``wait()`` where it is to be killed; answers when the server has rolled back what it was about.

    ``sys.argv[2:]`` are the arguments.
    """
    held = connection.settings_dict
    options = "&".join(f"{name}={value}" for name, value in held["OPTIONS"].items() if isinstance(value, str))
    url = f"postgresql://{held['USER']}:{held['PASSWORD']}@/{held['NAME']}?host={held['HOST']}&port={held['PORT']}&{options}"
    environment = {
        **{name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ},
        "DUDAO_MODE": "test",
        "DUDAO_DATA": str(settings.DATA),
        "DATABASE_URL": url,
        "DJANGO_SETTINGS_MODULE": "dudao.settings",
        "PYTHONPATH": str(Path(settings.BASE).parent),
    }
    command = [sys.executable, "-c", START + script, str(settings.FILES_ROOT), *map(str, arguments)]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None and process.stdout.readline() == "there\n"
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait(10)
    _until_let_go()


def _until_let_go() -> None:
    until = time.monotonic() + 20
    while time.monotonic() < until:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in%%'"
            )
            if cursor.fetchone()[0] == 0:
                return
        time.sleep(0.2)
    raise AssertionError("the server did not notice that the process is gone")
