"""``dudao selfcheck``: recompute the examples that are shipped, and say which agree."""

import argparse
import json
import sys
from dataclasses import asdict

from dudao import packs
from dudao.calc.agreement import Finding
from dudao.calc.balance.examples import recompute as recompute_balance
from dudao.calc.score.examples import recompute as recompute_scores


def _recomputed(name: str) -> tuple[Finding, ...]:
    values = packs.read("examples", name)
    if values["kind"] == "scoring":
        return recompute_scores(values, lambda system: packs.read("frameworks", system))
    return recompute_balance(values)


def selfcheck(arguments: argparse.Namespace) -> int:
    """0: everything agrees; 1: something does not."""
    findings = [finding for name in packs.names("examples") for finding in _recomputed(name)]
    wrong = sum(not finding.agrees for finding in findings)
    if arguments.json:
        result = {"checks": [asdict(finding) for finding in findings], "agree": len(findings) - wrong, "differ": wrong}
        json.dump(result, sys.stdout, ensure_ascii=False, indent=2)
        sys.stdout.write("\n")
    else:
        for finding in findings:
            mark = "一致" if finding.agrees else "不一致"
            numbers = f"公布 {finding.printed}，重算 {finding.computed}"
            sys.stdout.write(f"{mark}　{finding.name}　{finding.quantity}　{numbers}（{finding.source}）\n")
        sys.stdout.write(f"共 {len(findings)} 项，一致 {len(findings) - wrong} 项，不一致 {wrong} 项。\n")
    return 1 if wrong else 0
