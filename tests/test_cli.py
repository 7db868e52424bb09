"""The command line as people use it: a process of its own, its words, its exit codes, and what it leaves behind (nothing)."""

import json
import os
import re
import signal
import socket
import stat
import subprocess
import sys
import time
from contextlib import suppress
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from dudao.cli.main import build_parser
from dudao.core.preflight import is_loopback, problems, warnings
from processes import free_port, is_child_of, open_folder, run, running_under, serving, slow_forms, wait_for
from ready import copy_city

SECRET = "Kq7-" + "".join(chr(97 + number % 26) for number in range(60))
PRODUCTION = {"DUDAO_SECRET_KEY": SECRET, "DUDAO_ALLOWED_HOSTS": "jiaoyududao.example.cn"}

PLAN = """某某市人民政府教育督导委员会办公室
某某市2026年教育督导工作要点

一、健全工作机制
1. 配齐督学队伍。一是按照督学与学校数 1:5 的比例配备督学。二是每个责任区聘用 2 名专职督学。
"""


@pytest.fixture
def place():
    with open_folder() as folder:
        yield folder


def verbs_of(parser, path=()):
    """Every verb with its path, groups included."""
    for action in parser._actions:
        for name, sub in (action.choices or {}).items() if hasattr(action, "_name_parser_map") else ():
            yield (*path, name), sub
            yield from verbs_of(sub, (*path, name))


class TestHelp:
    def test_every_verb_has_a_help_in_both_languages(self, monkeypatch):
        found = {}
        for language in ("en_US.UTF-8", "zh_CN.UTF-8"):
            monkeypatch.setenv("LC_ALL", language)
            for path, verb in verbs_of(build_parser()):
                found.setdefault(path, []).append(verb.description)
                for action in verb._actions:
                    assert action.help or action.dest in {"file", "command"} or action.choices, (path, action)
        assert ("plan", "parse") in found and ("demo",) in found
        for path, (english, chinese) in found.items():
            assert english.isascii(), path
            assert re.search(r"[\u4e00-\u9fff]", chinese), path

    def test_chinese_by_locale(self):
        assert run("--help", env={"LANG": "zh_CN.UTF-8"}).stdout.startswith("用法：dudao")
        assert run("--help", env={"LANG": "zh_CN.UTF-8", "LC_ALL": "C"}).stdout.startswith("usage: dudao")

    def test_a_wrong_argument_says_so_in_the_readers_language(self):
        done = run("web", "--port", "70000", env={"LANG": "zh_CN.UTF-8"})
        assert done.returncode == 2
        assert "“70000”不是端口号" in done.stderr


