"""The data of an event in the words of a reader: what is stored are short English keys, codes of states and roles, ISO days."""

import re
from datetime import date
from typing import Any

from dudao.core.ui.formats import date_cn
from dudao.people.models import LoginPolicy, LoginSession
from dudao.people.roles import ROLES

_KEYS = {
    "code": "指标",
    "account": "账号编号", "after": "之后", "basis": "来自版本", "before": "之前", "changed": "变更项", "changes": "变更",
    "contact": "联系人", "count": "数量", "counts": "数量", "day": "日期", "deadline": "完成时限", "device": "设备",
    "digest": "文件摘要",
    "ended": "结束的登录数", "ended_at": "终止日期", "factor": "验证方式", "fields": "修改项", "file": "文件",
    "filters": "筛选条件", "findings": "检查提醒", "from": "由", "imported": "导入数", "into": "并入", "item": "事项",
    "kind": "类别", "merged": "被并入", "merged_into": "并入", "minutes": "分钟", "name": "名称", "new": "新值",
    "now": "现为", "number": "序号", "old": "原值", "pack": "标准", "plan": "计划", "point": "要点", "points": "要点",
    "problems": "问题数", "removed": "删除数", "renewed": "重发数", "replaced": "替换数", "role": "角色", "rows": "行数",
    "rules": "规则", "same": "未变数", "second_factor": "重置动态口令", "section": "章节", "sections": "章节",
    "source": "来源", "sources": "来源", "split_from": "分自", "step": "步骤", "steps": "步骤", "title": "标题", "to": "至",
    "unit": "单位", "units": "单位", "upper": "上级", "username": "登录名", "valid_from": "自", "valid_to": "至",
    "was": "原为", "what": "内容", "words": "文字", "years": "年度",
    "earlier": "更早的问题", "given": "同意", "level": "级别", "method": "方式", "progress": "完成率",
    "recorded": "代为登记", "late": "逾期", "severity": "严重程度", "description": "问题描述", "again": "再次登记", "list": "清单",
    "by": "登记人", "files": "文件数", "key": "用处", "inspectors": "督学", "result": "结果", "commitment": "核对码",
    "seed": "随机种子", "total": "总数",
    "indicator": "指标", "reviewers": "评审人", "answer": "认定",
}  # fmt: skip
_VALUES = {
    "password": "密码", "code": "一次性登录码", "totp": "动态口令", "recovery": "恢复码", "second factor": "动态口令",
    "current password": "当前密码", "set up": "设置动态口令", "recovery codes": "重新生成恢复码", "removed": "停用动态口令",
    "phone": "电话", "email": "电子邮箱", "home": "所在单位", "name": "姓名",
}  # fmt: skip


def data_words(event: Any) -> str:
    """«由：草稿；至：已发布». At most two hundred characters: the whole stands in the export of the log's table."""
    told = event.data.get("changes")
    if isinstance(told, list) and all(isinstance(sentence, str) and sentence.endswith("。") for sentence in told):
        return "".join(told)[:200]  # what changed is told in sentences already
    states = _states(event)
    parts = []
    for key, value in event.data.items():
        if key in {"account", "tell_at"}:
            continue  # the object says it
        words = states.get(value, "") if key in {"from", "to"} and isinstance(value, str) else ""
        parts.append(f"{_key(key)}：{words or _words(value)}")
    return "；".join(parts)[:200]


def _key(key: str) -> str:
    if key in _KEYS:
        return _KEYS[key]
    policy = {field.name: str(field.verbose_name) for field in LoginPolicy._meta.fields}
    return policy.get(key, "其他")


def _states(event: Any) -> dict[str, str]:
    """The labels of the states of the object's model."""
    model = event.content_type.model_class() if event.content_type else None
    if model is None:
        return {}
    field = next((field for field in model._meta.fields if field.name == "state"), None)
    return {str(value): str(label) for value, label in (field.choices or ())} if field else {}


def _words(value: Any) -> str:
    if value is None or value == "":
        return "—"
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list):
        return "、".join(_words(item) for item in value)
    if isinstance(value, dict):
        return "，".join(f"{_key(key)} {_words(item)}" for key, item in value.items())
    text = str(value)
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        return date_cn(date.fromisoformat(text))
    if text in ROLES:
        return ROLES[text].label
    ends = dict(LoginSession.End.choices)
    return _VALUES.get(text) or str(ends.get(text, text))
