"""Files on an S3-compatible store (MinIO, Ceph, the cloud of a province): four requests, signed by hand, no further package.

    DUDAO_FILES=s3://bucket/prefix?endpoint=https://files.example:9000&region=us-east-1
    DUDAO_S3_KEY=…  DUDAO_S3_SECRET=…

Each upload states the SHA-256 under which it is stored, so the server itself refuses bytes that were altered on the way.
Addresses are path-style, which every compatible server understands. Signing is AWS Signature Version 4 (header form).
"""

import contextlib
import hashlib
import hmac
import http.client
import io
import os
import re
import ssl
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import BinaryIO, NamedTuple
from urllib.parse import parse_qs, quote, urlsplit
from xml.sax.saxutils import unescape

from dudao.core.files.stores import Missing, Unavailable

EMPTY = hashlib.sha256(b"").hexdigest()
TRIES = 3
TIMEOUT = 60.0


class Keys(NamedTuple):
    """What requests are signed with."""

    key: str
    secret: str


class Request(NamedTuple):
    """``body``: what is sent, with its ``digest`` and ``size``; ``into``: where the answer goes; ``part``: which bytes of it."""

    method: str
    path: str
    query: Mapping[str, str] = MappingProxyType({})
    body: BinaryIO | None = None
    digest: str = EMPTY
    size: int = 0
    into: BinaryIO | None = None
    part: str = ""


@dataclass(frozen=True, slots=True)
class S3Store:
    """One bucket (and prefix) on one endpoint."""

    host: str
    secure: bool
    bucket: str
    prefix: str
    region: str
    keys: "Keys"
    local: Path
    pause: float = 0.5

    @classmethod
    def from_url(cls, url: str, local: Path) -> "S3Store":
        """Read the setting. Raises ``ValueError`` that says what is missing."""
        parts = urlsplit(url)
        options = {name: values[0] for name, values in parse_qs(parts.query).items()}
        endpoint = urlsplit(options.get("endpoint", ""))
        if parts.scheme != "s3" or not parts.netloc:
            raise ValueError("DUDAO_FILES must look like s3://bucket/prefix?endpoint=https://host:port")
        if endpoint.scheme not in {"http", "https"} or not endpoint.netloc or endpoint.path.strip("/"):
            raise ValueError("DUDAO_FILES needs endpoint=https://host:port (without a path)")
        key, secret = os.environ.get("DUDAO_S3_KEY", ""), os.environ.get("DUDAO_S3_SECRET", "")
        if not key or not secret:
            raise ValueError("DUDAO_FILES is set, so DUDAO_S3_KEY and DUDAO_S3_SECRET are needed")
        prefix = parts.path.strip("/")
        return cls(
            host=endpoint.netloc,
            secure=endpoint.scheme == "https",
            bucket=parts.netloc,
            prefix=f"{prefix}/" if prefix else "",
            region=options.get("region", "us-east-1"),
            keys=Keys(key, secret),
            local=local,
        )

    def put(self, source: Path, digest: str) -> None:
        with source.open("rb") as stream:
            self._ask(Request("PUT", self._path(digest), body=stream, digest=digest, size=source.stat().st_size))

    def open(self, digest: str) -> io.BufferedIOBase:
        """The object, brought to a local temporary file: callers may seek, and a slow reader holds no connection."""
        target = tempfile.TemporaryFile(dir=self.workspace())  # noqa: SIM115  the caller closes it
        try:
            self._ask(Request("GET", self._path(digest), into=target))
        except BaseException:
            target.close()
            raise
        target.seek(0)
        return target

    def open_part(self, digest: str, first: int, length: int) -> io.BufferedIOBase:
        """The same for a part: no more of the object is fetched than was asked for."""
        target = tempfile.TemporaryFile(dir=self.workspace())  # noqa: SIM115  the caller closes it
        try:
            self._ask(Request("GET", self._path(digest), into=target, part=f"bytes={first}-{first + length - 1}"))
        except BaseException:
            target.close()
            raise
        # A server that doesn't know parts has sent the whole.
        target.seek(0, io.SEEK_END)
        target.seek(first if target.tell() > length else 0)
        return target

    def remove(self, digest: str) -> None:
        with contextlib.suppress(Missing):
            self._ask(Request("DELETE", self._path(digest)))

    def digests(self) -> Iterator[str]:
        token = ""
        while True:
            query = {"list-type": "2", "prefix": self.prefix, **({"continuation-token": token} if token else {})}
            page = io.BytesIO()
            self._ask(Request("GET", f"/{self.bucket}/", query, into=page))
            text = page.getvalue().decode()
            for found in re.findall(r"<Key>(.*?)</Key>", text):
                yield unescape(found).rpartition("/")[2]
            following = re.search(r"<NextContinuationToken>(.*?)</NextContinuationToken>", text)
            if "<IsTruncated>true" not in text or following is None:
                return
            token = unescape(following[1])

    def workspace(self) -> Path:
        folder = self.local / "incoming"
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return folder

    def _path(self, digest: str) -> str:
        return f"/{self.bucket}/{self.prefix}{digest[:2]}/{digest[2:4]}/{digest}"

    def _ask(self, asked: Request) -> None:
        """One request, tried again when the server is overloaded or the connection breaks."""
        problem = ""
        for attempt in range(TRIES):
            if attempt:
                time.sleep(self.pause * 2**attempt)
            if asked.body is not None:
                asked.body.seek(0)
            if asked.into is not None:
                asked.into.seek(0)
                asked.into.truncate()
            try:
                status, problem = self._once(asked)
            except (OSError, http.client.HTTPException) as broken:
                problem = str(broken) or type(broken).__name__
                continue
            if status in {200, 201, 204, 206}:
                return
            if status == http.client.NOT_FOUND and "NoSuchBucket" not in problem:
                raise Missing(asked.path.rpartition("/")[2])
            if status < http.client.INTERNAL_SERVER_ERROR and status != http.client.TOO_MANY_REQUESTS:
                break
        raise Unavailable(f"{asked.method} {asked.path}: {problem}")

    def _once(self, asked: Request) -> tuple[int, str]:
        headers = {"host": self.host, "x-amz-content-sha256": asked.digest}
        signed = sign(asked, headers, self.region, self.keys, datetime.now(UTC))
        if asked.body is not None:
            signed["content-length"] = str(asked.size)
        if asked.part:
            signed["range"] = asked.part
        connection = (
            http.client.HTTPSConnection(self.host, timeout=TIMEOUT, context=ssl.create_default_context())
            if self.secure
            else http.client.HTTPConnection(self.host, timeout=TIMEOUT)
        )
        try:
            address = f"{_encoded(asked.path)}?{_query(asked.query)}".rstrip("?")
            connection.request(asked.method, address, body=asked.body, headers=signed)
            answer = connection.getresponse()
            if answer.status not in {http.client.OK, http.client.PARTIAL_CONTENT} or asked.into is None:
                return answer.status, answer.read(2000).decode("utf-8", "replace")
            while chunk := answer.read(1 << 20):
                asked.into.write(chunk)
            return answer.status, ""
        finally:
            connection.close()


