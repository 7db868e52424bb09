"""The verbs that keep what is there: event log, administrators, files, backup and restore."""

import argparse
import os
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from psycopg.conninfo import conninfo_to_dict, make_conninfo

from dudao.cli.environment import Refused, connect, data_folder, prepare, step
from dudao.cli.language import t
from dudao.core import embedded

if TYPE_CHECKING:
    from dudao.orgs.models import Unit

DUMP = "database.dump"
_TIMEOUT = b"SET transaction_timeout = 0;\n"


def _open(arguments: argparse.Namespace) -> Path:
    data = data_folder(arguments.data)
    prepare(data)
    connect(data)
    return data


def verify_audit(arguments: argparse.Namespace) -> int:
    """1 when the chain is broken."""
    _open(arguments)
    from dudao.core import audit

    checked, broken = audit.verify()
    if broken is None:
        print(t(f"{checked} events checked, the chain is whole.", f"共校验 {checked} 条操作记录，链条完整。"))
        return 0
    print(
        t(
            f"Broken at event {broken.event_id} (after {checked} good ones): {broken.why}",
            f"第 {broken.event_id} 号记录处断开（此前 {checked} 条完好）：{broken.why}",
        )
    )
    return 1


@contextmanager
def _access() -> Iterator[tuple[str, dict[str, str]]]:
    """How PostgreSQL's programs reach the database: the connection, and an environment with the password in a file of its own,
    since everybody on the machine reads arguments.
    """
    parts = conninfo_to_dict(os.environ["DATABASE_URL"])
    password = str(parts.pop("password", None) or "")
    with tempfile.NamedTemporaryFile("w", encoding="utf-8") as file:
        file.write("*:*:*:*:" + password.replace("\\", "\\\\").replace(":", "\\:") + "\n")
        file.flush()
        yield make_conninfo("", **parts), {**os.environ, **({"PGPASSFILE": file.name} if password else {})}


def _failed(program: Path, said: str) -> Refused:
    return Refused(t(f"{program.name} failed:\n{said}", f"{program.name} 失败：\n{said}"))


