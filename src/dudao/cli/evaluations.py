"""``dudao evaluation replay CAMPAIGN``: compute score sheets again from what they kept, and compare digit by digit."""

import argparse
import sys
from collections.abc import Callable, Iterable
from typing import Any

from dudao.cli.environment import Refused, connect, data_folder, prepare
from dudao.cli.language import t

Add = Callable[..., argparse.ArgumentParser]


def register(group: "argparse._SubParsersAction[argparse.ArgumentParser]", add: Add) -> None:
    verb = add(
        group,
        "replay",
        replay,
        t(
            "Compute the score sheets of a campaign again and compare every number and digest.",
            "重新计算一个督导项目的得分表，逐个数、逐个摘要核对。",
        ),
        more=t(
            "Exit code 0: all equal; 1: something differs; 2: there is no such campaign or sheet.",
            "退出码 0：全部一致；1：有不一致；2：没有这个项目或得分表。",
        ),
    )
    verb.add_argument(
        "campaign", type=_key, metavar=t("CAMPAIGN", "项目"), help=t("number of the campaign", "督导项目的编号")
    )
    verb.add_argument(
        "--sheet",
        type=_key,
        metavar=t("N", "第几次"),
        help=t("only the sheet of this number (default: all sheets)", "只核对第几次计算（默认全部）"),
    )
    verb.add_argument("--json", action="store_true", help=t("print JSON", "以 JSON 输出"))


def _key(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 18):
        raise argparse.ArgumentTypeError(t(f"“{text}” is no number", f"“{text}”不是编号"))
    return int(text)


def replay(arguments: argparse.Namespace) -> int:
    """0: every sheet comes out as it was kept; 1: one doesn't; 2: there is none. Starts or joins the database."""
    data = data_folder(arguments.data)
    prepare(data)
    connect(data)
    return answer(arguments)


def answer(arguments: argparse.Namespace) -> int:
    """With Django loaded."""
    from dudao.evaluations.models import Campaign, ScoreSheet
    from dudao.evaluations.queries.sheets import replayed

    campaign = Campaign.objects.filter(pk=arguments.campaign).first()
    if campaign is None:
        raise Refused(t(f"There is no campaign {arguments.campaign}.", f"没有编号为 {arguments.campaign} 的督导项目。"))
    sheets = ScoreSheet.objects.filter(campaign=campaign).select_related("campaign__version").order_by("number")
    if arguments.sheet is not None:
        sheets = sheets.filter(number=arguments.sheet)
    found = [replayed(sheet) for sheet in sheets]
    if not found:
        which = t("no score sheet", "还没有得分表") if arguments.sheet is None else ""
        raise Refused(
            t(
                f"Campaign {campaign.pk} has {which or f'no sheet {arguments.sheet}'}.",
                f"“{campaign}”{which or f'没有第 {arguments.sheet} 次计算'}。",
            )
        )
    if arguments.json:
        from dudao.cli.tables import print_json

        print_json({"campaign": campaign.pk, "title": campaign.title, "sheets": [_data(one) for one in found]})
    else:
        sys.stdout.write("\n".join(line for one in found for line in _lines(one)) + "\n")
    return 0 if all(one.is_sound for one in found) else 1


def _data(one: Any) -> dict[str, Any]:
    return {
        "number": one.sheet.number,
        "purpose": one.sheet.purpose,
        "subjects": one.sheet.size,
        "sound": one.is_sound,
        "checks": [
            {"name": check.name, "kept": check.kept, "found": check.found, "agrees": check.agrees}
            for check in one.checks
        ],
        "different": one.different,
        "differences": one.differences,
    }


def _lines(one: Any) -> Iterable[str]:
    same, other = t("equal", "一致"), t("different", "不一致")
    count = t(f"{one.sheet.size} subjects", f"{one.sheet.size} 个单位")
    yield f"{one.sheet}（{count}）：{same if one.is_sound else other}"
    for check in one.checks:
        word = same if check.agrees else other
        yield f"  {check.name}：{word}　{check.kept[:16]}{'' if check.agrees else f' ≠ {check.found[:16]}'}"
    told = t(f"{one.different} subjects different", f"{one.different} 个单位不一致")
    yield f"  {t('Results', '各单位得分')}：{told if one.different else same}"
    yield from (f"    {sentence}" for sentence in one.differences)
