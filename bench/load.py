"""A load generator for this machine only: so many kept-alive connections to loopback, for so many seconds, GETs one after another.

python -m bench.load PORT PATH COOKIES CONNECTIONS SECONDS   →  {"rate": …, "p50": …, "p95": …, "n": …}
"""

import asyncio
import json
import sys
import time


async def _one(port: int, request: bytes, until: float, times: list[float]) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        while time.perf_counter() < until:
            began = time.perf_counter()
            writer.write(request)
            await writer.drain()
            head = await reader.readuntil(b"\r\n\r\n")
            if b" 200 " not in head.split(b"\r\n", 1)[0]:
                raise RuntimeError(head.split(b"\r\n", 1)[0].decode())
            for line in head.split(b"\r\n"):
                name, _, value = line.partition(b":")
                if name.lower() == b"content-length":
                    await reader.readexactly(int(value))
                    break
            else:
                raise RuntimeError("an answer without a length")
            times.append(time.perf_counter() - began)
    finally:
        writer.close()


async def run(port: int, path: str, cookies: str, connections: int, seconds: float) -> dict[str, float]:
    request = (
        f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nCookie: {cookies}\r\nAccept: text/html\r\n\r\n".encode()
    )
    warm: list[float] = []
    await asyncio.gather(*(_one(port, request, time.perf_counter() + 1, warm) for _ in range(4)))
    times: list[float] = []
    began = time.perf_counter()
    await asyncio.gather(*(_one(port, request, began + seconds, times) for _ in range(connections)))
    took = time.perf_counter() - began
    times.sort()
    return {
        "rate": len(times) / took,
        "p50": times[len(times) // 2],
        "p95": times[int(len(times) * 0.95)],
        "n": len(times),
    }


if __name__ == "__main__":
    port, path, cookies, connections, seconds = sys.argv[1:]
    print(json.dumps(asyncio.run(run(int(port), path, cookies, int(connections), float(seconds)))))