def _dump(target: Path) -> None:
    """Written by the client of the server's own version where there is one: its tools read the archive then."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version_num')::integer / 10000")
        program = embedded.program("pg_dump", cursor.fetchone()[0])
    with _access() as (where, env):
        command = [str(program), "--format=custom", "--no-owner", f"--file={target}", f"--dbname={where}"]
        done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        raise _failed(program, done.stderr)


def _undump(source: Path) -> None:
    """All or nothing, by the newest client, which reads what every older one wrote. It sets a parameter that servers before
    version 17 don't know; the line is left out.
    """
    reader, writer = embedded.program("pg_restore"), embedded.program("psql")
    with _access() as (where, env), tempfile.TemporaryFile() as errors:
        read = subprocess.Popen(  # noqa: S603
            [reader, "--no-owner", "--file=-", source], env=env, stdout=subprocess.PIPE, stderr=errors
        )
        write = subprocess.Popen(  # noqa: S603
            [writer, "--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1", f"--dbname={where}"],
            env=env,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=errors,
        )
        assert read.stdout is not None and write.stdin is not None
        with suppress(BrokenPipeError), write.stdin:
            for line in read.stdout:
                if line != _TIMEOUT:
                    write.stdin.write(line)
            if read.wait():
                # psql would take the end of its input for the end of the work, and commit.
                write.kill()
        read.stdout.close()
        codes = {reader: read.wait(), writer: write.wait()}
        errors.seek(0)
        said = errors.read().decode(errors="replace")
    for program, code in codes.items():
        if code:
            raise _failed(program, said)


def backup(arguments: argparse.Namespace) -> int:
    """One tar: the database as pg_dump writes it, then the files. The dump is taken first, so that every file it names is
    there: files are never changed in place.
    """
    data = _open(arguments)
    target: Path = arguments.file
    if target.exists():
        raise Refused(t(f"{target} exists already; choose another name.", f"{target} 已存在，请换一个文件名。"))
    if not target.absolute().parent.is_dir():
        raise Refused(
            t(
                f"There is no folder {target.absolute().parent}; make it first.",
                f"没有目录 {target.absolute().parent}，请先建立。",
            )
        )
    unfinished = target.with_name(f"{target.name}.part")
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        dump = Path(folder) / DUMP
        with step("dumping the database", "导出数据库"):
            _dump(dump)
        with step("collecting the files", "收集附件"):
            descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "wb") as raw, tarfile.open(fileobj=raw, mode="w") as archive:
                archive.add(dump, arcname=DUMP)
                if (data / "files").is_dir():
                    archive.add(data / "files", arcname="files")
    unfinished.rename(target)
    print(t(f"Backup in {target}", f"备份完成：{target}"))
    return 0


def restore(arguments: argparse.Namespace) -> int:
    """Only into an empty database and an empty file store: a restore never writes over anything."""
    data = _open(arguments)
    from django.db import connection, connections

    if connection.introspection.table_names():
        raise Refused(
            t(
                "The database is not empty. Restore into a new one (another --data or DATABASE_URL).",
                "数据库不是空的。请恢复到新的数据库（另设 --data 或 DATABASE_URL）。",
            )
        )
    connections.close_all()
    files = data / "files"
    if files.is_dir() and any(files.iterdir()):
        raise Refused(t(f"{files} is not empty.", f"{files} 不是空的。"))
    data.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=data) as folder:
        try:
            with tarfile.open(arguments.file) as archive:
                if DUMP not in archive.getnames():
                    raise Refused(
                        t(f"{arguments.file} is no backup of dudao.", f"{arguments.file} 不是本平台的备份文件。")
                    )
                archive.extractall(folder, filter="data")
        except (OSError, tarfile.TarError) as error:
            raise Refused(t(f"Can't read {arguments.file}: {error}", f"无法读取 {arguments.file}：{error}")) from error
        with step("restoring the database", "恢复数据库"):
            _undump(Path(folder) / DUMP)
        with step("putting the files back", "恢复附件"):
            if (Path(folder) / "files").is_dir():
                shutil.copytree(Path(folder) / "files", files, dirs_exist_ok=True)
    print(
        t(
            "Restored. Run `dudao audit verify` and `dudao files verify`.",
            "恢复完成。请运行 `dudao audit verify` 和 `dudao files verify` 核对。",
        )
    )
    return 0


def create_admin(arguments: argparse.Namespace) -> int:
    """The city, when there is none yet, and whoever of its three administrators is missing."""
    _open(arguments)
    from django.core.exceptions import ValidationError

    from dudao.core.access import SYSTEM, Denied
    from dudao.orgs.models import Kind, Unit
    from dudao.people.actions import bootstrap_administrators

    try:
        city = Unit.objects.filter(kind=Kind.CITY, name=arguments.city).first()
        if city is None:
            city = _open_city(arguments.city, arguments.code)
        fresh = bootstrap_administrators(SYSTEM, city=city)
    except Denied as denied:
        raise Refused(denied.reason) from denied
    except ValidationError as error:
        raise Refused("\n".join(error.messages)) from error
    print(
        t(
            "One-time codes, shown only now. Log in with each within its validity and set a password:\n",
            "以下一次性登录码只显示这一次。请在有效期内分别登录并设置密码：\n",
        )
    )
    for login in fresh:
        print(f"  {login.role_label}  {login.username}  {login.code}")
    return 0


def reset_admin(arguments: argparse.Namespace) -> int:
    """Whoever owns the machine lets somebody in anew, past the two administrators that it takes on the pages."""
    _open(arguments)
    from dudao.core.access import SYSTEM, Denied
    from dudao.people.actions import reset_login
    from dudao.people.queries.register import account_of_username
    from dudao.people.secrets import one_time_code

    account, code = account_of_username(arguments.login), one_time_code()
    if account is None:
        raise Refused(t(f"There is no account “{arguments.login}”.", f"没有登录名为“{arguments.login}”的账号。"))
    try:
        reset_login(SYSTEM, account=account, code=code, second_factor=arguments.second_factor)
    except Denied as denied:
        raise Refused(denied.reason) from denied
    print(t("One-time code, shown only now:\n", "以下一次性登录码只显示这一次：\n"))
    print(f"  {account.name}  {account.username}  {code}")
    return 0


def _open_city(name: str, code: str) -> "Unit":
    from django.utils import timezone

    from dudao.core.access import SYSTEM
    from dudao.orgs.actions import open_unit
    from dudao.orgs.models import Kind, Unit

    present = Unit.objects.filter(kind=Kind.CITY).first()
    if present is not None:
        raise Refused(
            t(
                f"This platform belongs to {present.name} already; name that city.",
                f"本平台已建有“{present.name}”，请写这个名称。",
            )
        )
    # The 1st of January: what is entered this year stands under a city that exists.
    day = timezone.localdate().replace(month=1, day=1)
    return open_unit(SYSTEM, parent=None, kind=Kind.CITY, name=name, day=day, region_code=code)


def verify_files(arguments: argparse.Namespace) -> int:
    """1 when a file is missing or was altered. Files without a row are named, they do no harm."""
    _open(arguments)
    from dudao.core import files

    report = files.verify()
    for digest in report.missing:
        print(t(f"missing  {digest}", f"缺失　{digest}"))
    for digest in report.altered:
        print(t(f"altered  {digest}", f"被改动　{digest}"))
    for digest in report.orphans:
        print(t(f"unused   {digest}", f"无记录　{digest}"))
    bad = len(report.missing) + len(report.altered)
    print(
        t(
            f"{report.checked} files checked: {bad} bad, {len(report.orphans)} without a record.",
            f"共核对 {report.checked} 个附件：{bad} 个有问题，{len(report.orphans)} 个无记录。",
        )
    )
    return 0 if report.ok else 1
