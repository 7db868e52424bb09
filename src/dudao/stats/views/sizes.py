"""The board of class and school sizes: key figures, the trend, counties side by side, the schools that are over."""

import io
from collections.abc import Mapping
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

from dudao.calc.balance.crowding import Counted, Pace, Span
from dudao.core.keys import number_in
from dudao.core.ui.acting import actor_of, need
from dudao.core.ui.export import attachment
from dudao.core.ui.parts import State
from dudao.findings.queries.sources import Hooks, address
from dudao.orgs.models import Unit
from dudao.orgs.queries import roots_of
from dudao.stats import findings
from dudao.stats.actions import sizes as acts
from dudao.stats.labels import PACES
from dudao.stats.models import year_words
from dudao.stats.papers import sizes as sizepapers
from dudao.stats.queries import sizes

SHOWN = 200


def _scope(request: HttpRequest) -> dict[str, Any]:
    """What the address asks for: year, county, whether unchecked numbers count; and the board of it."""
    actor = actor_of(request)
    counties = list(sizes.counties_seen(actor))
    key = number_in(request.GET.get("county", ""))
    chosen: Unit | None = next((unit for unit in counties if unit.pk == key), None)
    everything = request.GET.get("all") == "1"
    found = sizes.rules()
    seen = sizes.board(actor, found, within=chosen, accepted_only=not everything)
    asked = number_in(request.GET.get("year", ""))
    filled = [year for year in seen.years if seen.schools.get(year)]
    year = asked if asked in seen.years else next(iter(filled or seen.years), None)
    return {
        "counties": counties, "chosen": chosen, "everything": everything, "board": seen, "year": year, "rules": found,
    }  # fmt: skip


@require_GET
def sizes_page(request: HttpRequest) -> HttpResponse:
    """The board: key figures, the trend, counties side by side, the schools that are over."""
    actor = actor_of(request)
    need(actor, "size.view")
    scope = _scope(request)
    seen, year, found = scope["board"], scope["year"], scope["rules"]
    context: dict[str, Any] = {
        "year": year,
        "years": [(one, year_words(one)) for one in seen.years],
        "counties": scope["counties"],
        "chosen": scope["chosen"],
        "everything": scope["everything"],
        "limits": found.shares,
        "may_export": actor.may_somewhere("size.export"),
        "query": request.GET.urlencode(),
    }
    if year is None:
        return render(request, "stats/sizes.html", context)
    included, expected = len(seen.schools.get(year, ())), seen.expected.get(year, 0)
    same = seen.alike(year)
    whole, before = seen.whole(year), same.whole(year - 1)
    everybody, earlier = whole.all, before.all
    plans = {} if scope["everything"] else sizes.plans_in_force(actor, seen, year)
    lines = [
        {
            "line": line,
            "plan": plans.get(line.key or 0),
            "paces": _paces(plans.get(line.key or 0)),
            "counted": line.all,
            "standard": sizes.percent(line.all, line.all.above_standard),
            "large": sizes.percent(line.all, line.all.large),
            "extra": sizes.percent(line.all, line.all.extra_large),
            "state": ended(line, found.shares),
            "before": last.all.large if last.schools else None,
        }
        for line, last in zip(seen.lines(year, scope["counties"]), same.lines(year - 1, scope["counties"]), strict=True)
        if scope["chosen"] is None or line.key == scope["chosen"].pk
    ]
    over = [school for school in seen.schools.get(year, ()) if school.is_crowded or school.too_large]
    over.sort(key=lambda school: (-sum(one.large.most for one in school.stages.values()), school.path))
    heads, bands = sizes.band_table(seen.schools.get(year, ()), found)
    trend = sizes.trend(seen, year)
    hooks = Hooks(actor, findings.LARGE.key(year))
    makes = hooks.may and not scope["everything"]  # problems are made of checked numbers only
    county = scope["chosen"].pk if scope["chosen"] else None
    above = hooks.at(findings.CROWDING.key(year, 0), scope["chosen"]) is not None if county else len(lines) > 1
    context |= {
        "year_words": year_words(year),
        "included": included,
        "expected": expected,
        "figures": [
            {"name": "班级", "value": everybody.classes, "unit": "个", "compare": f"{included} 所学校", "tone": ""},
            _figure("超标准班额", everybody, everybody.above_standard, "", None),
            _figure("大班额", everybody, everybody.large, "amber", earlier.large if before.schools else None),
            _figure(
                "超大班额", everybody, everybody.extra_large, "red", earlier.extra_large if before.schools else None
            ),
            {
                "name": "大校额",
                "value": whole.too_large,
                "unit": "所",
                "tone": "",
                "compare": f"上年 {before.too_large} 所" if before.schools else "",
            },
        ],
        "lines": lines,
        "several": len(scope["counties"]) > 1,
        "has_plans": bool(plans),
        "over": [
            {
                "school": school,
                "hook": hooks.at(findings.LARGE.key(year, school.unit), school.path, school.name) if makes else None,
                "parts": [
                    {"stage": sizes.STAGE_WORDS[stage], "counted": counted, "bands": _band_words(counted, found.large)}
                    for stage, counted in school.stages.items()
                    if counted.large.most
                ],
            }
            for school in over[:SHOWN]
        ],
        "over_count": len(over),
        "make_url": address(findings.larges_key(year, county)) if makes and over else "",
        "counties_url": address(findings.CROWDINGS.key(year, county or findings.ALL))
        if makes and over and above
        else "",
        "bands": bands,
        "band_rows": [
            {"head": head, "counts": [counts[place] for _, counts in bands]} for place, head in enumerate(heads)
        ],
        "chart": _chart(trend, found.shares),
        "finding": _finding(trend, is_whole=included >= expected),
        "compares": before.schools > 0,
    }
    return render(request, "stats/sizes.html", context)


