"""``dudao score``: an indicator system on a table of subjects, without settings or a database."""

import argparse
import difflib
import sys
import unicodedata
from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import Any

from dudao.calc.expr import CellProblem, show_number
from dudao.calc.score import (
    InvalidTree,
    Outcome,
    Subjects,
    SubjectsError,
    System,
    Trace,
    exact_text,
    explain,
    outcomes,
    read_subjects,
)
from dudao.calc.tree import Tree, TreeDataError, from_data
from dudao.cli.environment import Refused
from dudao.cli.language import t
from dudao.cli.tables import bytes_of, cells_of, print_json, values_of
from dudao.core import sheets

MOST_PROBLEMS_SHOWN = 50
MOST_CODES_SHOWN = 5


def score_file(arguments: argparse.Namespace) -> int:
    """0: computed; 1: computed, but some cells or columns are faulty; 2: the table can't be used."""
    system = _system(arguments.pack)
    data = bytes_of(arguments.data_file)
    try:
        subjects = read_subjects(system, cells_of(data, arguments.data_file))
    except SubjectsError as error:
        if not arguments.json:
            raise Refused(f"{arguments.data_file.name}：{error}") from error
        print_json({**_head(arguments.pack, system.tree), "subjects": [], "errors": _problems(error.problems)})
        return 2
    except sheets.SheetError as error:
        raise Refused(f"{arguments.data_file.name}：{error}") from error
    trace = _trace(subjects, arguments.explain) if arguments.explain is not None else None
    results = outcomes(subjects.scores(), subjects.main)
    if arguments.json:
        values = _values(arguments.pack, subjects, results)
        print_json(values if trace is None else {**values, "trace": trace.data()})
    elif trace is not None:
        sys.stdout.write(trace.text() + "\n")
        if subjects.errors:
            count = len(subjects.errors)
            sys.stderr.write(
                t(f"The table has {count} errors.", f"表里有 {count} 处错误，不加 --explain 可以查看。") + "\n"
            )
    else:
        sys.stdout.write("\n".join(_report(subjects, results)) + "\n")
    return 1 if subjects.errors else 0


def _system(wanted: str) -> System:
    """A pack by its name, or a file of one's own in the same form."""
    try:
        return System(from_data(values_of("frameworks", wanted)))
    except InvalidTree as error:
        lines = "\n".join(f"  {finding.sentence}" for finding in error.findings)
        raise Refused(f"{wanted} 有 {len(error.findings)} 处错误，改正后才能计分：\n{lines}") from error
    except TreeDataError as error:
        raise Refused(f"{wanted}：{error}") from error


def _trace(subjects: Subjects, name: str) -> Trace:
    row = subjects.row_of(name)
    if row is not None:
        return explain(subjects.scores(), row, sheet=subjects.main)
    if name.strip() in subjects.unscored:
        own = "\n".join(f"  {found.sentence}" for found in subjects.errors if found.subject == name.strip())
        raise Refused(f"“{name}”的数据有错误，没有计分：\n{own}")
    near = difflib.get_close_matches(name, subjects.names, n=3, cutoff=0.3)
    hint = f"，是不是：{'、'.join(near)}？" if near else "。"
    raise Refused(t(f"There is no subject “{name}”.", f"表里没有单位“{name}”{hint}"))


# ---- JSON -----------------------------------------------------------------------------------------------------


def _head(pack: str, tree: Tree) -> dict[str, Any]:
    root = tree.root
    points = None if root.points is None else exact_text(Fraction(root.points))
    return {"pack": pack, "system": {"code": root.code, "name": root.name, "points": points}}


def _problems(problems: Iterable[CellProblem]) -> list[dict[str, Any]]:
    return [problem.data() for problem in problems]


def _values(pack: str, subjects: Subjects, results: Sequence[Outcome]) -> dict[str, Any]:
    """Unrounded, numbers as exact texts."""
    return {
        **_head(pack, subjects.system.tree),
        "sheet": subjects.main,
        "sources": list(subjects.given),
        "subjects": [
            {"row": row, "subject": name, **result.data()}
            for row, name, result in zip(subjects.rows, subjects.names, results, strict=True)
        ],
        "unscored": list(subjects.unscored),
        "errors": _problems(subjects.errors),
        "notes": _problems(subjects.notes),
    }


# ---- for people -----------------------------------------------------------------------------------------------


def _report(subjects: Subjects, results: Sequence[Outcome]) -> Iterable[str]:
    tree = subjects.system.tree
    points = "" if tree.root.points is None else f"　满分 {show_number(Fraction(tree.root.points))} 分"
    yield f"{tree.root.code} {tree.root.name}{points}"
    labels = {source.key: source.label for source in tree.sources}
    if subjects.main in labels:
        yield f"只有{labels[subjects.main]}，按{labels[subjects.main]}计分。"
    if results:
        yield ""
        yield from _table(subjects, results)
    if subjects.unscored:
        yield ""
        yield f"数据有错误、没有计分的单位 {len(subjects.unscored)} 个：{'、'.join(subjects.unscored[:20])}"
    for title, problems in (("错误", subjects.errors), ("提示", subjects.notes)):
        if problems:
            yield ""
            yield f"{title} {len(problems)} 处："
            yield from (f"  {problem.sentence}" for problem in problems[:MOST_PROBLEMS_SHOWN])
            if len(problems) > MOST_PROBLEMS_SHOWN:
                yield f"  …另有 {len(problems) - MOST_PROBLEMS_SHOWN} 处，用 --json 查看全部。"


def _table(subjects: Subjects, results: Sequence[Outcome]) -> Iterable[str]:
    """Best first; who has no total comes last, in the order of the table."""
    tree = subjects.system.tree
    order = sorted(range(len(results)), key=lambda row: (results[row].rank is None, results[row].rank or 0, row))
    blocks = [child.code for child in tree.root.children]
    vetoes = {veto.code: veto.name for veto in tree.vetoes}
    full = None if tree.root.points is None else Fraction(tree.root.points)
    heads = ["名次", "单位", "总分", "适用满分", "等次", *blocks, "没有得分的指标", "一票否决"]
    lines = [heads]
    for row in order:
        result = results[row]
        lines.append(
            [
                "—" if result.rank is None else str(result.rank),
                subjects.names[row],
                _result(result.total, result.level),
                _result(result.possible, None),
                result.grade or "—",
                *(_result(result.blocks[code].mark, result.blocks[code].level) for code in blocks),
                _codes(result.open),
                "、".join(vetoes[code] for code in result.vetoes),
            ]
        )
    # Where not the same points apply to all, ranks compare rates.
    apart = any(result.possible not in {None, full} for result in results)
    wanted = {3: apart} | {5 + len(blocks) + at: any(line[5 + len(blocks) + at] for line in lines[1:]) for at in (0, 1)}
    shown = [place for place in range(len(heads)) if wanted.get(place, True)]
    widths = {place: max(_width(line[place]) for line in lines) for place in shown}
    for line in lines:
        cells = [line[place] + " " * (widths[place] - _width(line[place])) for place in shown]
        yield "  ".join(cells).rstrip()


def _result(mark: Fraction | None, level: str | None) -> str:
    words = [show_number(mark)] if mark is not None else []
    return " ".join([*words, level] if level is not None else words) or "—"


def _codes(codes: Sequence[str]) -> str:
    shown = "、".join(codes[:MOST_CODES_SHOWN])
    return f"{shown} 等 {len(codes)} 项" if len(codes) > MOST_CODES_SHOWN else shown


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)