def sign(asked: Request, headers: dict[str, str], region: str, keys: Keys, now: datetime) -> dict[str, str]:
    """The headers with date and signature. ``headers`` are lower-case and hold ``host`` and ``x-amz-content-sha256``.

    After «Authenticating Requests (AWS Signature Version 4)» of the S3 reference; its worked example is a test.
    """
    stamp, day = now.strftime("%Y%m%dT%H%M%SZ"), now.strftime("%Y%m%d")
    headers = {**headers, "x-amz-date": stamp}
    names = ";".join(sorted(headers))
    request = "\n".join(
        [
            asked.method,
            _encoded(asked.path),
            _query(asked.query),
            *(f"{name}:{headers[name].strip()}" for name in sorted(headers)),
            "",
            names,
            headers["x-amz-content-sha256"],
        ]
    )
    scope = f"{day}/{region}/s3/aws4_request"
    text = "\n".join(["AWS4-HMAC-SHA256", stamp, scope, hashlib.sha256(request.encode()).hexdigest()])
    signing = f"AWS4{keys.secret}".encode()
    for part in (day, region, "s3", "aws4_request"):
        signing = hmac.digest(signing, part.encode(), "sha256")
    signature = hmac.digest(signing, text.encode(), "sha256").hex()
    headers["authorization"] = (
        f"AWS4-HMAC-SHA256 Credential={keys.key}/{scope},SignedHeaders={names},Signature={signature}"
    )
    return headers


def _encoded(path: str) -> str:
    return quote(path, safe="/-_.~")


def _query(query: Mapping[str, str]) -> str:
    return "&".join(f"{quote(name, safe='-_.~')}={quote(value, safe='-_.~')}" for name, value in sorted(query.items()))
