"""The table that a balance run starts from, made of returns; its computation again from what was kept; the runs somebody sees."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import polars as pl
import yaml
from django.db.models import QuerySet
from django.db.models.functions import Length

from dudao.calc.balance import Balance, Rules, evaluate, needs, required_columns, rules_from
from dudao.calc.balance.reliefs import Clause, add_reliefs, clauses_from
from dudao.calc.balance.table import COUNTY, NAME, ROW, TYPE
from dudao.core.access import Actor
from dudao.core.workflow import Conflict
from dudao.orgs.models import Unit
from dudao.packs import names, read
from dudao.stats.models import BalanceRun, ReliefClaim, Return, Round, SchoolResult
from dudao.stats.queries import catalogue
from dudao.stats.queries.returns import numbers_of, of_schools, stages_of, with_units

RELIEF_PACKS: Mapping[str, str] = {"excellent-2017": "excellent-2019"}
"""Which set of relief clauses belongs to which standard."""


@dataclass(frozen=True, slots=True)
class BalanceTable:
    """One row a school, as ``calc.balance`` wants it, numbers as exact texts. ``units`` names the school of every row, ``counties``
    the unit of every county, ``digest`` the content of the columns."""

    columns: Mapping[str, list[str | None]]
    units: Sequence[int]
    counties: Mapping[str, int]
    digest: str

    @property
    def plain(self) -> dict[str, Any]:
        return {"columns": dict(self.columns), "units": list(self.units), "counties": dict(self.counties)}


def packs() -> list[tuple[str, str]]:
    """(name, title) of the standards of balance, the newest first: it is the one most runs are made by."""
    found = [(name, read("balance", name)) for name in names("balance")]
    found.sort(key=lambda one: str(one[1]["valid_from"]), reverse=True)
    return [(name, str(pack["name"])) for name, pack in found]


def rules_of(pack: str) -> Rules:
    return rules_from(read("balance", pack))


def clauses_of(pack: str) -> Mapping[str, Clause]:
    """The relief clauses that belong to a standard; none for most."""
    return clauses_from(read("reliefs", RELIEF_PACKS[pack])) if pack in RELIEF_PACKS else {}


def rules_with_digest(pack: str) -> tuple[Rules, str]:
    content = json.dumps(read("balance", pack), ensure_ascii=False, sort_keys=True, default=str)
    return rules_of(pack), hashlib.sha256(content.encode()).hexdigest()


def balance_table(asked: Round, unit: Unit, rules: Rules, *, accepted_only: bool) -> BalanceTable:
    """The numbers of the schools below a unit, county by county in the order of the register. A stage that a school doesn't run
    is 0, a gap stays a gap."""
    below = of_schools(Return.objects.filter(round=asked, unit__path__startswith=unit.path))
    returns = with_units(below).select_related("unit__parent").order_by("unit__path")
    if accepted_only:
        returns = returns.filter(state__in=[Return.State.ACCEPTED, Return.State.LOCKED])
    rows = sorted(_with_counties(returns), key=lambda row: row[1])
    held = [ret for ret, _ in rows]
    cells = {cell.heading: cell for cell in catalogue.columns_for(catalogue.items_of(asked))}
    wanted = [column for column in required_columns(rules) if column not in {NAME, COUNTY, TYPE}]
    missing = [column for column in wanted if column not in cells]
    if missing:
        listed = "、".join(missing)
        raise Conflict(
            f"这次报送没有这些指标，不能测算：{listed}。请在“数据指标”里登记，布置报送时选上，报齐后再测算。"
        )
    numbers = numbers_of(ret.pk for ret in held)
    stages = stages_of(ret.unit_id for ret in held)
    columns: dict[str, list[str | None]] = {name: [] for name in (NAME, COUNTY, TYPE, *wanted)}
    found: dict[str, int] = {}
    for ret, (_, key, county) in rows:
        if key:
            found[county] = key
        columns[NAME].append(ret.unit.name)
        columns[COUNTY].append(county)
        columns[TYPE].append(ret.unit.school_type)
        own = numbers.get(ret.pk, {})
        for column in wanted:
            cell = cells[column]
            absent = bool(cell.stage) and cell.stage not in stages[ret.unit_id]
            number = Decimal(0) if absent else own.get(cell.key)
            columns[column].append(None if number is None else _plain(number))
    _tell_apart(columns, held)
    return BalanceTable(columns, [ret.unit_id for ret in held], found, _digest(columns))


def _with_counties(returns: Iterable[Return]) -> Iterator[tuple[Return, tuple[int, int, str]]]:
    """Every return with its county: (sort number, key, name), zeros and no name for a school outside of all."""
    counties = list(
        Unit.objects.counties().annotate(n=Length("path")).order_by("-n").values_list("path", "sort_no", "pk", "name")
    )
    for ret in returns:
        path = ret.unit.path
        yield ret, next(((no, key, name) for start, no, key, name in counties if path.startswith(start)), (0, 0, ""))


def _tell_apart(columns: dict[str, list[str | None]], held: Sequence[Return]) -> None:
    """Two schools of the same name in one county are two schools: they get the name of where they stand, or their code."""
    keys = list(zip(columns[NAME], columns[COUNTY], strict=True))
    doubles = {key for key, count in Counter(keys).items() if count > 1}
    if not doubles:
        return
    longer = [f"{ret.unit.name}（{ret.unit.parent}）" for ret in held]
    again = Counter((name, key[1]) for name, key in zip(longer, keys, strict=True) if key in doubles)
    for place, key in enumerate(keys):
        if key in doubles:
            unit = held[place].unit
            same = again[longer[place], key[1]] > 1
            code = unit.institution_code or unit.local_code or str(unit.pk)
            columns[NAME][place] = f"{unit.name}（{code}）" if same else longer[place]


def _digest(columns: Mapping[str, Sequence[str | None]]) -> str:
    content = json.dumps(columns, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(content.encode()).hexdigest()


def _plain(value: Decimal) -> str:
    return format(value.normalize(), "f")


def frame_of_columns(columns: Mapping[str, Sequence[str | None]]) -> pl.DataFrame:
    """The table as ``calc.balance`` reads it; rows are counted from 1."""
    height = len(columns[NAME])
    data = {
        name: pl.Series(name, values, dtype=pl.String)
        if name in {NAME, COUNTY, TYPE}
        else pl.Series(name, [None if value is None else float(value) for value in values], dtype=pl.Float64)
        for name, values in columns.items()
    }
    return pl.DataFrame({ROW: pl.Series(ROW, range(1, height + 1), dtype=pl.Int64), **data})


def columns_of(run: BalanceRun, *, relieved: bool = True) -> Mapping[str, Sequence[str | None]]:
    """The columns that a run kept, with the reliefs it used."""
    if not run.table:
        raise Conflict("这次测算没有保留学校数据表，请重新测算。")
    columns: Mapping[str, Sequence[str | None]] = run.table["columns"]
    return add_reliefs(columns, run.reliefs) if relieved else columns


def kept_rules(run: BalanceRun) -> Rules:
    """The standard as it was when the run was made."""
    return rules_from(yaml.safe_load(run.table["standard"]))


def standard_text(pack: str) -> str:
    """A standard as a run keeps it, so that a later change of the pack doesn't change the run."""
    return str(yaml.safe_dump(dict(read("balance", pack)), allow_unicode=True, sort_keys=False))


