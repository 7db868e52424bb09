"""``dudao packs``: list, check, print and load the standards that ship with the platform, and an office's own files."""

import argparse
import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from dudao.cli.environment import Refused, connect, data_folder, prepare
from dudao.cli.language import t

Add = Callable[..., argparse.ArgumentParser]

LOADABLE = ("frameworks", "statistics")


def register(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]", add: Add) -> None:
    from dudao.packs import KINDS

    named: dict[str, Any] = {"nargs": "*", "metavar": t("PACK", "标准")}
    all_of_them = t("names, or KIND/NAME; all when none is named", "名称，或写成“种类/名称”；不写则为全部")
    found = add(
        verbs, "list", listed, t("What there is: title, document, place, time.", "列出全部标准和出处。"), data=False
    )
    found.add_argument(
        "--kind",
        choices=[*KINDS],
        metavar=t("KIND", "种类"),
        help=t(f"only {', '.join(KINDS)}", f"只列：{'、'.join(KINDS)}"),
    )
    checked = add(
        verbs,
        "check",
        check,
        t("Say what is wrong with packs; 1 if anything undeclared is.", "检查标准文件；有未声明的错误时返回 1。"),
        data=False,
    )
    checked.add_argument(
        "packs", **named, help=t(f"{all_of_them}; or a .yaml file", f"{all_of_them}；也可以写 .yaml 文件")
    )
    shown = add(
        verbs, "print", printed, t("Print a pack as text.", "把一个标准印成文字：编号、分值、计分规则。"), data=False
    )
    shown.add_argument(
        "pack", metavar=t("PACK", "标准"), help=t("name, KIND/NAME or a .yaml file", "名称、“种类/名称”或 .yaml 文件")
    )
    loaded = add(
        verbs,
        "load",
        load,
        t(
            "Load indicator systems as drafts of the city, data items into its catalogue.",
            "把指标体系载入为市级草稿，把数据指标载入目录；内容没有变化的不重复载入。",
        ),
    )
    loaded.add_argument("packs", **named, help=all_of_them)
    add(
        verbs, "schema", schema, t("Print the JSON schema for editors.", "打印供编辑器使用的 JSON schema。"), data=False
    )


class Chosen(NamedTuple):
    """A pack that was asked for: where it is, and its resolved values."""

    kind: str
    name: str
    data: Any


def _places(wanted: str, kinds: Sequence[str]) -> list[tuple[str, str]]:
    from dudao import packs

    kind, _, name = wanted.rpartition("/")
    return [(each, name) for each in kinds if kind in {"", each} and name in packs.names(each)]


def _chosen(wanted: Sequence[str], kinds: Sequence[str]) -> Iterator[Chosen]:
    """Raises `Refused` for a name that is not there, or stands for several packs."""
    from dudao import packs

    places = [(kind, name) for kind in kinds for name in packs.names(kind)] if not wanted else []
    for word in wanted:
        if word.endswith(".yaml"):
            yield _own(Path(word))
            continue
        found = _places(word, kinds)
        if not found:
            known = [name for kind in kinds for name in packs.names(kind)]
            raise Refused(
                t(f"No pack “{word}”. There are: {', '.join(known)}", f"没有标准“{word}”。现有：{'、'.join(known)}")
            )
        if len(found) > 1:
            full = [f"{kind}/{name}" for kind, name in found]
            raise Refused(t(f"Which “{word}”: {', '.join(full)}?", f"“{word}”有几个，请写明：{'、'.join(full)}"))
        places += found
    for kind, name in places:
        yield Chosen(kind, name, _read(kind, name))


def _read(kind: str, name: str) -> Any:
    from dudao import packs

    try:
        return packs.read(kind, name)
    except packs.PackError as error:
        return error


def _own(path: Path) -> Chosen:
    from dudao import packs

    try:
        data = packs.read_file(path)
    except OSError as error:
        raise Refused(t(f"Can't read {path}: {error.strerror}", f"读不了文件 {path}：{error.strerror}")) from error
    except packs.PackError as error:
        return Chosen("frameworks", path.name, error)
    return Chosen(packs.kind_of(data), path.name, data)


