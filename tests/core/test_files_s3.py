"""The S3 store: the signature of the published example, and a server that believes nothing and fails when told to."""

import hashlib
import re
import threading
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import RequestFactory

from dudao.core import files
from dudao.core.files import FileRefused, Missing, Unavailable
from dudao.core.files.s3 import Keys, Request, S3Store, sign
from dudao.core.models import StoredFile

PDF = b"%PDF-1.7\n%%EOF"
KEY, SECRET = "AKIDEXAMPLE", "secret/with+letters"


def test_the_worked_example_of_the_reference():
    """«GET Object» in «Signature Calculations for the Authorization Header», Amazon S3 API reference."""
    headers = {
        "host": "examplebucket.s3.amazonaws.com",
        "range": "bytes=0-9",
        "x-amz-content-sha256": hashlib.sha256(b"").hexdigest(),
    }
    signed = sign(
        Request("GET", "/test.txt"),
        headers,
        "us-east-1",
        Keys("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"),
        datetime(2013, 5, 24, tzinfo=UTC),
    )
    assert signed["authorization"] == (
        "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,"
        "SignedHeaders=host;range;x-amz-content-sha256;x-amz-date,"
        "Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"
    )


def test_a_listing_is_signed_with_its_query():
    """«GET Bucket (List Objects)» in the same place."""
    signed = sign(
        Request("GET", "/", {"prefix": "J", "max-keys": "2"}),
        {"host": "examplebucket.s3.amazonaws.com", "x-amz-content-sha256": hashlib.sha256(b"").hexdigest()},
        "us-east-1",
        Keys("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"),
        datetime(2013, 5, 24, tzinfo=UTC),
    )
    assert signed["authorization"].endswith("34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7")