class TestPlanParse:
    def test_prints_json_without_settings_or_database(self, tmp_path):
        source = tmp_path / "要点.txt"
        source.write_text(PLAN, encoding="utf-8")
        done = run("plan", "parse", source, "--json", cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        plan = json.loads(done.stdout)
        assert plan["year"] == 2026
        assert [len(section["points"]) for section in plan["sections"]] == [1]
        assert len(plan["sections"][0]["points"][0]["items"]) == 2
        assert list(tmp_path.iterdir()) == [source]

    def test_prints_an_outline(self, tmp_path):
        source = tmp_path / "plan.txt"
        source.write_text(PLAN, encoding="utf-8")
        assert "共 1 个部分，1 个要点，2 项。" in run("plan", "parse", source).stdout
        source.write_text(
            "2026年计划\n一、督政\n（一）评价\n1. 开展评价。按时。\n2. 整改。逐项。\n"
            "（二）均衡\n1. 自评。按时。\n二、会议\n开会一次。\n"
        )
        said = run("plan", "parse", source).stdout
        assert "None" not in said
        assert "  （一）评价\n  1 开展评价（0 项）\n  2 整改（0 项）\n  （二）均衡\n  1 自评（0 项）\n" in said

    @pytest.mark.parametrize(
        ("name", "content"), [("empty.txt", b""), ("fake.docx", b"not a zip"), ("old.doc", b"\xd0\xcf\x11\xe0" * 200)]
    )
    def test_a_bad_file_gets_a_message_and_code_2(self, tmp_path, name, content):
        (tmp_path / name).write_bytes(content)
        done = run("plan", "parse", tmp_path / name)
        assert done.returncode == 2
        assert name in done.stderr and "Traceback" not in done.stderr

    def test_a_missing_file_a_folder_and_a_huge_file(self, tmp_path):
        huge = tmp_path / "huge.txt"
        with huge.open("wb") as file:
            file.truncate(300 * 1024 * 1024)
        for path in (tmp_path / "none.txt", tmp_path, huge):
            done = run("plan", "parse", path)
            assert done.returncode == 2 and str(path) in done.stderr and "Traceback" not in done.stderr


class TestRefusals:
    """Production does not start when it would not be safe; each case is a real start in a real process."""

    @pytest.mark.parametrize(
        ("env", "words"),
        [
            ({}, "DUDAO_SECRET_KEY is missing or weak"),
            ({**PRODUCTION, "DUDAO_SECRET_KEY": "short"}, "DUDAO_SECRET_KEY is missing or weak"),
            ({**PRODUCTION, "DUDAO_SECRET_KEY": "a" * 80}, "DUDAO_SECRET_KEY is missing or weak"),
            ({**PRODUCTION, "DUDAO_ALLOWED_HOSTS": "*"}, "DUDAO_ALLOWED_HOSTS is missing or open to all"),
            ({**PRODUCTION, "DUDAO_DEBUG": "1"}, "DUDAO_DEBUG=1 is refused"),
            ({**PRODUCTION, "DATABASE_URL": "sqlite:///x"}, "must start with postgresql://"),
            ({**PRODUCTION, "DUDAO_MODE": "fast"}, "use production, demo or test"),
        ],
    )
    @pytest.mark.parametrize("verb", ["serve", "web"])
    def test_unsafe_settings(self, tmp_path, verb, env, words):
        done = run(verb, "--data", tmp_path / "data", "--port", free_port(), env=env)
        assert done.returncode == 2
        assert words in done.stderr
        assert not (tmp_path / "data").exists(), "nothing may be made by a start that was refused"

    @pytest.mark.parametrize("host", ["0.0.0.0", "::", "10.1.2.3", "dudao.example.cn"])
    def test_the_embedded_database_on_a_public_address(self, tmp_path, host):
        done = run("serve", "--data", tmp_path / "data", "--host", host, env={**PRODUCTION, "LANG": "zh_CN.UTF-8"})
        assert done.returncode == 2
        assert "内置数据库不能用于对外地址" in done.stderr

    def test_settings_refuse_by_themselves_too(self):
        for env in ({}, {**PRODUCTION, "DUDAO_SECRET_KEY": "x" * 60}, {**PRODUCTION, "DUDAO_DEBUG": "1"}):
            done = subprocess.run(
                [sys.executable, "-c", "import dudao.settings"],
                env={"PATH": os.environ["PATH"], "DATABASE_URL": "postgresql:///x", **env},
                capture_output=True,
                text=True,
                check=False,
            )
            assert done.returncode == 1 and "ImproperlyConfigured" in done.stderr

    def test_good_settings_pass(self):
        assert problems({**PRODUCTION, "DATABASE_URL": "postgresql:///x"}, host="0.0.0.0") == []
        assert problems(PRODUCTION, host="127.0.0.1") == []

    def test_what_is_loopback(self):
        assert all(is_loopback(host) for host in ("localhost", "127.0.0.1", "127.8.8.8", "::1"))
        assert not any(is_loopback(host) for host in ("0.0.0.0", "::", "192.168.1.5", "localhost.example.cn", ""))

    def test_a_port_that_is_taken(self, tmp_path):
        with socket.socket() as other:
            other.bind(("127.0.0.1", 0))
            other.listen()
            port = other.getsockname()[1]
            done = run("demo", "--data", tmp_path / "data", "--port", port)
        assert done.returncode == 2 and f"127.0.0.1:{port}" in done.stderr

    def test_a_folder_that_is_no_demo_stays_as_it_is(self, tmp_path):
        (tmp_path / "letter.txt").write_text("keep me")
        done = run("demo", "--data", tmp_path, "--port", free_port())
        assert done.returncode == 2 and list(tmp_path.iterdir()) == [tmp_path / "letter.txt"]


def test_secret_is_strong_and_never_the_same():
    first, second = run("secret").stdout.strip(), run("secret").stdout.strip()
    assert first != second
    assert problems({**PRODUCTION, "DUDAO_SECRET_KEY": first}) == []


def test_a_start_behind_a_proxy_that_is_not_named_is_warned_of():
    assert "DUDAO_TRUSTED_PROXIES" in warnings(PRODUCTION)[0].chinese
    assert warnings({**PRODUCTION, "DUDAO_TRUSTED_PROXIES": "127.0.0.1"}) == []
    assert warnings({**PRODUCTION, "DUDAO_HTTPS": "0"}) == [] == warnings({"DUDAO_MODE": "demo"})


@pytest.mark.city
@pytest.mark.timeout(500)
def test_a_demo_is_built_served_and_ended_in_order(place):
    """What the first start left behind; log-in page (beside slow forms as well), a killed web process that comes back, an orderly
    end, log, backup.
    """
    data, port = place / "data", free_port()
    built = copy_city(data)
    logins = data / "demo-logins.txt"
    assert stat.S_IMODE(logins.stat().st_mode) == 0o600
    assert stat.S_IMODE((data / "secret.key").stat().st_mode) == 0o600
    assert list((data / "files").iterdir())
    assert stat.S_IMODE((data / "files").stat().st_mode) == 0o700, "nobody else reaches what was handed in"
    assert logins.read_text() in built, "the passwords are shown once"
    assert re.search(r"▸ .* … \d+\.\d s", built), "it says what it does, with seconds"

    with serving(data, port) as (_, log):
        assert "密码" in wait_for(f"http://127.0.0.1:{port}/login/", _, log)
        with slow_forms(port):
            for look in range(10):
                with urlopen(f"http://127.0.0.1:{port}/login/", timeout=100) as answer:
                    assert "密码" in answer.read().decode(), f"page {look} beside slow forms"
        printed = log.read_text()
        assert "building the demo city" not in printed, "what is there isn't built again"
        assert logins.read_text().split("\n")[3] not in printed, "passwords are shown once only"
        for path in ("units/?q=wang-xiaoming", "people/wang-xiaoming/", "login/?next=/wang-xiaoming/"):
            with suppress(HTTPError):
                urlopen(f"http://127.0.0.1:{port}/{path}").read()
        with pytest.raises(HTTPError):
            urlopen(Request(f"http://127.0.0.1:{port}/login/", data=b"username=wang-xiaoming&password=Geheim-12345"))
        written = "".join(line for line in log.read_text().removeprefix(printed).splitlines() if "Ready" not in line)
        for personal in ("wang-xiaoming", "Geheim", "127.0.0.1"):
            assert personal not in written, "the process log holds no personal data"

        (web,) = [pid for pid, command in running_under(data) if "dudao.cli web" in command and is_child_of(pid, _.pid)]
        os.kill(web, signal.SIGKILL)
        time.sleep(1)
        wait_for(f"http://127.0.0.1:{port}/login/", _, log)
        assert "restarting" in log.read_text()

        again = run("demo", "--data", data, "--port", port)
        assert again.returncode == 2, "the port is taken"
    assert running_under(data) == [], "neither web, worker nor database may be left behind"

    verified = run("audit", "verify", "--data", data)
    assert verified.returncode == 0 and "the chain is whole" in verified.stdout
    assert run("files", "verify", "--data", data).returncode == 0
    broken = run("manage", "--data", data, "shell", "-c", BREAK_A_LINK)
    assert broken.returncode == 0, broken.stderr
    verified = run("audit", "verify", "--data", data)
    assert verified.returncode == 1 and "Broken at event 7 " in verified.stdout


BREAK_A_LINK = """
from django.db import connection
with connection.cursor() as cursor:
    cursor.execute("SET session_replication_role = replica")
    cursor.execute("UPDATE core_event SET reason = 'forged' WHERE id = 7")
"""


@pytest.mark.city
@pytest.mark.timeout(500)
def test_a_backup_restores_into_an_empty_place_and_nowhere_else(place):
    source, target = place / "source", place / "target"
    copy_city(source)
    (source / "files" / "ab").mkdir(parents=True, exist_ok=True)
    (source / "files" / "ab" / "cd").write_bytes(b"evidence")
    archive = place / "backup.tar"
    done = run("backup", archive, "--data", source)
    assert done.returncode == 0, done.stderr
    assert stat.S_IMODE(archive.stat().st_mode) == 0o600
    assert run("backup", archive, "--data", source).returncode == 2, "an existing file is never written over"

    refused = run("restore", archive, "--data", source)
    assert refused.returncode == 2 and "not empty" in refused.stderr
    env = {**PRODUCTION}
    done = run("restore", archive, "--data", target, env=env)
    assert done.returncode == 0, done.stderr
    assert (target / "files" / "ab" / "cd").read_bytes() == b"evidence"
    here = run("manage", "--data", source, "shell", "-v", "0", "-c", COUNT)
    there = run("manage", "--data", target, "shell", "-v", "0", "-c", COUNT, env=env)
    assert re.fullmatch(r"\d{3,} \d{3,} [0-9a-f]{64}\n", here.stdout), here.stderr
    assert here.stdout == there.stdout
    assert run("audit", "verify", "--data", target, env=env).returncode == 0


COUNT = """
from dudao.orgs.models import Unit
from dudao.core.models import Event
print(Unit.objects.count(), Event.objects.count(), Event.objects.first().digest)
"""


@pytest.mark.city
@pytest.mark.timeout(500)
def test_the_first_administrators_of_a_real_platform(place):
    env = {**PRODUCTION, "LANG": "zh_CN.UTF-8"}
    data = place / "data"
    assert run("serve", "--data", data, "--port", free_port(), env=env).returncode == 2, "tables are missing"
    assert run("migrate", "--data", data, env=env).returncode == 0
    made = run("admin", "create", "--data", data, "--city", "某某市", "--code", "999900", env=env)
    assert made.returncode == 2 and "省级区划代码" in made.stderr
    made = run("admin", "create", "--data", data, "--city", "某某市", env=env)
    assert made.returncode == 0, made.stderr
    codes = re.findall(r"([A-Z2-9]{4}(?:-[A-Z2-9]{4}){2})", made.stdout)
    assert len(set(codes)) == 3
    assert all(label in made.stdout for label in ("系统管理员", "安全管理员", "审计管理员"))
    again = run("admin", "create", "--data", data, "--city", "某某市", env=env)
    assert again.returncode == 2 and "都已存在" in again.stderr
    login, code = re.search(r"审计管理员\s+(\S+)\s+(\S+)", made.stdout).groups()
    reset = run("admin", "reset", login, "--second-factor", "--data", data, env=env)
    assert reset.returncode == 0 and login in reset.stdout and code not in reset.stdout
    nobody = run("admin", "reset", "nobody", "--data", data, env=env)
    assert nobody.returncode == 2 and "没有登录名" in nobody.stderr
    other = run("admin", "create", "--data", data, "--city", "别的市", env=env)
    assert other.returncode == 2 and "某某市" in other.stderr