# ---- list -----------------------------------------------------------------------------------------------------


def listed(arguments: argparse.Namespace) -> int:
    """Every pack with its facts; what was compared with no document says so."""
    from dudao import packs

    for kind, title in packs.KINDS.items():
        if arguments.kind not in {None, kind} or not packs.names(kind):
            continue
        print(t(kind, f"{title}（{kind}）"))
        for name in packs.names(kind):
            facts = packs.about(kind, name)
            print(f"  {name}　{facts.title}")
            if kind != "examples":
                print("    " + "　".join(f"{label} {value}" for label, value in _facts(facts)))
            codes = [entry for entry in facts.unchecked if entry not in packs.FACTS]
            if codes:
                print(f"    {t('not compared', '待核对的指标')} {t(', ', '、').join(codes)}")
    return 0


def _facts(facts: Any) -> Iterator[tuple[str, str]]:
    """Label and value, for reading."""
    from dudao.packs import GRADES, LEVELS

    issued = " ".join(said for said in (facts.said("issuer"), facts.said("date")) if said != "—")
    yield t("document", "文号"), facts.said("number")
    yield t("issued", "发布"), issued or "—"
    yield t("place", "地区"), facts.said("region")
    yield t("valid", "有效期"), _period(facts)
    yield t("level", "级别"), LEVELS.get(facts.level, facts.level)
    yield t("source", "来源"), GRADES.get(facts.grade, facts.grade)
    if facts.base:
        yield t("made from", "基础标准"), facts.base
    if facts.gaps:
        yield t("gaps", "来源缺口"), t(f"{len(facts.gaps)}", f"{len(facts.gaps)} 处")


def _period(facts: Any) -> str:
    first, last = facts.said("valid_from"), facts.said("valid_to")
    if (first, last) == ("—", "—"):
        return "—"
    if last == "—":
        return t(f"from {first}", f"{first}起")
    return t(f"from {first} to {last}", f"{first}至{last}")


# ---- check ----------------------------------------------------------------------------------------------------


def check(arguments: argparse.Namespace) -> int:
    """0 if and only if every error is one that the pack declares as a gap of its source."""
    from dudao import packs
    from dudao.packs.checking import check as report_of

    items = {
        item["code"] for name in packs.names("statistics") for item in packs.raw("statistics", name).get("items", [])
    }
    bad = holed = 0
    chosen = list(_chosen(arguments.packs, [*packs.KINDS]))
    for kind, name, data in chosen:
        place = name if kind == "frameworks" else f"{kind}/{name}"
        if isinstance(data, packs.PackError):
            print(f"{place}: {data}")
            bad += 1
            continue
        report = report_of(kind, data, items)
        bad += bool(report.errors)
        holed += bool(report.gaps and not report.errors)
        print(
            t(
                f"{place}: {len(report.errors)} errors, {len(report.gaps)} declared gaps, {len(report.warnings)} warnings",
                f"{place}：{report.title}，{report.size and report.size + '，'}错误 {len(report.errors)} 处，"
                f"{f'来源缺口 {len(report.gaps)} 处，' if report.gaps else ''}提醒 {len(report.warnings)} 处",
            )
        )
        for mark, sentences in (("!", report.errors), (t("gap", "缺口"), report.gaps), ("·", report.warnings)):
            for sentence in sentences:
                print(f"  {mark} {sentence}")
    if len(chosen) > 1:
        good = len(chosen) - bad - holed
        print(
            t(
                f"{len(chosen)} packs: {good} good, {holed} good but for declared gaps, {bad} wrong",
                f"共 {len(chosen)} 个标准：没有错误 {good} 个，只有来源缺口 {holed} 个，有错误 {bad} 个",
            )
        )
    return 1 if bad else 0


# ---- print ----------------------------------------------------------------------------------------------------


