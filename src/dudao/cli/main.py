"""The verbs of ``dudao`` and their help, in Chinese and English by locale."""

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path

from dudao.cli.environment import Refused, said_of
from dudao.cli.language import localize_argparse, t

Handler = Callable[[argparse.Namespace], int | None]


def main(argv: Sequence[str] | None = None) -> int:
    """Run one verb. 0: done; 1: done, and the answer is bad news; 2: the command can't be carried out."""
    localize_argparse()
    arguments = _parsed(argv)
    try:
        return arguments.handler(arguments) or 0
    except Refused as refusal:
        sys.stderr.write(f"{refusal}\n")
        return 2
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # The reader went away (`| head`): nothing is wrong, and nothing more can be said.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except Exception as error:
        words = said_of(error)
        if words is None:
            raise
        sys.stderr.write(f"{words}\n")
        return 2


def _parsed(argv: Sequence[str] | None) -> argparse.Namespace:
    """argparse takes no files of a list after an option between them: what is left over and no option belongs to the list."""
    parser = build_parser()
    arguments, left = parser.parse_known_args(argv)
    if not left:
        return arguments
    if not hasattr(arguments, "files") or any(word.startswith("-") for word in left):
        return parser.parse_args(argv)
    arguments.files += left
    return arguments


def _port(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(t(f"“{text}” is no port (1-65535)", f"“{text}”不是端口号（1—65535）"))
    return int(text)


def _count(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 64:
        raise argparse.ArgumentTypeError(t(f"“{text}” is no number of 1-64", f"“{text}”不是 1—64 的整数"))
    return int(text)


def build_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="dudao",
        description=t(
            "The working platform of a municipal education supervision office.", "市人民政府教育督导机构的工作平台。"
        ),
        epilog=t(
            "Every verb has its own help: dudao VERB --help. Settings come from the environment: DATABASE_URL, "
            "DUDAO_DATA, DUDAO_SECRET_KEY, DUDAO_ALLOWED_HOSTS (see docs/operations.md).",
            "每个命令都有自己的帮助：dudao 命令 --help。配置用环境变量给出：DATABASE_URL、DUDAO_DATA、"
            "DUDAO_SECRET_KEY、DUDAO_ALLOWED_HOSTS（见 docs/operations.md）。",
        ),
    )
    parser.add_argument("--version", action="version", version=f"dudao {version('dudao')}")
    verbs = parser.add_subparsers(title=t("verbs", "命令"), metavar=t("VERB", "命令"), required=True)
    _serving(verbs)
    _plans(verbs)
    _calculations(verbs)
    _packs(verbs)
    _evaluations(verbs)
    _keeping(verbs)
    return parser


def _add(
    verbs: "argparse._SubParsersAction[argparse.ArgumentParser]",
    name: str,
    handler: Handler | None,
    summary: str,
    *,
    data: bool = True,
    more: str = "",
) -> argparse.ArgumentParser:
    verb = verbs.add_parser(name, help=summary, description=f"{summary} {more}".strip())
    if data:
        verb.add_argument(
            "--data",
            metavar=t("FOLDER", "目录"),
            help=t("data folder (default: $DUDAO_DATA, else ./data)", "数据目录（默认取 $DUDAO_DATA，否则为 ./data）"),
        )
    if handler is not None:
        verb.set_defaults(handler=handler)
    return verb


def _group(
    verbs: "argparse._SubParsersAction[argparse.ArgumentParser]", name: str, summary: str
) -> "argparse._SubParsersAction[argparse.ArgumentParser]":
    group = _add(verbs, name, None, summary, data=False)
    return group.add_subparsers(title=t("verbs", "命令"), metavar=t("VERB", "命令"), required=True)


def _packs(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    from dudao.cli import packs

    packs.register(_group(verbs, "packs", t("standards shipped with the platform", "随平台提供的国家和地方标准")), _add)


def _evaluations(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    from dudao.cli import evaluations

    evaluations.register(_group(verbs, "evaluation", t("supervision campaigns", "督导项目")), _add)


def _address(verb: argparse.ArgumentParser) -> None:
    verb.add_argument(
        "--host",
        default="127.0.0.1",
        metavar=t("ADDRESS", "地址"),
        help=t("address to listen on (default: 127.0.0.1)", "监听地址（默认 127.0.0.1）"),
    )
    verb.add_argument(
        "--port",
        type=_port,
        default=8000,
        metavar=t("PORT", "端口"),
        help=t("port to listen on (default: 8000)", "监听端口（默认 8000）"),
    )
    verb.add_argument(
        "--workers",
        type=_count,
        default=2,
        metavar=t("N", "个数"),
        help=t("web processes (default: 2)", "网页进程数（默认 2）"),
    )


def _serving(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    from dudao.cli import serving

    demo = _add(
        verbs,
        "demo",
        serving.demo,
        t("Make the demo city when there is none, and serve it.", "建立演示城市（如还没有）并启动服务。"),
        more=t("The data are kept for the next start.", "数据会保留，下次启动继续使用。"),
    )
    _address(demo)
    demo.add_argument(
        "--scale",
        type=float,
        default=1.0,
        metavar=t("FACTOR", "比例"),
        help=t(
            "share of the institutions to make, 0.01 to 1 (default: 1, about 2,600)",
            "生成多大比例的学校，0.01 至 1（默认 1，约 2600 所）",
        ),
    )
    demo.add_argument(
        "--build-only", action="store_true", help=t("make the city, serve nothing", "只建立演示城市，不启动服务")
    )
    _address(_add(verbs, "serve", serving.serve, t("Run web and worker together.", "同时运行网页服务和后台任务。")))
    _address(
        _add(
            verbs,
            "web",
            serving.web,
            t("Run the web server alone.", "只运行网页服务。"),
            more=t("As many as wanted, on as many hosts as wanted.", "可在多台主机上各运行多个。"),
        )
    )
    _add(
        verbs,
        "worker",
        serving.worker,
        t("Run the background worker alone.", "只运行后台任务。"),
        more=t("As many as wanted, on as many hosts as wanted.", "可在多台主机上各运行多个。"),
    )
    _add(verbs, "migrate", serving.migrate, t("Bring the database up to date.", "升级数据库结构。"))
    _add(
        verbs,
        "secret",
        serving.secret,
        t("Print a new random secret for DUDAO_SECRET_KEY.", "生成一个新的随机密钥，供 DUDAO_SECRET_KEY 使用。"),
        data=False,
    )
    manage = _add(
        verbs,
        "manage",
        serving.manage,
        t("Run a management command of Django (for developers).", "运行 Django 管理命令（供开发人员使用）。"),
    )
    manage.add_argument("command", nargs=argparse.REMAINDER, metavar=t("COMMAND", "命令"))


def _plans(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    def parse_plan(arguments: argparse.Namespace) -> int:
        # Imported when called: it takes longer to load than the rest of the command line.
        from dudao.cli import documents

        return documents.parse_plan(arguments)

    plan = _group(verbs, "plan", t("Work plans.", "年度工作要点。"))
    parse = _add(
        plan,
        "parse",
        parse_plan,
        t(
            "Read a work plan (.txt, .docx): sections, points, items, targets.",
            "识别工作要点文件（.txt、.docx）：部分、要点、事项、目标。",
        ),
        data=False,
    )
    parse.add_argument("file", type=Path, metavar=t("FILE", "文件"))
    parse.add_argument("--json", action="store_true", help=t("print JSON", "以 JSON 输出"))


def _calculations(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    from dudao.cli.calculations import register

    register(verbs, _add)


def _keeping(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    from dudao.cli import keeping

    audit = _group(verbs, "audit", t("The event log.", "操作记录。"))
    _add(
        audit,
        "verify",
        keeping.verify_audit,
        t("Walk the chain of events and name the first broken link.", "逐条校验操作记录的链条，指出第一处断点。"),
    )
    admin = _group(verbs, "admin", t("Administrators.", "管理员。"))
    create = _add(
        admin,
        "create",
        keeping.create_admin,
        t(
            "Make the first administrators of an empty platform, each with a one-time code.",
            "为空平台建立首批管理员，并给出一次性登录码。",
        ),
    )
    create.add_argument(
        "--city",
        required=True,
        metavar=t("NAME", "名称"),
        help=t("name of the city, for example 岳阳市", "市的名称，如 岳阳市"),
    )
    create.add_argument(
        "--code",
        default="",
        metavar=t("CODE", "代码"),
        help=t("its code of GB/T 2260, for example 430600", "市的行政区划代码，如 430600"),
    )
    reset = _add(
        admin,
        "reset",
        keeping.reset_admin,
        t(
            "Let somebody in anew by a one-time code, when nobody is left who may do it on the pages.",
            "给出一次性登录码，让页面上已没有人能重置的人重新登录。",
        ),
    )
    reset.add_argument(
        "login", metavar=t("LOGIN", "登录名"), help=t("the log-in name of the person", "要重新登录的人的登录名")
    )
    reset.add_argument(
        "--second-factor",
        action="store_true",
        help=t("forget the bound authenticator app as well", "同时重置动态口令"),
    )
    files = _group(verbs, "files", t("Stored files.", "附件。"))
    _add(
        files,
        "verify",
        keeping.verify_files,
        t("Compare every stored file with its digest.", "核对每个附件的内容与摘要是否一致。"),
    )
    backup = _add(
        verbs,
        "backup",
        keeping.backup,
        t("Write database and files into one archive.", "把数据库和附件备份为一个文件。"),
    )
    backup.add_argument("file", type=Path, metavar=t("FILE", "文件"))
    restore = _add(
        verbs,
        "restore",
        keeping.restore,
        t("Restore an archive into an empty database and data folder.", "把备份恢复到空的数据库和数据目录。"),
    )
    restore.add_argument("file", type=Path, metavar=t("FILE", "文件"))
