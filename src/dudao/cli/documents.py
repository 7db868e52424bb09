"""``dudao plan parse``: the pure reader of work plans, without settings or a database."""

import argparse
import json
import sys
from itertools import takewhile

from dudao.calc import worktext
from dudao.cli.environment import Refused
from dudao.cli.language import t


def parse_plan(arguments: argparse.Namespace) -> int:
    path = arguments.file
    try:
        size = path.stat().st_size
        if path.is_dir():
            raise Refused(t(f"{path} is a folder; name a file.", f"{path} 是目录，请给出文件。"))
        if size > worktext.DEFAULT_LIMIT:
            raise Refused(
                t(
                    f"{path} has {size / 1e6:.0f} MB; at most {worktext.DEFAULT_LIMIT / 1e6:.0f} MB are read.",
                    f"{path} 有 {size / 1e6:.0f} MB，最多读取 {worktext.DEFAULT_LIMIT / 1e6:.0f} MB。",
                )
            )
        data = path.read_bytes()
    except OSError as error:
        raise Refused(t(f"Can't read {path}: {error.strerror}.", f"无法读取 {path}：{error.strerror}。")) from error
    try:
        plan = worktext.parse(worktext.read_document(data, path.name))
    except worktext.DocumentError as error:
        raise Refused(f"{path.name}：{error}") from error
    if arguments.json:
        json.dump(plan.to_json(), sys.stdout, ensure_ascii=False, indent=2)
        sys.stdout.write("\n")
    else:
        sys.stdout.write(_outline(plan))
    return 0


def _outline(plan: worktext.WorkPlanText) -> str:
    """The plan as a person skims it: headings, counts, targets with the words they were found in, warnings."""
    points = [point for section in plan.sections for point in section.points]
    lines = [plan.title or "—", f"{plan.issuer or '—'} · {plan.year or '—'}", ""]
    for section in plan.sections:
        lines.append(f"{section.label}{section.title}" if section.title else "—")
        group: tuple[str, ...] = ()
        for point in section.points:
            same = takewhile(lambda pair: pair[0] == pair[1], zip(group, point.group, strict=False))
            lines += [f"  {heading}" for heading in point.group[len(list(same)) :]]
            group = point.group
            number = f"{point.number} " if point.number is not None else ""
            lines.append(f"  {number}{point.title or point.text[:40]}（{len(point.items)} 项）")
            lines += [f"      · {target.text}" for target in point.targets]
    lines += ["", f"共 {len(plan.sections)} 个部分，{len(points)} 个要点，{sum(len(p.items) for p in points)} 项。"]
    lines += [f"! {remark.message}" for remark in plan.warnings]
    return "\n".join(lines) + "\n"
