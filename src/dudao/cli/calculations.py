"""The verbs that only compute: ``balance``, ``score``, ``draw``, ``selfcheck``.

Handlers are imported when called: arrays take a while to load.
"""

import argparse
from collections.abc import Callable
from datetime import date
from pathlib import Path

from dudao.cli.environment import Refused
from dudao.cli.language import t

Add = Callable[..., argparse.ArgumentParser]


def register(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]", add: Add) -> None:
    balance = add(
        verbs,
        "balance",
        _balance,
        t(
            "Compute balanced development of compulsory education from a table of schools.",
            "按学校数据表计算县域义务教育优质均衡：七项指标、学校判定、差异系数。",
        ),
        more=t(
            "FILE is .xlsx or .csv, one row a school. 'dudao balance verify RUN' recomputes a run of the platform.",
            "文件为 .xlsx 或 .csv，每校一行。“dudao balance verify 编号”把平台上的一次测算重新计算并核对。",
        ),
    )
    balance.add_argument("file", type=Path, metavar=t("FILE", "文件"))
    balance.add_argument(
        "run", nargs="?", metavar=t("RUN", "编号"), help=t("after verify: which run", "verify 之后：测算的编号")
    )
    balance.add_argument("--json", action="store_true", help=t("print JSON, unrounded", "以 JSON 输出，不取舍"))
    balance.add_argument(
        "--detail",
        action="store_true",
        help=t(
            "with --json: also schools, excluded rows, reasons, results at the boundary",
            "与 --json 同用：另输出各校结果、不计入的学校、理由、临界情况",
        ),
    )
    balance.add_argument(
        "--plan",
        action="store_true",
        help=t("also say what it would take to pass", "另测算要补充多少教师、面积、设备和教室才能全部达标"),
    )
    balance.add_argument(
        "--rules",
        default="excellent-2017",
        metavar=t("PACK", "标准"),
        help=t(
            "name of a pack, or a .yaml file of the same form (default: excellent-2017)",
            "标准的名称，或同样格式的 .yaml 文件（默认 excellent-2017）",
        ),
    )
    balance.add_argument(
        "--day",
        type=_day,
        default=None,
        metavar=t("DAY", "日期"),
        help=t("the day whose thresholds hold (default: today)", "按哪一天有效的标准值计算（默认今天）"),
    )
    balance.add_argument(
        "--region",
        default="",
        metavar=t("CODE", "代码"),
        help=t(
            "code of GB/T 2260 for local thresholds, for example 43 or 430600",
            "行政区划代码，用于地方标准值，如 43 或 430600",
        ),
    )
    scoring = add(
        verbs,
        "score",
        _score,
        t(
            "Score subjects by an indicator system.",
            "按指标体系给一批单位计分：总分、等次、名次、各部分得分、没有得分的指标。",
        ),
        data=False,
        more=t(
            "DATA is .xlsx or .csv, one row a subject, columns named by data item or indicator code (C3, or C3@SOURCE).",
            "数据为 .xlsx 或 .csv，每行一个单位，第一列是单位名称，其余列名是数据项或指标代码（如 C3，分来源的写 C3@自评）。",
        ),
    )
    scoring.add_argument(
        "pack",
        metavar=t("PACK", "标准"),
        help=t("name of a pack, or a .yaml file of the same form", "标准的名称，或同样格式的 .yaml 文件"),
    )
    scoring.add_argument(
        "data_file",
        type=Path,
        metavar=t("DATA", "数据"),
        help=t("an .xlsx or .csv file, one row a subject", ".xlsx 或 .csv 文件，一行一个单位"),
    )
    scoring.add_argument("--json", action="store_true", help=t("print JSON, unrounded", "以 JSON 输出，不取舍"))
    scoring.add_argument(
        "--explain",
        metavar=t("SUBJECT", "单位"),
        help=t("say why one subject has its marks", "逐项说明一个单位的得分是怎么来的"),
    )
    _register_draw(verbs, add)
    add(
        verbs,
        "selfcheck",
        _selfcheck,
        t(
            "Recompute worked examples and published results, and say which agree.",
            "重算随平台提供的算例和公开结果，逐项说明是否一致。",
        ),
        data=False,
    ).add_argument("--json", action="store_true", help=t("print JSON", "以 JSON 输出"))


