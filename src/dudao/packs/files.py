"""The text of a pack → plain values, with the line of what can't be read. A key written twice is a fault: YAML drops one."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

import yaml

from dudao.packs.overrides import PackError

_Safe: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Twice(yaml.constructor.ConstructorError):
    """A key that a mapping has twice."""


class _Loader(_Safe):
    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen = set()
        for key, _ in node.value:
            if key.tag != "tag:yaml.org,2002:merge" and isinstance(key, yaml.ScalarNode):
                if key.value in seen:
                    raise _Twice(None, None, f"“{key.value}”写了两次，请留下一处", key.start_mark)
                seen.add(key.value)
        mapping: dict[Hashable, Any] = super().construct_mapping(node, deep)
        return mapping


def load(text: str, name: str) -> Mapping[str, Any]:
    """Raises `PackError` for what is no YAML, or no mapping at the top."""
    try:
        data = yaml.load(text, Loader=_Loader)  # noqa: S506  # a safe loader that is stricter
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        reason = f"{error.problem}。"
        if not isinstance(error, _Twice):
            reason = f"不是正确的 YAML，请检查这一行前后的冒号、括号、引号和缩进（{error.problem}）。"
        raise PackError(name, "" if mark is None else f"第 {mark.line + 1} 行", reason) from error
    except yaml.YAMLError as error:
        raise PackError(name, "", f"不是 YAML：{error}。") from error
    if not isinstance(data, Mapping):
        raise PackError(name, "", "应当是一组“名称: 值”。")
    return data
