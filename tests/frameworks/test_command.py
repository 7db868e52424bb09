"""``dudao packs`` as people use it, and the functions behind it."""

import json
from argparse import Namespace

import pytest

from dudao import packs
from dudao.calc.tree import from_data
from dudao.cli import packs as command
from dudao.cli.environment import Refused
from dudao.demo.builders import unit
from dudao.frameworks.models import FrameworkVersion
from dudao.orgs.models import Kind, Unit
from dudao.stats.models import CheckRule, DataItem
from processes import run

CHINESE = {"LANG": "zh_CN.UTF-8"}


@pytest.fixture
def chinese(monkeypatch):
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")


def test_check_says_which_pack_has_faults():
    done = run("packs", "check", env=CHINESE)
    assert done.returncode == 0, "every error of what is shipped is a gap that its pack declares"
    assert "缺口 A4：下级分值合计 20，与本级满分 100 不符。（抄件只见保教环境 20 分" in done.stdout
    assert "缺口 J1：评分 26～30 没有规定" in done.stdout
    assert "缺口 C3：数值 > 80% 且 < 100% 没有规定" in done.stdout
    assert "balance/excellent-2017：" in done.stdout and "statistics/compulsory：" in done.stdout
    holed = sum(bool(packs.about("frameworks", name).gaps) for name in packs.names("frameworks"))
    total = sum(len(packs.names(kind)) for kind in packs.KINDS)
    last = f"共 {total} 个标准：没有错误 {total - holed} 个，只有来源缺口 {holed} 个，有错误 0 个\n"
    assert done.stdout.endswith(last)


def test_a_file_of_one_s_own_is_checked(tmp_path, capsys, chinese):
    own = tmp_path / "own.yaml"
    own.write_text("base: school-safety-36\ncode: S\nname: 我市\nabout: {}\nchanges: {SF1: {points: 7}}\n")
    assert command.check(Namespace(packs=[str(own)])) == 1
    out = capsys.readouterr().out
    assert "own.yaml：我市，18 个指标，错误 2 处" in out and "! SF1：下级分值合计 6，与本级满分 7 不符。" in out
    own.write_text("base: nothing\n")
    assert command.check(Namespace(packs=[str(own)])) == 1
    assert "没有标准“nothing”" in capsys.readouterr().out
    with pytest.raises(Refused, match="读不了文件"):
        command.check(Namespace(packs=[str(tmp_path / "gone.yaml")]))


@pytest.mark.parametrize(
    ("name", "words"), [("no-such-pack", "no-such-pack"), ("excellent-2017", "balance/excellent-2017")]
)
def test_an_unknown_pack_is_refused(name, words):
    with pytest.raises(Refused, match=words):
        command.check(Namespace(packs=[name]))


def test_list_shows_the_facts_of_every_document(capsys, chinese):
    command.listed(Namespace(kind=None))
    out = capsys.readouterr().out
    assert (
        "  preschool-2020　县域学前教育普及普惠督导评估\n    文号 教督〔2020〕1号　发布 教育部 2020年2月18日（待核对）"
        in out
    )
    assert "来源缺口 1 处" in out and "基础标准 preschool-universal-2020" in out
    assert "    待核对的指标 A3、Z1、Z2、" in out and "    待核对的指标 P28、P29\n" in out
    command.listed(Namespace(kind="sizes"))
    assert "指标体系" not in capsys.readouterr().out


def test_print_tells_points_and_rules_in_words(capsys, chinese):
    command.printed(Namespace(pack="school-safety-36"))
    out = capsys.readouterr().out
    assert "    SF1.1 有计划、总结（半年一份）（2 分）\n        计分：每少 1 项扣 1 分，扣完为止\n" in out
    assert "        材料：安全工作计划、安全工作总结\n" in out


@pytest.mark.parametrize("name", packs.names("frameworks"))
def test_every_indicator_system_can_be_printed(name, capsys):
    command.printed(Namespace(pack=f"frameworks/{name}"))
    out = capsys.readouterr().out
    tree = from_data(json.loads(json.dumps(dict(packs.read("frameworks", name)), default=str)))
    assert all(f"{node.code} {node.name}" in out for node in tree.root.walk())


