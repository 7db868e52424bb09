"""Backup and restore on every PostgreSQL of this machine, and words for what whoever runs it can mend."""

import re
import subprocess
from contextlib import contextmanager

import psycopg
import pytest

from dudao.core import embedded
from processes import free_port, open_folder, run
from test_cli import COUNT, PRODUCTION

PASSWORD = r"gehe:im\\98"
QUOTED = "gehe%3Aim%5C%5C98"


@pytest.fixture
def place():
    with open_folder() as folder:
        yield folder


@contextmanager
def server(major, folder):
    """A server of that version that asks for a password, as production's does; its port."""
    program = embedded.program("postgres", major)
    said = subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout
    if not re.search(rf"\) {major}\b", said):
        pytest.skip(f"no PostgreSQL {major} on this machine")
    with embedded._environment(LC_ALL="C.UTF-8"):
        wheel = embedded._wheel(folder)
        user = wheel.get_server(folder / "unused", start=False).system_user
    cluster, port = folder / "cluster", free_port()
    (folder / "password").write_text(PASSWORD)
    (folder / "password").chmod(0o644)
    folder.chmod(0o777)
    subprocess.run(
        [program.with_name("initdb"), "--auth=scram-sha-256", "--encoding=utf8", "-U", "postgres", "-D", cluster,
         f"--pwfile={folder / 'password'}", "--locale=C.UTF-8"],
        user=user, capture_output=True, check=True,
    )  # fmt: skip
    process = subprocess.Popen(
        [program, "-D", cluster, "-h", "127.0.0.1", "-p", str(port), "-k", cluster, "-c", "fsync=off"],
        user=user,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield port
    finally:
        process.terminate()
        process.wait(30)


def url(port, name):
    return f"postgresql://postgres:{QUOTED}@127.0.0.1:{port}/{name}"


def ready(port):
    for _ in range(300):
        try:
            return psycopg.connect(url(port, "postgres"), autocommit=True)
        except psycopg.OperationalError as error:
            said = error
            __import__("time").sleep(0.1)
    raise said


@pytest.mark.city
@pytest.mark.timeout(500)
@pytest.mark.parametrize("major", [15, 16, 17, 18])
def test_a_backup_of_a_server_restores_on_a_server_of_its_version(place, major):
    with server(major, place) as port, ready(port) as connection:
        for name in ("source", "target"):
            connection.execute(f"CREATE DATABASE {name}")
        source, target = ({**PRODUCTION, "DATABASE_URL": url(port, name)} for name in ("source", "target"))
        unmigrated = run("audit", "verify", "--data", place / "a", env=source)
        assert unmigrated.returncode == 2 and "dudao migrate" in unmigrated.stderr
        assert "Traceback" not in unmigrated.stderr
        done = run("migrate", "--data", place / "a", env=source)
        assert done.returncode == 0, done.stderr
        assert run("admin", "create", "--data", place / "a", "--city", "某某市", env=source).returncode == 0
        done = run("backup", place / "backup.tar", "--data", place / "a", env=source)
        assert done.returncode == 0, done.stderr
        done = run("restore", place / "backup.tar", "--data", place / "not" / "there", env=target)
        assert done.returncode == 0, done.stderr
        here = run("manage", "--data", place / "a", "shell", "-v", "0", "-c", COUNT, env=source)
        there = run("manage", "--data", place / "a", "shell", "-v", "0", "-c", COUNT, env=target)
        assert here.stdout == there.stdout != "", there.stderr

        connection.execute("ALTER USER postgres PASSWORD 'another'")
        wrong = run("backup", place / "second.tar", "--data", place / "a", env=source)
        assert wrong.returncode == 2 and "DATABASE_URL" in wrong.stderr
        assert "Traceback" not in wrong.stderr and "gehe" not in wrong.stderr


@pytest.mark.city
@pytest.mark.timeout(300)
def test_a_database_that_is_newer_than_the_code_is_not_served(place):
    env = {**PRODUCTION, "LANG": "zh_CN.UTF-8"}
    assert run("migrate", "--data", place, env=env).returncode == 0
    later = "from django.db.migrations.recorder import MigrationRecorder as R; from django.db import connection as c; "
    done = run("manage", "--data", place, "shell", "-c", f"{later}R(c).record_applied('core', '9999_later')", env=env)
    assert done.returncode == 0, done.stderr
    for verb in (("serve", "--port", free_port()), ("web", "--port", free_port()), ("worker",)):
        done = run(*verb, "--data", place, env=env)
        assert done.returncode == 2 and "core.9999_later" in done.stderr and "请安装新版本程序" in done.stderr


def test_a_server_that_is_not_there_is_told_in_words(tmp_path):
    env = {**PRODUCTION, "LANG": "zh_CN.UTF-8", "DATABASE_URL": f"postgresql://u:secret@127.0.0.1:{free_port()}/x"}
    done = run("migrate", "--data", tmp_path, env=env)
    assert done.returncode == 2 and "连接不上数据库" in done.stderr
    assert "Traceback" not in done.stderr and "secret" not in done.stderr


def test_a_folder_that_is_a_file_is_named(tmp_path):
    (tmp_path / "data").write_text("")
    done = run("migrate", "--data", tmp_path / "data", env=PRODUCTION)
    assert done.returncode == 2 and str(tmp_path / "data") in done.stderr and "Traceback" not in done.stderr