def evaluated(run: BalanceRun) -> Balance:
    """The whole result again, from what the run kept."""
    return evaluate(frame_of_columns(columns_of(run)), kept_rules(run), run.day, run.region)


def standing_claims(asked: Round, unit: Unit) -> "QuerySet[ReliefClaim]":
    """The relief claims of schools below a unit that nobody has withdrawn."""
    return ReliefClaim.objects.filter(
        round=asked, unit__path__startswith=unit.path, withdrawn_at__isnull=True
    ).select_related("unit")


# --- what comes out --------------------------------------------------------------------------------------------------


def results_of(result: Balance, table: Mapping[str, Any]) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Plain values, unrounded: indicators, thresholds, counties by stage, left out, errors; and a row a stage of a school."""
    codes = [indicator.code for indicator in result.rules.indicators]
    counties = []
    for number, name in enumerate(result.counties):
        verdict, stages = result.county(number)
        counties.append(
            {
                "county": name,
                "unit": table["counties"].get(name),
                "verdict": verdict.value,
                "stages": [
                    {
                        "stage": stage.label,
                        "schools": item.schools,
                        "pupils": item.pupils,
                        "passing": item.schools_passing,
                        "composite": item.composite,
                        "verdict": item.verdict.value,
                        "reasons": list(item.reasons),
                        "indicators": [
                            {
                                "code": code,
                                "mean": found.mean,
                                "sd": found.sd,
                                "cv": found.cv,
                                "limit": found.limit,
                                "passed": found.passed,
                                "boundary": found.at_boundary,
                                "reaching": found.schools_reaching,
                            }
                            for code, found in item.indicators.items()
                        ],
                    }
                    for stage, item in stages.items()
                ],
            }
        )
    plain = {
        "indicators": [{"code": one.code, "name": one.name, "unit": one.unit} for one in result.rules.indicators],
        "thresholds": {
            stage.label: {
                code: float(bound.value) for (code, at), bound in result.standards.thresholds.items() if at == stage
            }
            for stage in result.rules.stages
        },
        "counties": counties,
        "excluded": [
            {"county": row["county"] or "", "school": row["school"], "reason": row["reason"]}
            for row in result.excluded.iter_rows(named=True)
        ],
        "errors": [
            {
                "county": problem.county,
                "school": problem.school,
                "column": problem.column,
                "message": problem.message.partition(f"“{problem.column}”")[2] or problem.message,
            }
            for problem in result.problems
        ],
    }
    return plain, _schools(result, table, codes)


def _schools(result: Balance, table: Mapping[str, Any], codes: Sequence[str]) -> list[dict[str, Any]]:
    lacking: dict[tuple[int, str], list[dict[str, Any]]] = {}
    if result.rules.school_rule is not None:
        for school in needs(result):
            lacking[school.row, school.stage.label] = [
                {"code": need.indicator, "column": need.column, "reach": need.to_reach, "floor": need.to_floor}
                for need in school.needs
            ]
    return [
        {
            "unit": table["units"][row["row"] - 1],
            "row": row["row"],
            "county": row["county"],
            "school": row["school"],
            "stage": row["stage"],
            "pupils": row["pupils"],
            "values": [row[code] for code in codes],
            "reached": [bool(row[f"{code}_reached"]) for code in codes],
            "short": len(codes) - row["reached"],
            "passed": bool(row["passed"]),
            "boundary": bool(row["boundary"]),
            "lacks": lacking.get((row["row"], row["stage"]), []),
        }
        for row in result.schools.iter_rows(named=True)
    ]


def digest_of(results: Mapping[str, Any], schools: Iterable[Mapping[str, Any]]) -> str:
    """The SHA-256 of a result. Numbers are written as the shortest decimals of their binary values: every bit counts."""
    rows = sorted(schools, key=lambda row: (row["row"], row["stage"]))
    content = json.dumps(_exact([results, rows]), ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(content.encode()).hexdigest()


def _exact(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _exact(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_exact(item) for item in value]
    # 4 and 4.0 are one number; the database gives back either.
    return repr(float(value)) if isinstance(value, int | float) and not isinstance(value, bool) else value


# --- computed again --------------------------------------------------------------------------------------------------

_KEPT = (
    "unit_id", "row", "county", "school", "stage", "pupils", "values", "reached", "short", "passed", "boundary", "lacks",
)  # fmt: skip


STANDARD, RETURNS = "标准", "学校报表"


@dataclass(frozen=True, slots=True)
class Check:
    """One comparison of a recomputation: what was kept and what comes out now."""

    name: str
    kept: str
    found: str
    note: str

    @property
    def agrees(self) -> bool:
        return self.kept == self.found


def checks_of(run: BalanceRun) -> list[Check]:
    """Compute the run again from what it kept and compare bit for bit; and whether the returns have changed since."""
    columns = columns_of(run, relieved=False)
    _, rules_now = rules_with_digest(run.pack)
    results, schools = results_of(evaluated(run), run.table)
    rows = [
        {key.removesuffix("_id"): value for key, value in row.items()}
        for row in SchoolResult.objects.filter(run=run).values(*_KEPT)
    ]
    found = [
        Check("保留的学校数据表", run.inputs, _digest(columns), "测算当时的数据，一格不差。"),
        Check(STANDARD, run.rules, rules_now, "平台现有的标准文件；升级后可能有更新，这次测算仍按当时的标准。"),
        Check("保留的结果", run.outputs, digest_of(run.results, rows), "库里的结论、系数和各校结果。"),
        Check("重新计算的结果", run.outputs, digest_of(results, schools), "用保留的数据表和标准现在再算一遍。"),
    ]
    now = balance_table(run.round, run.unit, kept_rules(run), accepted_only=run.accepted_only)
    note = "学校报表现在的数；不一致说明测算之后有报表改过或新通过审核，需要时请重新测算。"
    return [*found, Check(RETURNS, run.inputs, now.digest, note)]


def is_sound(checks: Sequence[Check]) -> bool:
    """Whether a run came out as it was kept. A newer standard or newer returns are no fault of the run."""
    return all(check.agrees for check in checks if check.name not in {STANDARD, RETURNS})


def runs_seen(actor: Actor) -> "QuerySet[BalanceRun]":
    return BalanceRun.objects.visible_to(actor, "balance.view").select_related("unit", "round__unit")


def run_seen(actor: Actor, pk: int, *, table: bool = False) -> BalanceRun | None:
    """One run; ``table``: with the table of its schools, which few pages need."""
    rows = runs_seen(actor).filter(pk=pk)
    found: BalanceRun | None = (rows if table else rows.defer("table")).first()
    return found


def regions_of(actor: Actor, verb: str) -> "QuerySet[Unit]":
    """The city and the counties that the actor may run a balance for."""
    return (
        Unit.objects.visible_to(actor, verb)
        .filter(kind__in=["city", "county", "zone"], valid_to__isnull=True)
        .order_by("depth", "sort_no", "sort_key")
    )


def rounds_for(actor: Actor) -> "QuerySet[Round]":
    """The rounds that ask compulsory schools, the newest first."""
    asked = Round.objects.visible_to(actor, "return.view").exclude(state=Round.State.DRAFT)
    return asked.filter(stages__overlap=["primary", "junior"]).order_by("-year", "-id")
