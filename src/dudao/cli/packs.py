"""``dudao packs check`` and ``dudao packs load``: the indicator systems that ship with the platform."""

import argparse
from collections.abc import Callable, Sequence
from typing import Any

from dudao.cli.environment import Refused, connect, data_folder, prepare
from dudao.cli.language import t

__all__ = ["check", "load", "register"]

Add = Callable[..., argparse.ArgumentParser]


def register(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]", add: Add) -> None:
    named: dict[str, Any] = {
        "nargs": "*",
        "metavar": t("PACK", "标准"),
        "help": t("all when none is named", "不写则为全部"),
    }
    checked = add(
        verbs, "check", check, t("Say what is wrong with the packs.", "检查标准文件，列出错误和提醒。"), data=False
    )
    checked.add_argument("packs", **named)
    loaded = add(
        verbs, "load", load, t("Load packs as drafts of the city.", "把标准载入为市级草稿；内容没有变化的不重复载入。")
    )
    loaded.add_argument("packs", **named)


def _chosen(wanted: Sequence[str]) -> Sequence[str]:
    from dudao import packs

    names = packs.names("frameworks")
    for name in wanted:
        if name not in names:
            raise Refused(
                t(f"No pack “{name}”. There are: {', '.join(names)}", f"没有标准“{name}”。现有：{'、'.join(names)}")
            )
    return list(wanted) or names


def check(arguments: argparse.Namespace) -> int:
    """1 when a pack has errors, or can't be read at all."""
    from dudao import packs
    from dudao.calc.tree import TreeDataError, from_data, validate

    bad = 0
    for name in _chosen(arguments.packs):
        try:
            tree = from_data(packs.read("frameworks", name))
        except TreeDataError as error:
            print(f"{name}: {error}")
            bad += 1
            continue
        findings = validate(tree)
        errors = [finding for finding in findings if finding.is_error]
        bad += bool(errors)
        print(
            t(
                f"{name}: {len(tree.nodes)} nodes, {len(errors)} errors, {len(findings) - len(errors)} warnings",
                f"{name}：{tree.root.name}，{len(tree.nodes)} 个指标，错误 {len(errors)} 处，提醒 {len(findings) - len(errors)} 处",
            )
        )
        for finding in findings:
            print(f"  {'!' if finding.is_error else '·'} {finding.sentence}")
    return 1 if bad else 0


def load(arguments: argparse.Namespace) -> int:
    names = _chosen(arguments.packs)
    data = data_folder(arguments.data)
    prepare(data)
    connect(data)
    from dudao.core.access import SYSTEM
    from dudao.frameworks.actions.packs import load_pack
    from dudao.orgs.models import Kind, Unit

    city = Unit.objects.filter(kind=Kind.CITY, parent=None).order_by("pk").first()
    if city is None:
        raise Refused(t("There is no city yet: set up the units first.", "还没有市级单位，请先建立机构。"))
    for name in names:
        done = load_pack(SYSTEM, unit=city, name=name)
        findings = len(done.findings)
        if done.is_new:
            print(t(f"{name}: loaded, {findings} findings", f"{name}：已载入“{done.version}”，检查发现 {findings} 处"))
        else:
            print(t(f"{name}: unchanged", f"{name}：已载入过，没有变化"))
    return 0
