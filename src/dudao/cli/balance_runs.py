"""``dudao balance verify RUN``: compute a run of the platform again from what it kept, and compare bit for bit."""

import argparse
import sys

from dudao.cli.environment import Refused, connect, data_folder, prepare
from dudao.cli.language import t


def verify(arguments: argparse.Namespace) -> int:
    """0: the run comes out as it was kept; 1: it doesn't; 2: there is no such run, or it kept no table."""
    if not (arguments.run or "").isdecimal():
        raise Refused(
            t("Name the run by its number: dudao balance verify 12", "请写明测算的编号，如：dudao balance verify 12")
        )
    data = data_folder(arguments.data)
    prepare(data)
    connect(data)
    from dudao.core.workflow import Conflict
    from dudao.stats.models import BalanceRun
    from dudao.stats.queries.balance import checks_of, is_sound

    run = BalanceRun.objects.select_related("unit", "round__unit").filter(pk=int(arguments.run)).first()
    if run is None:
        raise Refused(t(f"There is no run {arguments.run}.", f"没有编号为 {arguments.run} 的测算。"))
    try:
        checks = checks_of(run)
    except Conflict as reason:
        raise Refused(str(reason)) from reason
    lines = [
        f"{run}（{run.pack_name}）",
        *(
            f"  {check.name}：{'一致' if check.agrees else '不一致'}　{check.kept[:16]} {check.found[:16]}"
            for check in checks
        ),
    ]
    sys.stdout.write("\n".join(lines) + "\n")
    return 0 if is_sound(checks) else 1
