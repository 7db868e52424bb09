"""The server as ``dudao web`` runs it, for the application with the bare page; with ``wsgi`` as granian would without our door."""

import sys

from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server import Server

if __name__ == "__main__":
    plain = "wsgi" in sys.argv[2:]
    Server(
        "bench.wsgi:application" if plain else "bench.rsgi:application",
        port=int(sys.argv[1]),
        interface=Interfaces.WSGI if plain else Interfaces.RSGI,
        workers=2,
        blocking_threads=1,
        websockets=False,
        log_level=LogLevels.warning,
    ).serve()
