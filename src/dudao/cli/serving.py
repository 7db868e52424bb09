"""The verbs that serve: demo, serve, web, worker, migrate, secret, manage."""

import argparse
import os
import sys
from pathlib import Path

from dudao.cli.environment import (
    Refused,
    connect,
    data_folder,
    mark_demo,
    new_secret,
    prepare,
    step,
    write_private,
)
from dudao.cli.language import t
from dudao.cli.processes import Supervisor, check_port, check_schema, collect_static, end_with_parent
from dudao.cli.processes import web as run_web
from dudao.cli.processes import worker as run_worker
from dudao.core import embedded

LOGINS = "demo-logins.txt"
SMALL = 0.05  # up to this scale the year has a third of its tasks


def _commands(arguments: argparse.Namespace, data: Path) -> dict[str, list[str]]:
    base = [sys.executable, "-m", "dudao.cli"]
    address = ["--host", arguments.host, "--port", str(arguments.port), "--workers", str(arguments.workers)]
    return {"web": [*base, "web", *address, "--data", str(data)], "worker": [*base, "worker", "--data", str(data)]}


def _url(host: str, port: int) -> str:
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104
    return f"http://{shown}:{port}/"


def demo(arguments: argparse.Namespace) -> int:
    """Everything from nothing to a served city, saying so on the way; the second time only the serving."""
    data = data_folder(arguments.data)
    os.environ["DUDAO_MODE"] = "demo"
    if not 0.01 <= arguments.scale <= 1:
        raise Refused(t("--scale must be between 0.01 and 1.", "--scale 须在 0.01 与 1 之间。"))
    if not arguments.build_only:
        check_port(arguments.host, arguments.port)
    if data.is_dir() and any(data.iterdir()) and not (data / "demo.mark").exists():
        raise Refused(
            t(
                f"{data} holds something that is no demo; choose an empty folder with --data.",
                f"{data} 里已有内容且不是演示数据，请用 --data 另选一个空目录。",
            )
        )
    mark_demo(data)
    prepare(data, host=arguments.host)
    print(t(f"Dudao demo, data in {data}", f"督导平台演示，数据目录 {data}"), flush=True)
    with step("starting the database", "启动数据库"):
        connect(data)
    with step("bringing its tables up to date", "更新数据库结构"):
        _migrate()
    _build_city(data, arguments.scale)
    with step("laying out the static files", "准备静态文件"):
        collect_static()
    if arguments.build_only:
        return 0

    url = _url(arguments.host, arguments.port)

    def ready() -> None:
        print(t(f"\nReady: {url}   (stop with Ctrl-C)", f"\n已就绪：{url}　（按 Ctrl-C 停止）"), flush=True)

    return _supervise(arguments, data, ready, url)


def _build_city(data: Path, scale: float) -> None:
    from dudao.demo.city import build_city, city_exists
    from dudao.demo.plan import TASKS

    logins = data / LOGINS
    if city_exists():
        print(t(f"The demo city is there; log-ins are in {logins}", f"演示城市已建好；登录信息见 {logins}"), flush=True)
        return
    made = build_city(scale=scale, say=step, tasks=TASKS if scale > SMALL else TASKS[::3])
    table = made.logins_table()
    write_private(logins, table)
    print(
        t(
            f"\nLog-ins (random passwords, shown this once, kept in {logins}):\n",
            f"\n登录信息（随机密码，只显示这一次，另存于 {logins}）：\n",
        )
    )
    print(table, flush=True)


def serve(arguments: argparse.Namespace) -> int:
    data = data_folder(arguments.data)
    prepare(data, host=arguments.host)
    check_port(arguments.host, arguments.port)
    connect(data)
    check_schema()
    collect_static()
    url = _url(arguments.host, arguments.port)

    def ready() -> None:
        print(t(f"Serving {url}", f"服务已启动：{url}"), flush=True)

    return _supervise(arguments, data, ready, url)


def _supervise(arguments: argparse.Namespace, data: Path, ready: object, url: str) -> int:
    from django.db import connections

    connections.close_all()
    # What has been laid out and checked here needn't be done again by the children. They use an embedded database in their own
    # name, so that it outlives a parent that is killed until they are through.
    os.environ["DUDAO_SUPERVISED"] = "1"
    if embedded.in_use():
        del os.environ["DATABASE_URL"]
    return Supervisor(_commands(arguments, data)).run(ready, probe=f"{url}login/")  # type: ignore[arg-type]


def _supervised() -> bool:
    if "DUDAO_SUPERVISED" not in os.environ:
        return False
    end_with_parent()
    return True


def web(arguments: argparse.Namespace) -> int:
    supervised = _supervised()
    data = data_folder(arguments.data)
    prepare(data, host=arguments.host)
    connect(data)
    if not supervised:
        check_port(arguments.host, arguments.port)
        check_schema()
        collect_static()
    run_web(arguments.host, arguments.port, arguments.workers)
    return 0


def worker(arguments: argparse.Namespace) -> int:
    supervised = _supervised()
    data = data_folder(arguments.data)
    prepare(data)
    connect(data)
    if not supervised:
        check_schema()
    run_worker()
    return 0


def _migrate() -> None:
    from django.core.management import call_command

    call_command("migrate", interactive=False, verbosity=0)


def migrate(arguments: argparse.Namespace) -> int:
    data = data_folder(arguments.data)
    prepare(data)
    connect(data)
    with step("bringing the database up to date", "更新数据库结构"):
        _migrate()
    return 0


def secret(arguments: argparse.Namespace) -> int:
    print(new_secret())
    return 0


def manage(arguments: argparse.Namespace) -> int:
    from django.core.management import execute_from_command_line

    data = data_folder(arguments.data)
    prepare(data, private=False)
    connect(data)
    execute_from_command_line(["dudao manage", *arguments.command])
    return 0