def test_print_shows_other_kinds_as_tables(capsys, chinese):
    command.printed(Namespace(pack="items/preschool-hunan-2025"))
    out = capsys.readouterr().out
    assert "有效期：2025年12月31日（待核对）起" in out and "待核对：文号、发布机关、生效日期、指标 P28、指标 P29" in out
    assert "P1 学前三年毛入园率\n      达标：在园幼儿数 ÷ 学前三年适龄人口数 × 100 ≥ 92%\n" in out
    assert "      基本达标：园舍等未达标的幼儿园数 ÷ 幼儿园数 × 100 ≤ 5%\n" in out
    command.printed(Namespace(pack="balance/excellent-2017"))
    out = capsys.readouterr().out
    assert "（教学及辅助用房面积 − 室内体育用房面积） ÷ 折算在校生数         4.5 ㎡      5.8 ㎡\n" in out
    assert "学校达标：7 项中至少 6 项达标，其余不低于标准的 85%" in out and "每个差异系数  0.5   0.45" in out
    command.printed(Namespace(pack="sizes/national"))
    assert "342            高中        ≤ 3000  —       各地普遍做法（凭记忆，待核对）" in capsys.readouterr().out


@pytest.mark.parametrize("kind", [kind for kind in packs.KINDS if kind != "frameworks"])
def test_every_pack_of_the_other_kinds_can_be_printed(kind, capsys):
    for name in packs.names(kind):
        command.printed(Namespace(pack=f"{kind}/{name}"))
        out = capsys.readouterr().out
        # No value of Python's; «{}» in a campaign's names of subjects stands for the unit.
        assert out.startswith(packs.about(kind, name).title) and "{" not in out.replace("{}", ""), (kind, name)


def test_the_schema_is_printed(capsys):
    command.schema(Namespace())
    assert json.loads(capsys.readouterr().out)["title"] == "督导 pack"


@pytest.fixture
def loading(town, monkeypatch, tmp_path):
    for name in ("prepare", "connect"):
        monkeypatch.setattr(command, name, lambda data: None)
    return lambda *names: command.load(Namespace(packs=[*names], data=str(tmp_path)))


def test_load_makes_drafts_once(loading, capsys):
    for expected in (2, 2):
        assert loading("school-safety-36", "teaching-routine-100") == 0
        assert FrameworkVersion.objects.filter(state="draft").count() == expected
    assert capsys.readouterr().out.count("\n") == 4


def test_load_brings_data_items_and_check_rules(loading, capsys, chinese):
    assert loading("compulsory") == 0
    assert DataItem.objects.filter(code="pupils").exists() and CheckRule.objects.filter(item__code="pupils").exists()
    assert "compulsory：数据指标和审核规则已载入" in capsys.readouterr().out
    assert FrameworkVersion.objects.count() == 0


def test_data_items_that_others_need_come_first(loading, chinese):
    with pytest.raises(Refused, match="county：审核规则用到还没有载入的指标"):
        loading("statistics/county")
    assert loading("county", "compulsory") == 0


def test_without_names_packs_of_other_places_are_left_out(loading, town, capsys, chinese):
    # As in a real tree: above the city stands its province.
    Unit.objects.filter(pk=town.city.pk).update(region_code="430600", parent=unit("湖南省", Kind.PROVINCE))
    loading()
    assert "preschool-universal-henan：适用于河南省，没有载入；需要时请写明名称" in capsys.readouterr().out
    loaded = set(FrameworkVersion.objects.values_list("framework__pack", flat=True))
    elsewhere = {
        name
        for name in packs.names("frameworks")
        if not "430600".startswith(packs.about("frameworks", name).region_code[:4])
    }
    assert {"preschool-universal-henan", "jining-school", "hubei-kindergarten-2016"} < elsewhere
    assert loaded == {*packs.names("frameworks")} - elsewhere and "preschool-universal-hunan-2025" in loaded
    assert set(DataItem.objects.values_list("pack", flat=True)) == {*packs.names("statistics")}
    loading("preschool-universal-henan")
    assert FrameworkVersion.objects.filter(framework__pack="preschool-universal-henan").exists()


def test_a_file_of_one_s_own_is_not_loaded_here(loading, tmp_path, chinese):
    (tmp_path / "own.yaml").write_text("base: school-safety-36\ncode: S\nname: 我市\nabout: {}\n")
    with pytest.raises(Refused, match="不是随平台提供的标准"):
        loading(str(tmp_path / "own.yaml"))


def test_only_systems_and_data_items_can_be_loaded(loading):
    with pytest.raises(Refused, match="preschool-2020"):
        loading("preschool-2020")
