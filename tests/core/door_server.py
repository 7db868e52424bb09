"""A server with one process and a small application behind the door: `test_door` starts it."""

import json
import os
import sys
from pathlib import Path

from django.conf import settings

if not settings.configured:  # granian's worker has this as its main module as well
    settings.configure(UPLOAD_CAP=500_000)

from dudao.core import door

door.FIRST = float(os.environ.get("FIRST", "300"))
CLOSED = []
TOLD = ("REQUEST_METHOD", "PATH_INFO", "QUERY_STRING", "CONTENT_TYPE", "CONTENT_LENGTH", "REMOTE_ADDR", "SERVER_NAME")


class Download:
    """Forty megabytes, more than lines hold, in small parts; whether it was closed is asked for at another address."""

    def __iter__(self):
        for number in range(40_000):
            yield bytes([number % 256]) * 1000

    def close(self):
        CLOSED.append(True)


def pages(environ, start):
    path = environ["PATH_INFO"]
    if path == "/broken/":
        raise ValueError("a fault of the application")
    if path == "/download/":
        start("200 OK", [("Content-Length", "40000000")])
        return Download()
    found = {name: value for name, value in environ.items() if name in TOLD or name.startswith("HTTP_")}
    found |= {"body": environ["wsgi.input"].read().decode(), "closed": len(CLOSED), "in_files": application.in_files}
    start("201 Created", [("Content-Type", "application/json"), ("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")])
    return [json.dumps(found).encode()]


application = door.Door(pages)

if __name__ == "__main__":
    from granian.constants import Interfaces
    from granian.server import Server

    Server(
        "door_server:application",
        port=int(sys.argv[1]),
        interface=Interfaces.RSGI,
        websockets=False,
        working_dir=Path(__file__).parent,
    ).serve()
