"""The server as ``dudao web`` runs it, for the application with the bare page."""

import sys

from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server import Server

if __name__ == "__main__":
    Server(
        "bench.wsgi:application",
        port=int(sys.argv[1]),
        interface=Interfaces.WSGI,
        workers=2,
        blocking_threads=1,
        websockets=False,
        log_level=LogLevels.warning,
    ).serve()