class Bucket(ThreadingHTTPServer):
    """A small S3: checks every signature and every digest; ``faults`` are answers to give first."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.objects: dict[str, bytes] = {}
        self.faults: list[int] = []
        self.asked: list[str] = []
        self.knows_parts = True


class Handler(BaseHTTPRequestHandler):
    server: Bucket

    def log_message(self, *args):
        return

    def answer(self, status, body=b""):
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def allowed(self, body):
        parts = urlsplit(self.path)
        self.server.asked.append(self.command)
        if self.server.faults:
            status = self.server.faults.pop(0)
            if status:
                self.answer(status, b"<Code>SlowDown</Code>")
            else:
                self.close_connection = True
            return None
        stamp = datetime.strptime(self.headers["x-amz-date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
        digest = hashlib.sha256(body).hexdigest()
        expected = sign(
            Request(self.command, unquote(parts.path), dict(parse_qsl(parts.query, keep_blank_values=True))),
            {"host": self.headers["host"], "x-amz-content-sha256": digest},
            "cn-north",
            Keys(KEY, SECRET),
            stamp,
        )
        if self.headers["authorization"] != expected["authorization"]:
            self.answer(403, b"<Code>SignatureDoesNotMatch</Code>")
            return None
        return unquote(parts.path), dict(parse_qsl(parts.query))

    def do_PUT(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        asked = self.allowed(body)
        if asked:
            self.server.objects[asked[0]] = body
            self.answer(200)

    def do_GET(self):
        asked = self.allowed(b"")
        if not asked:
            return
        path, query = asked
        if "list-type" in query:
            keys = sorted(key.removeprefix("/dudao/") for key in self.server.objects)
            after = query.get("continuation-token", "")
            rest = [key for key in keys if key.startswith(query["prefix"]) and key > after]
            more = len(rest) > 2
            body = "".join(f"<Contents><Key>{key}</Key></Contents>" for key in rest[:2])
            body += f"<IsTruncated>{'true' if more else 'false'}</IsTruncated>"
            body += f"<NextContinuationToken>{rest[1]}</NextContinuationToken>" if more else ""
            self.answer(200, body.encode())
        elif path in self.server.objects:
            found = re.fullmatch(r"bytes=(\d+)-(\d+)", self.headers.get("Range", ""))
            body = self.server.objects[path]
            if found and self.server.knows_parts:
                self.answer(206, body[int(found[1]) : int(found[2]) + 1])
            else:
                self.answer(200, body)
        else:
            self.answer(404, b"<Code>NoSuchKey</Code>")


@pytest.fixture
def bucket(settings, tmp_path, monkeypatch):
    server = Bucket()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    monkeypatch.setenv("DUDAO_S3_KEY", KEY)
    monkeypatch.setenv("DUDAO_S3_SECRET", SECRET)
    monkeypatch.setattr("dudao.core.files.s3.time.sleep", lambda seconds: None)
    settings.FILES_ROOT = tmp_path / "files"
    settings.FILES_STORE = f"s3://dudao/岳阳?endpoint=http://127.0.0.1:{server.server_port}&region=cn-north"
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def test_files_go_to_the_bucket_and_come_back(bucket, db, tmp_path):
    stored = files.store(SimpleUploadedFile("甲.pdf", PDF))
    assert files.store(SimpleUploadedFile("乙.pdf", PDF)) == stored
    digest = hashlib.sha256(PDF).hexdigest()
    assert bucket.objects == {f"/dudao/岳阳/{digest[:2]}/{digest[2:4]}/{digest}": PDF}
    with files.opened(stored, check=True) as stream:
        assert stream.read() == PDF
    answer = files.serve(stored, "甲.pdf")
    assert b"".join(answer.streaming_content) == PDF
    answer.close()
    assert list((tmp_path / "files/incoming").iterdir()) == []


@pytest.mark.parametrize("knows_parts", [True, False])
def test_a_part_is_all_that_is_fetched_where_the_server_can(bucket, db, knows_parts):
    bucket.knows_parts = knows_parts
    stored = files.store(SimpleUploadedFile("甲.pdf", PDF))
    for asked, wanted in (("bytes=5-9", PDF[5:10]), ("bytes=-4", PDF[-4:]), ("bytes=0-", PDF)):
        request = RequestFactory().get("/", headers={"Range": asked})
        answer = files.serve(stored, "甲.pdf", request=request)
        assert answer.status_code == 206 and b"".join(answer.streaming_content) == wanted
        answer.close()


def test_the_bucket_is_verified_like_a_folder(bucket, db):
    good, lost, bad = (files.store(SimpleUploadedFile("甲.pdf", PDF + word)) for word in (b"1", b"2", b"3"))
    for path in list(bucket.objects):
        if path.endswith(lost.digest):
            del bucket.objects[path]
        elif path.endswith(bad.digest):
            bucket.objects[path] = b"changed"
    orphan = files.keep(b"nobody", "text/plain")
    StoredFile.objects.filter(pk=orphan.pk).delete()
    report = files.verify()
    assert (report.missing, report.altered, report.orphans) == ([lost.digest], [bad.digest], [orphan.digest])
    assert good.digest in set(files.the_store().digests())
    with pytest.raises(Missing):
        files.opened(lost)


def test_an_overloaded_or_broken_server_is_asked_again(bucket, db):
    bucket.faults = [503, 0]
    stored = files.store(SimpleUploadedFile("甲.pdf", PDF))
    bucket.faults = [500]
    with files.opened(stored) as stream:
        assert stream.read() == PDF
    assert bucket.asked == ["PUT", "PUT", "PUT", "GET", "GET"]


def test_a_server_that_stays_away_refuses_the_upload(bucket, db, caplog):
    bucket.faults = [503] * 3
    with pytest.raises(FileRefused, match="文件存储暂时没有响应"):
        files.store(SimpleUploadedFile("甲.pdf", PDF))
    assert not StoredFile.objects.exists()
    assert "SlowDown" in caplog.text


def test_wrong_credentials_are_not_tried_again(bucket, db, monkeypatch):
    store = S3Store.from_url(f"s3://dudao?endpoint=http://127.0.0.1:{bucket.server_port}", Path("/tmp"))
    with pytest.raises(Unavailable, match="SignatureDoesNotMatch"):
        store.open("ab" * 32)
    assert bucket.asked == ["GET"]


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("https://bucket", "must look like"),
        ("s3:///x", "must look like"),
        ("s3://bucket/x", "needs endpoint"),
        ("s3://bucket?endpoint=ftp://x", "needs endpoint"),
        ("s3://bucket?endpoint=https://x/path", "without a path"),
        ("s3://bucket?endpoint=https://x", "DUDAO_S3_KEY"),
    ],
)
def test_a_wrong_setting_says_what_is_missing(url, words, monkeypatch):
    monkeypatch.delenv("DUDAO_S3_KEY", raising=False)
    with pytest.raises(ValueError, match=words):
        S3Store.from_url(url, Path("/tmp"))
