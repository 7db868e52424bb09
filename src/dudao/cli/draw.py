"""``dudao draw FRAME`` and ``dudao draw verify RECORD FRAME``: draws that anybody can check, without settings or a database."""

import argparse
import secrets
import sys
from collections.abc import Iterable
from pathlib import Path

from dudao.calc.sampling import (
    AllocationError,
    Frame,
    FrameError,
    Plan,
    Record,
    RecordError,
    checks_of,
    draw_record,
    frame_of,
    holds,
    one_line,
    plan_of,
    read_numbers,
    record_of,
)
from dudao.cli.environment import Refused
from dudao.cli.language import t
from dudao.cli.tables import bytes_of, cells_of, print_json
from dudao.core import sheets

SEED_BYTES = 16
"""128 bits: nobody finds the seed from the commitment by trying."""


def draw_of_file(arguments: argparse.Namespace) -> int:
    """0: drawn; 2: the table, the numbers or the words can't be used."""
    path = Path(arguments.frame)
    if arguments.n is None:
        raise Refused(t("Say how many: --n 12, or --n STRATUM=N,...", "请写明抽多少：--n 12，或 --n 平江县=5,湘阴县=3"))
    if arguments.seed is not None and not (arguments.seed.strip() and one_line(arguments.seed)):
        raise Refused(t("The seed must be one line of text.", "随机种子要是一行不空的文字。"))
    frame = _frame(path)
    seed = arguments.seed if arguments.seed is not None else secrets.token_hex(SEED_BYTES)
    try:
        plan = plan_of(
            frame,
            read_numbers(arguments.n),
            column=(arguments.strata or "").strip(),
            excluded=_excluded(arguments.exclude),
            title=arguments.title.strip(),
            size_column=(arguments.size or "").strip(),
        )
        record = draw_record(plan, frame, seed, arguments.words.strip())
    except FrameError as error:
        raise Refused(f"{path.name}：{error}") from error
    except (AllocationError, RecordError) as error:
        raise Refused(str(error)) from error
    data = record.data()
    if arguments.commit_only:
        del data["drawn"]
    if arguments.json:
        print_json(data)
    else:
        lines = _secret(plan, seed) if arguments.commit_only else _report(record, frame)
        sys.stdout.write("\n".join(lines) + "\n")
    return 0


def verify(arguments: argparse.Namespace) -> int:
    """0: the draw comes out of record and frame as it was recorded; 1: it doesn't; 2: a file can't be used."""
    if len(arguments.files) != 2:
        raise Refused(
            t(
                "Name the record, then the frame: dudao draw verify RECORD.json FRAME.xlsx",
                "请先写抽取记录，再写抽样框，如：dudao draw verify 记录.json 抽样框.xlsx",
            )
        )
    source, path = map(Path, arguments.files)
    try:
        record = record_of(bytes_of(source))
    except RecordError as error:
        raise Refused(f"{source.name}：{error}") from error
    checks = checks_of(record, _frame(path))
    sound = holds(checks)
    if arguments.json:
        found = [{"name": check.name, "holds": check.holds, "found": check.found} for check in checks]
        print_json({"holds": sound, "checks": found})
    else:
        lines = [f"{'✓' if check.holds else '✗'} {check.name}：{check.found}。" for check in checks]
        if sound:
            lines.append("核对通过：任何人用这份记录和抽样框都会抽出同样的结果。")
            lines.append(f"核对码 {record.commitment} 应当与抽取之前公布的相同。")
        else:
            lines.append("核对不通过。")
        sys.stdout.write("\n".join(lines) + "\n")
    return 0 if sound else 1


def _frame(path: Path) -> Frame:
    try:
        return frame_of(cells_of(bytes_of(path), path))
    except (FrameError, sheets.SheetError) as error:
        raise Refused(f"{path.name}：{error}") from error


def _excluded(given: Iterable[str]) -> dict[str, str]:
    excluded: dict[str, str] = {}
    for text in given:
        identifier, equals, reason = (part.strip() for part in text.partition("="))
        if not equals or not identifier or not reason:
            raise Refused(
                t(f"“{text}” is no ID=REASON.", f"“{text}”看不懂，请写成 编号=理由，如 S012=督学本人曾在该校任职。")
            )
        if identifier in excluded:
            raise Refused(t(f"“{identifier}” is excluded twice.", f"“{identifier}”排除了两次，请只留一次。"))
        excluded[identifier] = reason
    return excluded


# ---- for people -----------------------------------------------------------------------------------------------


def _head(plan: Plan) -> Iterable[str]:
    if plan.title:
        yield plan.title
    yield f"抽样框摘要　{plan.frame_digest}"
    if plan.size_column:
        yield f"抽中的机会与“{plan.size_column}”成正比"
    for one in plan.strata:
        name = f"{one.name}　" if plan.strata_column else ""
        yield f"  {name}可抽 {one.size} 个，抽 {one.n} 个"
    for identifier, reason in plan.excluded:
        yield f"  排除 {identifier}：{reason}"


def _secret(plan: Plan, seed: str) -> Iterable[str]:
    yield from _head(plan)
    yield f"核对码　　　{plan.commitment(seed)}"
    yield f"随机种子　　{seed}"
    yield "抽取之前公开核对码和抽样框，种子保密；抽取时用 --seed 给出这个种子，其余参数不变。"


def _report(record: Record, frame: Frame) -> Iterable[str]:
    yield from _head(record.plan)
    yield f"核对码　　　{record.commitment}"
    yield f"随机种子　　{record.seed}"
    if record.words:
        yield f"现场公布的号码　{record.words}"
    rows = {row[0]: row for row in frame.rows}
    yield ""
    yield f"抽中 {len(record.drawn)} 个："
    yield from ("  " + "　".join(filter(None, rows[key])) for key in record.drawn)
    yield ""
    yield "用 --json 输出抽取记录并保存，连同抽样框交给任何人都可以核对：dudao draw verify 记录 抽样框"