def ended(line: sizes.CountyLine, limits: Mapping[str, int]) -> State:
    """Whether a county counts as having ended large classes, by the shares of the rules: exactly, not as rounded for the eye."""
    counted = line.all
    shares = [(counted.share(getattr(counted, name)), most) for name, most in limits.items()]
    known = [share * 100 <= most for share, most in shares if share is not None]
    if not known or len(known) < len(shares):
        return State("待数据", "grey", "hourglass")
    if not counted.large.most:
        return State("已全部消除", "green")
    return State("基本消除", "green") if all(known) else State("未达到", "red")


def _paces(found: sizes.CountyPlan | None) -> list[tuple[State, int]]:
    return [(PACES[pace], found.paces[pace]) for pace in Pace if found.paces.get(pace)] if found else []


def _figure(name: str, counted: Counted, count: Span, tone: str, before: Span | None) -> dict[str, Any]:
    share = sizes.percent(counted, count)
    words = "占比不能确定" if share is None else f"占 {share} %"
    if before is not None:
        words += f"，上年 {before} 个"
    return {"name": name, "value": str(count), "unit": "个", "compare": words, "tone": tone if count.most else ""}


def _band_words(counted: Any, large: int) -> str:
    """«56—65 人 2 个，66 人及以上 1 个»: the bands above the limit that hold classes."""
    return "，".join(
        f"{low}—{high} 人 {count} 个" if high else f"{low} 人及以上 {count} 个"
        for low, high, count in counted.bands
        if count and (high is None or high >= large)
    )


def _chart(trend: list[Any], limits: Any) -> dict[str, Any]:
    spec: dict[str, Any] = {
        "kind": "line",
        # «2025年秋»: short enough to stay upright below the axis.
        "categories": [f"{words[:4]}年秋" for words, _, _ in trend],
        "series": [
            {
                "name": "大班额",
                "values": [None if large is None else float(large) for _, large, _ in trend],
                "tone": "amber",
            },
            {
                "name": "超大班额",
                "values": [None if extra is None else float(extra) for _, _, extra in trend],
                "tone": "red",
            },
        ],
        "unit": "%",
    }
    if "large" in limits:
        spec["mark"] = {"value": limits["large"], "label": f"基本消除 {limits['large']} %"}
    return spec


def _finding(trend: list[Any], *, is_whole: bool) -> str:
    """A year that some schools are still missing from isn't held against the one before."""
    known = [(words, large) for words, large, _ in trend if large is not None]
    if not known:
        return "还没有可以计算的数据"
    words, now = known[-1]
    if len(known) == 1 or not is_whole:
        return f"{words}大班额占 {now} %"
    change = now - known[-2][1]
    way = "没有变化" if not change else f"比上年{'下降' if change < 0 else '上升'} {abs(change)} 个百分点"
    return f"{words}大班额占 {now} %，{way}"


@require_POST
def sizes_export(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    need(actor, "size.export")
    scope = _scope(request)
    if scope["year"] is None:
        raise Http404
    place = scope["chosen"] or next(iter(roots_of(actor, "size.export")))
    acts.note_sizes_export(
        actor, place=place, year=scope["year"], schools=len(scope["board"].schools.get(scope["year"], ()))
    )
    target = io.BytesIO()
    counties = [scope["chosen"]] if scope["chosen"] else scope["counties"]
    sizepapers.write_sizes(scope["board"], scope["year"], counties, str(place), target)
    return attachment(target.getvalue(), f"{place}{year_words(scope['year'])}班额和校额.xlsx")
