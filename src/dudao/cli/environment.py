"""From arguments and environment to a running Django: data folder, mode, secret, database. Everything by environment
variables, so that child processes inherit it.
"""

import os
import secrets
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dudao.cli.language import t
from dudao.core import preflight


class Refused(Exception):
    """A command can't be carried out; the message says why and what to do."""


def data_folder(argument: str | None) -> Path:
    return Path(argument or os.environ.get("DUDAO_DATA") or "data").resolve()


def new_secret() -> str:
    return secrets.token_urlsafe(48)


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner can read, never readable by others even for a moment."""
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)


def mark_demo(data: Path) -> None:
    """Make the folder a demo's: its own secret, and a mark by which later commands know the mode."""
    data.mkdir(parents=True, exist_ok=True)
    secret = data / "secret.key"
    if not secret.exists():
        write_private(secret, new_secret())
    (data / "demo.mark").touch()


def prepare(data: Path, *, host: str | None = None, private: bool = True) -> None:
    """Set the environment for Django and refuse what must not run. Starts nothing.

    ``private``: files made from here on are their owner's alone. The embedded database, run by root, opens the data folder
    itself to a user of its own.
    """
    env = os.environ
    if private:
        os.umask(0o077)
    env["DUDAO_DATA"] = str(data)
    env.setdefault("DJANGO_SETTINGS_MODULE", "dudao.settings")
    if "DUDAO_MODE" not in env and (data / "demo.mark").exists():
        env["DUDAO_MODE"] = "demo"
    if env.get("DUDAO_MODE") == "demo" and "DUDAO_SECRET_KEY" not in env and (data / "secret.key").exists():
        env["DUDAO_SECRET_KEY"] = (data / "secret.key").read_text(encoding="utf-8").strip()
    found = preflight.problems(env, host=host)
    if found:
        raise Refused("\n".join(t(problem.english, problem.chinese) for problem in found))
    if host is not None and "DUDAO_SUPERVISED" not in env:
        for warning in preflight.warnings(env):
            print(t(f"Warning: {warning.english}", f"注意：{warning.chinese}"), file=sys.stderr)


def connect(data: Path) -> None:
    """Start or join the embedded database unless DATABASE_URL names one, then load Django."""
    if not os.environ.get("DATABASE_URL"):
        from dudao.core import embedded

        data.mkdir(parents=True, exist_ok=True)
        try:
            os.environ["DATABASE_URL"] = embedded.ensure_database(data)
        except embedded.NotStarted as error:
            raise Refused(
                t(f"The embedded database doesn't start:\n{error}", f"内置数据库无法启动：\n{error}")
            ) from error
    import django

    django.setup()


def said_of(error: BaseException) -> str | None:
    """Words for what whoever runs the machine can mend: the database, a folder. None for a fault of the program."""
    import psycopg

    cause = error if isinstance(error, psycopg.Error) else error.__cause__
    if isinstance(cause, psycopg.errors.UndefinedTable | psycopg.errors.UndefinedColumn):
        return t(
            "The database lacks tables or columns. Run `dudao migrate` first (after a backup).",
            "数据库还没有建表或结构未升级。请先备份，再运行 `dudao migrate`。",
        )
    if isinstance(cause, psycopg.OperationalError):
        return t(
            f"The database can't be reached. Check DATABASE_URL, and whether PostgreSQL runs:\n{cause}",
            f"连接不上数据库。请检查 DATABASE_URL 和 PostgreSQL 是否在运行：\n{cause}",
        )
    if isinstance(error, OSError) and error.filename:
        return t(f"{error.filename}: {error.strerror}", f"{error.filename}：{error.strerror}")
    return None


@contextmanager
def step(english: str, zh: str) -> Iterator[None]:
    """Say what is being done while it is done, and how long it took."""
    sys.stdout.write(f"▸ {t(english, zh)} … ")
    sys.stdout.flush()
    began = time.monotonic()
    try:
        yield
    except BaseException:
        sys.stdout.write(t("failed\n", "失败\n"))
        raise
    sys.stdout.write(t(f"{time.monotonic() - began:.1f} s\n", f"{time.monotonic() - began:.1f} 秒\n"))
    sys.stdout.flush()