def _register_draw(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]", add: Add) -> None:
    drawing = add(
        verbs,
        "draw",
        _draw,
        t(
            "Draw at random from a table so that anybody can check it.",
            "从一张表里随机抽取，任何人都能核对（双随机抽取）。",
        ),
        data=False,
        more=t(
            "FRAME is .xlsx or .csv: a row of heads, then one row a member, the first column its identifier. The output of "
            "--json is the record of the draw; 'dudao draw verify RECORD FRAME' draws again and compares.",
            "抽样框为 .xlsx 或 .csv：第一行是列名，以下每行一个对象，第一列是编号。--json 的输出就是抽取记录；"
            "“dudao draw verify 记录 抽样框”重新抽取一遍并比较。",
        ),
    )
    drawing.add_argument(
        "frame",
        metavar=t("FRAME", "抽样框"),
        help=t("an .xlsx or .csv file, or the word verify", ".xlsx 或 .csv 文件，或者 verify 一词"),
    )
    drawing.add_argument(
        "files",
        nargs="*",
        metavar=t("FILE", "文件"),
        help=t("after verify: the record, then the frame", "verify 之后：抽取记录，然后是抽样框"),
    )
    drawing.add_argument(
        "--n",
        metavar=t("N", "数量"),
        help=t(
            "how many: a total, shared in proportion by largest remainders, or STRATUM=N,...",
            "抽多少：总数（各层按比例，最大余额法），或写明各层的数量，如 平江县=5,湘阴县=3",
        ),
    )
    drawing.add_argument("--strata", metavar=t("COLUMN", "列名"), help=t("column to stratify by", "按哪一列分层"))
    drawing.add_argument(
        "--size",
        metavar=t("COLUMN", "列名"),
        help=t("column of sizes: chances in proportion to it", "规模所在的列：抽中的机会与它成正比（PPS）"),
    )
    drawing.add_argument(
        "--seed",
        metavar=t("SEED", "种子"),
        help=t("random seed (default: a new one of 128 bits)", "随机种子（默认新取一个 128 位的）"),
    )
    drawing.add_argument(
        "--exclude",
        action="append",
        default=[],
        metavar=t("ID=REASON", "编号=理由"),
        help=t("leave out a member, for instance for recusal; may be repeated", "排除一个对象，如回避；可以多次"),
    )
    drawing.add_argument(
        "--words",
        default="",
        metavar=t("WORDS", "现场公布的号码"),
        help=t("words said in public at the draw, mixed in", "抽取现场公开说出的话或号码，与种子合用"),
    )
    drawing.add_argument(
        "--title", default="", metavar=t("TITLE", "标题"), help=t("what the draw is for", "这次抽取的名称")
    )
    drawing.add_argument(
        "--commit-only",
        action="store_true",
        help=t("print seed and commitment, draw nobody yet", "只给出种子和核对码，先不抽取"),
    )
    drawing.add_argument("--json", action="store_true", help=t("print the record as JSON", "以 JSON 输出抽取记录"))


def _draw(arguments: argparse.Namespace) -> int:
    from dudao.cli import draw

    if arguments.frame == "verify":
        return draw.verify(arguments)
    if arguments.files:
        raise Refused(
            t(
                f"One frame at a time; what is “{arguments.files[0]}”?",
                f"一次只用一张表，多了“{arguments.files[0]}”。",
            )
        )
    return draw.draw_of_file(arguments)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(
            t(f"“{text}” is no day such as 2026-03-05", f"“{text}”不是日期，如 2026-03-05")
        ) from None


def _balance(arguments: argparse.Namespace) -> int:
    if str(arguments.file) == "verify":
        from dudao.cli.balance_runs import verify

        return verify(arguments)
    if arguments.run is not None:
        raise Refused(
            t(f"One file at a time; what is “{arguments.run}”?", f"一次只算一个文件，多了“{arguments.run}”。")
        )
    from dudao.cli.balance import balance_of_file

    arguments.day = arguments.day or date.today()
    return balance_of_file(arguments)


def _score(arguments: argparse.Namespace) -> int:
    from dudao.cli.score import score_file

    return score_file(arguments)


def _selfcheck(arguments: argparse.Namespace) -> int:
    from dudao.cli.selfcheck import selfcheck

    return selfcheck(arguments)