def printed(arguments: argparse.Namespace) -> int:
    """An indicator system as an outline, the other kinds as tables; a pack made from another one with its full values."""
    from dudao import packs
    from dudao.calc.tree import TreeDataError, from_data
    from dudao.packs import tables

    chosen = next(iter(_chosen([arguments.pack], [*packs.KINDS])))
    if isinstance(chosen.data, packs.PackError):
        raise Refused(str(chosen.data))
    facts = packs.about_of(chosen.data)
    if chosen.kind != "frameworks":
        if chosen.kind == "examples":
            print(facts.title)
        else:
            _head(facts)
        print(*tables.printed(chosen.kind, chosen.data), sep="\n")
        return 0
    from dudao.packs.text import outline

    try:
        tree = from_data(json.loads(json.dumps(dict(chosen.data), default=str)))
    except TreeDataError as error:
        raise Refused(f"{chosen.name}：{error}") from error
    _head(facts)
    print(*outline(tree), sep="\n")
    return 0


def _head(facts: Any) -> None:
    from dudao import packs

    colon = t(": ", "：")
    print(facts.title)
    for label, value in _facts(facts):
        print(f"{label}{colon}{value}")
    if facts.unchecked:
        print(f"{t('not compared', '待核对')}{colon}{'、'.join(map(packs.fact_words, facts.unchecked))}")
    if facts.notes:
        print(f"{t('notes', '说明')}{colon}{facts.notes}")
    if facts.office_fills:
        print(f"{t('left to the office', '由办公室补充')}{colon}{'、'.join(facts.office_fills)}")


# ---- load -----------------------------------------------------------------------------------------------------


def load(arguments: argparse.Namespace) -> int:
    """Without names: what is not made for another place."""
    from dudao import packs

    chosen = list(_chosen(arguments.packs, LOADABLE))
    for _, name, data in chosen:
        if isinstance(data, packs.PackError):
            raise Refused(str(data))
        if name.endswith(".yaml"):
            raise Refused(t("Load a file on the page for imports.", f"{name} 不是随平台提供的标准，请在页面上导入。"))
    data = data_folder(arguments.data)
    prepare(data)
    connect(data)
    from dudao.orgs.models import Kind, Unit

    city = Unit.objects.filter(kind=Kind.CITY).order_by("depth", "pk").first()
    if city is None:
        raise Refused(t("There is no city yet: set up the units first.", "还没有市级单位，请先建立机构。"))
    # Check rules name data items of the sets that come before them.
    for kind, name, values in sorted(chosen, key=lambda each: (each.kind, each.data.get("order", 0))):
        facts = packs.about_of(values)
        if not arguments.packs and facts.region_code and not city.region_code.startswith(facts.region_code):
            print(
                t(
                    f"{name}: made for another place, not loaded",
                    f"{name}：适用于{facts.region}，没有载入；需要时请写明名称",
                )
            )
        elif kind == "frameworks":
            print(_load_framework(city, name))
        else:
            print(_load_items(city, name))
    return 0


def _load_framework(city: Any, name: str) -> str:
    from dudao.core.access import SYSTEM
    from dudao.frameworks.actions.packs import load_pack

    done = load_pack(SYSTEM, unit=city, name=name)
    findings = len(done.findings)
    if done.is_new:
        return t(f"{name}: loaded, {findings} findings", f"{name}：已载入“{done.version}”，检查发现 {findings} 处")
    return t(f"{name}: unchanged", f"{name}：已载入过，没有变化")


def _load_items(city: Any, name: str) -> str:
    from dudao.core.access import SYSTEM
    from dudao.core.workflow import Conflict
    from dudao.stats.actions.catalogue import load_items

    try:
        done = load_items(SYSTEM, unit=city, pack=name)
    except Conflict as error:
        raise Refused(f"{name}：{error}") from error
    return t(f"{name}: {done} data items", f"{name}：数据指标和审核规则已载入，共 {done} 个指标")


def schema(arguments: argparse.Namespace) -> int:
    from dudao.packs.schema import schema as made

    print(json.dumps(made(), ensure_ascii=False, indent=1))
    return 0
