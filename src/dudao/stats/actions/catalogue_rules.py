"""Keeping check rules. A rule that has ended still says what was checked in earlier rounds."""

import hashlib
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import F

from dudao.core import audit
from dudao.core.access import Actor
from dudao.core.workflow import Conflict
from dudao.orgs.models import Unit
from dudao.stats.models import CheckRule, DataItem
from dudao.stats.queries.catalogue import rule_sentence

_CONTENT = (
    "severity", "others", "low", "high", "percent", "stages", "types", "source", "valid_from", "valid_to",
)  # fmt: skip
_COUNTY, _NUMBERS = DataItem.Level.COUNTY, {DataItem.Kind.INTEGER, DataItem.Kind.DECIMAL}
K = CheckRule.Kind


@audit.action
def create_rule(actor: Actor, *, place: Unit, **values: Any) -> CheckRule:
    actor.require("rule.edit", place.path)
    rule = CheckRule(changed=True, **values)
    fit_rule(rule)
    shape = [rule.kind, rule.item.code, *rule.others, *rule.stages, str(rule.low), str(rule.high), str(rule.percent)]
    digest = hashlib.sha256("|".join(shape).encode()).hexdigest()[:8]
    rule.code = f"{rule.kind}-{rule.item.code}"[:51] + f"-{digest}"
    if CheckRule.objects.filter(code=rule.code).exists():
        raise ValidationError("已经有一条相同的规则，不用再建。")
    rule.save(force_insert=True)
    audit.record(actor, "rule.edit", rule, step="new", words=rule_sentence(rule))
    return rule


@audit.action
def edit_rule(actor: Actor, *, place: Unit, rule: CheckRule, revision: int, **values: Any) -> CheckRule:
    """Change bounds, severity, validity. What a rule is about (kind and item) stays: another is another rule."""
    actor.require("rule.edit", place.path)
    before = rule_sentence(rule)
    for name in _CONTENT:
        if name in values:
            setattr(rule, name, values[name])
    fit_rule(rule)
    changed = CheckRule.objects.filter(pk=rule.pk, revision=revision).update(
        **{name: getattr(rule, name) for name in _CONTENT}, changed=True, revision=F("revision") + 1
    )
    if changed != 1:
        raise Conflict("这条规则刚刚被他人修改，您的修改没有保存。请刷新页面后再改。")
    audit.record(
        actor,
        "rule.edit",
        rule,
        before=before,
        words=rule_sentence(rule),
        severity=rule.severity,
        valid_to=rule.valid_to.isoformat() if rule.valid_to else None,
    )
    return rule


def fit_rule(rule: CheckRule) -> None:
    """What fits together, in words. Raises ``ValidationError`` by field."""
    _fit_bounds(rule)
    items = {item.code: item for item in DataItem.objects.filter(code__in=rule.others)}
    missing = [code for code in rule.others if code not in items]
    if missing:
        raise ValidationError({"others": f"没有指标“{'、'.join(missing)}”，请重新选择。"})
    if rule.item.code in rule.others:
        raise ValidationError({"others": "一项不能与它自己比较，请去掉。"})
    county = rule.item.level == _COUNTY
    if rule.kind in {K.SUM, K.AT_MOST, K.RATIO}:
        if not rule.others:
            raise ValidationError({"others": "请选择要比较的指标。"})
        if rule.kind != K.SUM and len(rule.others) != 1:
            raise ValidationError({"others": "只能与一项比较，请只选一项。"})
        if any((item.level == _COUNTY) != county for item in items.values()):
            raise ValidationError(
                {"others": "县区的指标和学校的指标不能直接比较；县区与学校之和比较请用“等于所属学校之和”。"}
            )
    if rule.kind == K.BELOW and (
        not county or not rule.others or any(item.level == _COUNTY for item in items.values())
    ):
        raise ValidationError({"others": "请选县区的指标等于哪些学校指标之和。"})
    if rule.kind == K.COUNT and (not county or not rule.types):
        raise ValidationError({"types": "请选县区的指标，并选择要数的办学类型。"})
    if rule.kind == K.NATURE and rule.item.kind != DataItem.Kind.CHOICE:
        raise ValidationError({"item": "只有“选项”类型的指标能与登记的办园性质比较。"})
    numbers = [rule.item, *items.values()] if rule.kind not in {K.NATURE, K.REGISTER, K.TYPE} else []
    if any(item.kind not in _NUMBERS for item in numbers):
        raise ValidationError({"item": "“是否”和“选项”不是数，不能这样比较。"})


def _fit_bounds(rule: CheckRule) -> None:
    if rule.valid_to is not None and rule.valid_to <= rule.valid_from:
        raise ValidationError({"valid_to": "停用日期不能早于启用日期，请核对。"})
    if rule.kind in {K.RANGE, K.RATIO}:
        if rule.low is None and rule.high is None:
            raise ValidationError({"low": "下限、上限至少填一个。"})
        if rule.low is not None and rule.high is not None and rule.low > rule.high:
            raise ValidationError({"high": "上限小于下限，请对调。"})
    if rule.kind == K.CHANGE and (rule.percent is None or rule.percent <= 0):
        raise ValidationError({"percent": "请填允许的变动百分比，例如 20。"})
