"""From rows to a system: codes, points, rules. What was concluded rather than read becomes a `Guess` that can be taken back.

`to_system` gives plain data, all of it JSON.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, Final

from dudao.calc.rules import RULES, Judged
from dudao.calc.rules import read_rule as rule_of
from dudao.calc.tree import MAX_LEVELS, TreeDataError, to_data
from dudao.core.sheets import SheetError
from dudao.frameworks.exchange.drafts import Draft, Fault, Table
from dudao.frameworks.exchange.guessing import Found, guess_rule, guess_steps
from dudao.frameworks.exchange.layout import read_heading, read_rule
from dudao.frameworks.exchange.paper import told_cells
from dudao.frameworks.exchange.read_system import Guess, ReadSystem, built, number_text, walk
from dudao.frameworks.exchange.word_part import plain

NAME_LIMIT: Final = 300
JUDGED: Final = Judged().words()
_LABELS: Final = tuple(rule.label for rule in RULES)
_CODED: Final = re.compile(
    r"(?P<code>[A-Za-z]{1,4}-?\d+(?:[.\-－．]\d+)*|\d+(?:[.\-－．]\d+)+)(?P<sep>[\s.、．:：)）]*)(?P<name>\S.*)",
    re.DOTALL,
)
_ORDINAL: Final = re.compile(
    r"(?:[一二三四五六七八九十]+[、.．]|[（(][一二三四五六七八九十\d]+[)）]|第[一二三四五六七八九十]+(?:部分|项|条)[、:：]?|\d{1,2}[、.．)）](?!\d))\s*"
)
_POINTS_BEHIND: Final = re.compile(
    r"\s*[（(\[【]\s*(?:共|满分|计|分值|权重)?[:：]?\s*(\d+(?:\.\d+)?)\s*(分?)\s*[)）\]】]$|\s+(\d+(?:\.\d+)?)\s*(分?)$|[:：]?(\d+(?:\.\d+)?)(分)$"
)
_BONUS: Final = re.compile(r"加分(?:项|项目|指标|因素)?$|^附加分|^奖励分|^(?:特色|创新)加分")
_PENALTY: Final = re.compile(r"(?:减分|倒扣分?|扣分)(?:项|项目|指标|因素)$|^综合减分")
_LIST: Final = re.compile(r"[、；;，,\n]+|(?<=\S)\s*(?=[①-⑳])")
_NUMBER: Final = re.compile(r"^(?:[①-⑳]|[（(]?\d{1,2}[)）.、．])\s*")


def to_system(table: Table, *, name: str = "", code: str = "") -> ReadSystem:
    """The system that a file's tables say. ``name`` and ``code`` of the whole win over what the file says."""
    if table.is_unsure:
        data = {"code": code or "T", "name": name or table.title or "指标体系", "indicators": []}
        done = ReadSystem(data, notes=list(table.notes), tables=table.shown, is_unsure=True)
    else:
        done = _exact(table, name, code) if table.exact else _Reading(table, name, code).done()
    done.given = name
    return done


# ---- a workbook of the platform's own -----------------------------------------------------------------------


def _exact(table: Table, name: str, code: str) -> ReadSystem:
    whole = dict(table.whole)
    whole |= {key: value for key, value in (("name", name), ("code", code)) if value}
    whole.setdefault("name", table.title or "指标体系")
    whole.setdefault("code", "T")
    done = ReadSystem(whole, faults=list(table.faults), notes=list(table.notes), exact=True)
    whole["indicators"] = [_exact_node(draft, table, done) for draft in table.drafts]
    lost = [code for code in table.nodes if code not in done.places]
    done.notes += [f"工作表“设置”里的指标“{code}”已不在表中，没有读取。" for code in lost]
    return done


def _exact_node(draft: Draft, table: Table, done: ReadSystem) -> dict[str, Any]:
    node: dict[str, Any] = read_heading(draft.text)
    if not node["name"]:
        done.faults.append(Fault(draft.spot, f"“{draft.text}”应当先写代码，空一格再写名称。"))
        node["name"] = node["code"]
    _stand(node["code"], draft, done)
    node |= {"points": f"{draft.points.normalize():f}"} if draft.points is not None else {}
    node |= {"weight": f"{draft.weight.normalize():f}"} if draft.weight is not None else {}
    if draft.texts:
        node["text"] = "\n".join(draft.texts)
    if draft.evidence:
        node["evidence"] = [line.strip() for cell in draft.evidence for line in cell.splitlines() if line.strip()]
    if draft.kind or draft.rules:
        try:
            rule = read_rule(draft.kind, "\n".join(draft.rules))
            node |= {"rule": rule} if rule else {}
        except ValueError as error:
            done.faults.append(Fault(draft.kind_spot or draft.spot, f"计分规则：{error}"))
    node |= table.nodes.get(node["code"], {})
    if draft.children:
        node["children"] = [_exact_node(child, table, done) for child in draft.children]
    return node


def _stand(code: str, draft: Draft, done: ReadSystem) -> None:
    if code in done.places:
        done.faults.append(Fault(draft.spot, f"代码“{code}”与{done.places[code]}重复，请换一个。"))
    else:
        done.places[code] = str(draft.spot)
        done.spots[code] = (draft.spot.table, draft.spot.row, draft.spot.column)


# ---- a table of an office -----------------------------------------------------------------------------------


class _Reading:
    """Codes first, then what stands behind the names, then rules: each step needs the one before."""

    def __init__(self, table: Table, name: str, code: str) -> None:
        self.table = table
        self.into = ReadSystem({}, faults=list(table.faults), notes=list(table.notes))
        if table.own is None:  # what the platform wrote needs nobody to say what its columns mean
            self.into.tables = table.shown
        self.kinds: dict[str, list[str]] = {}
        self.name, self.code = name, code
        self.items: set[str] = set()
        self.names: dict[Draft, str] = {}
        data = to_data(table.own) if table.own is not None else {}
        self.whole = {key: value for key, value in data.items() if key != "indicators"}
        self.own = {node["code"]: node for node in walk(data["indicators"])} if data else {}
        self.changed: list[str] = []

    def done(self) -> ReadSystem:
        into, table = self.into, self.table
        for draft in [draft for top in table.drafts for draft in top.walk()]:
            _take_parts(draft)
        self._give_codes()
        name = self.name or table.title or "指标体系"
        into.data = {"code": self.code or self._free("T"), "name": name[:NAME_LIMIT]}
        if self.whole:
            into.data = {**self.whole, "code": self.code or self.whole["code"], "name": name[:NAME_LIMIT]}
            into.own = [into.data["code"], *into.own]
        if table.total is not None:
            into.data["points"] = number_text(table.total)
        if table.has_weights and all(draft.points is None for draft in self._drafts()):
            # «权重» of 100 with no points beside it is what other offices call 分值.
            for draft in self._drafts():
                draft.points = draft.weight and (draft.weight * 100 if draft.percent_weight else draft.weight)
                draft.weight = None
            into.notes.append("表里没有“分值”列，“权重”按分值读入。")
        into.data["indicators"] = [self._node(draft, within_role=False) for draft in table.drafts]
        if self.whole:
            into.notes.append(
                "这份文档由本平台导出：没有改过的单元格按原来的内容读入，等次、一票否决、数据项等表格以外的内容也按导出时的读入。"
            )
            if self.changed:
                shown = "；".join(self.changed[:20]) + ("……" if len(self.changed) > 20 else "")
                into.notes.append(f"文档里改过 {len(self.changed)} 处，按改后的读入：{shown}。")
            lost = [code for code in self.own if code not in into.places]
            if lost:
                into.notes.append(
                    f"文档里删去了 {len(lost)} 个指标：{'、'.join(lost[:20])}{'等' if len(lost) > 20 else ''}。"
                )
        for kind, places in self.kinds.items():
            into.notes.append(
                f"{places[0]}{f'等 {len(places)} 处' if len(places) > 1 else ''}的计分方式“{kind[:20]}”平台没有，"
                f"由评估人员评分，原文保留在标准里。可以写：{'、'.join(_LABELS)}。"
            )
        self._say_what_is_added()
        return into

    def _drafts(self) -> list[Draft]:
        return [draft for top in self.table.drafts for draft in top.walk()]

    # ---- codes ----------------------------------------------------------------------------------------------

    def _give_codes(self) -> None:
        drafts = self._drafts()
        for draft in drafts:
            self.names[draft] = _one_line(draft.text)
        taken: set[str] = set()
        for draft in drafts if self.own else ():
            said = read_heading(" ".join(draft.text.split()))
            if said["code"] in self.own and said["code"] not in self.into.own:
                draft.code, self.names[draft] = said["code"], said["name"]
                self.into.own.append(draft.code)
                if draft.children:
                    draft.points, draft.weight = (
                        Decimal(said[key]) if key in said else None for key in ("points", "weight")
                    )
        for draft in drafts:
            if draft.code:
                taken.add(draft.code)
        read = {draft: self._written(draft) for draft in drafts if not draft.code}
        times = Counter(code for code, _ in read.values() if code)
        again = {code: n for code, n in times.items() if code and (n > 1 or code in taken)}
        if again:
            shown = "、".join(f"“{code}”" for code in list(again)[:10]) + ("等" if len(again) > 10 else "")
            self.into.notes.append(f"代码{shown}写了不止一次，这些指标已另外编号，请核对。")
        for draft, (code, name) in read.items():
            if code and times[code] == 1 and code not in taken:
                draft.code, self.names[draft] = code, name
                taken.add(code)
            elif code:
                self.names[draft] = name
        made = 0
        counters: Counter[int] = Counter()
        for draft, level in self._levels():
            if not draft.code:
                made += not read[draft][0]
                while not draft.code or draft.code in taken:
                    counters[level] += 1
                    draft.code = f"{chr(64 + min(level, 26))}{counters[level]}"
                taken.add(draft.code)
                self.names[draft] = _ORDINAL.sub("", self.names[draft], count=1) or self.names[draft]
            _stand(draft.code, draft, self.into)
        self.taken = taken
        if made:
            self.into.notes.append(f"有 {made} 个指标没有代码，已按级别编号（一级 A1、二级 B1、三级 C1……）。")

    def _levels(self) -> Iterator[tuple[Draft, int]]:
        stack = [(draft, 1) for draft in reversed(self.table.drafts)]
        while stack:
            draft, level = stack.pop()
            yield draft, level
            stack += [(child, level + 1) for child in reversed(draft.children)]

    def _written(self, draft: Draft) -> tuple[str, str]:
        """The code in front of a name, and the name without it."""
        text = self.names[draft]
        found = _CODED.fullmatch(text)
        if found is None:
            return "", text
        code = found["code"].replace("－", "-").replace("．", ".")
        # «1.5 米以上» is no code; letters before digits are one even without a blank behind.
        if code[0].isdigit() and not found["sep"]:
            return "", text
        return code, found["name"]

    def _free(self, code: str) -> str:
        while code in self.taken:
            code += "0"
        return code

    # ---- nodes ----------------------------------------------------------------------------------------------

    def _node(self, draft: Draft, *, within_role: bool) -> dict[str, Any]:
        if len(self.into.places) and draft.level > MAX_LEVELS:
            raise SheetError(f"层级太多，最多 {MAX_LEVELS} 级。")
        if draft.code in self.own and draft.code in self.into.own:
            return self._own_node(draft, within_role=within_role)
        node: dict[str, Any] = {"code": draft.code, "name": self.names[draft]}
        if draft.points is not None:
            node["points"] = number_text(draft.points)
        if draft.weight is not None:
            node["weight"] = number_text(draft.weight)
        self._points_behind(draft, node)
        is_role = not within_role and self._role(draft, node)
        if len(node["name"]) > NAME_LIMIT:
            draft.texts.insert(0, node["name"])
            self.into.notes.append(
                f"{draft.spot}的名称有 {len(node['name'])} 个字，只留前 {NAME_LIMIT} 个字，全文放在标准里。"
            )
            node["name"] = node["name"][: NAME_LIMIT - 1] + "…"
        draft.rules = [rule for rule in draft.rules if rule.strip("。 ") != JUDGED]
        rule_text = "\n".join(draft.rules)
        if not draft.children:
            self._leaf(draft, node, rule_text, within_role or is_role)
        texts = [*draft.texts, *(rule for rule in draft.rules if rule not in draft.texts)]
        if draft.steps or draft.limits:
            said = [f"分段值：{'；'.join(draft.steps)}"] if draft.steps else []
            said += [f"阈值：{'；'.join(draft.limits)}"] if draft.limits else []
            texts.append("；".join(" ".join(part.split()) for part in said))
        if draft.explain.startswith("是"):
            texts.append("评分时须写明评分说明。")
        if texts:
            node["text"] = "\n".join(texts)
        evidence = [entry for cell in draft.evidence for entry in _entries(cell)]
        if draft.attach.startswith("是") and not evidence:
            evidence = ["附件"]
        if evidence:
            node["evidence"] = evidence
        if draft.children:
            node["children"] = [self._node(child, within_role=within_role or is_role) for child in draft.children]
        return node

    def _own_node(self, draft: Draft, *, within_role: bool) -> dict[str, Any]:
        """An indicator of a document of the platform: what its cells still say as written comes back exactly."""
        assert self.table.own is not None
        kept, was = self.own[draft.code], self.table.own.nodes[draft.code]
        node = {key: value for key, value in kept.items() if key != "children"}
        if plain(self.names[draft]) != plain(was.name):
            node["name"] = self.names[draft][:NAME_LIMIT]
            self._has_changed(draft, "名称")
        if draft.children:
            for key, word, now in (("points", "分值", draft.points), ("weight", "权重", draft.weight)):
                if now != getattr(was, key):
                    self._put(node, key, None if now is None else number_text(now))
                    self._has_changed(draft, word)
            if was.children:
                node["children"] = [self._node(child, within_role=within_role) for child in draft.children]
                return node
            node.pop("rule", None)  # a leaf that was given indicators below it
            node["children"] = [self._node(child, within_role=within_role) for child in draft.children]
            return node
        told = told_cells(was)
        if was.children or any(head not in told for head in draft.cells):
            told = dict.fromkeys(told, "\0")  # other columns, or no leaf before: everything is read anew
        changed = {head for head, words in told.items() if plain(draft.cells.get(head, "")) != plain(words)}
        cells: tuple[tuple[str, str, Any], ...] = (
            ("分值", "points", None if draft.points is None else number_text(draft.points)),
            ("权重", "weight", None if draft.weight is None else number_text(draft.weight)),
            ("标准与考核方式", "text", "\n".join(draft.texts)),
            ("佐证材料", "evidence", [entry for cell in draft.evidence for entry in _entries(cell)]),
        )
        for head, key, value in cells:
            if head in changed:
                self._put(node, key, value)
                self._has_changed(draft, head)
        if "评分标准" in changed:
            for key in ("rule", "role", "adjust", "applies", "otherwise"):
                node.pop(key, None)
            rule_text = "\n".join(draft.rules)
            self._leaf(draft, node, rule_text, within_role or self._role(draft, node))
            if rule_text and rule_text.strip("。 ") != JUDGED:
                node["text"] = "\n".join([*([node["text"]] if node.get("text") else []), rule_text])
            self._has_changed(draft, "评分标准")
        return node

    @staticmethod
    def _put(node: dict[str, Any], key: str, value: Any) -> None:
        if value in (None, "", []):
            node.pop(key, None)
        else:
            node[key] = value

    def _has_changed(self, draft: Draft, what: str) -> None:
        self.changed.append(f"{draft.spot}{draft.code} 的{what}")

    def _guess(self, draft: Draft, what: str, words: str, on: dict[str, Any], off: dict[str, Any], **more: Any) -> None:
        key = f"{len(self.into.guesses) + 1}"
        made = {"confidence": "高", "notes": (), **more}
        words = words.replace(",", "，").replace(";", "；").replace(":", "：") if re.search("[一-鿿]", words) else words
        self.into.guesses.append(
            Guess(key, draft.code, str(draft.spot), what, " ".join(words.split()), on=on, off=off, **made)
        )

    def _points_behind(self, draft: Draft, node: dict[str, Any]) -> None:
        """«资质条件（15分）», «A1 办园条件 15»: points behind the name."""
        found = _POINTS_BEHIND.search(node["name"])
        if found is None or not node["name"][: found.start()].strip():
            return
        number = Decimal(next(group for group in (found[1], found[3], found[5]) if group))
        name = node["name"][: found.start()].rstrip()
        if draft.points is not None:
            if draft.points == number:
                node["name"] = name
            elif found[2] or found[4]:
                self.into.faults.append(
                    Fault(
                        draft.spot,
                        f"名称里写着 {number_text(number)} 分，分值列是 {number_text(draft.points)} 分，请改成一致。",
                    )
                )
            return
        if found[2] or (draft.valued and found[1]):
            node |= {"name": name, "points": number_text(number)}
            draft.points = number
            return
        off = {"name": node["name"]}
        draft.points = number
        self._guess(draft, "分值", node["name"], {"name": name, "points": number_text(number)}, off, confidence="中")

    def _role(self, draft: Draft, node: dict[str, Any]) -> bool:
        name = node["name"]
        role = "bonus" if _BONUS.search(name) else "penalty" if _PENALTY.search(name) else ""
        if role:
            word = "加分项" if role == "bonus" else "减分项"
            self._guess(draft, word, name, {"role": role}, {}, confidence="中")
        return bool(role)

    def _leaf(self, draft: Draft, node: dict[str, Any], rule_text: str, has_role: bool) -> None:
        node["rule"] = {"kind": Judged.kind}
        if draft.kind in _LABELS:
            try:
                node["rule"] = read_rule(draft.kind, rule_text) or node["rule"]
            except ValueError as error:
                self.into.faults.append(Fault(draft.kind_spot or draft.spot, f"计分规则：{error}"))
            draft.rules.clear()
            return
        elif draft.kind:
            draft.texts.append(draft.kind)
            self.kinds.setdefault(draft.kind, []).append(str(draft.kind_spot or draft.spot))
        if has_role:
            return  # what is added or taken off is counted by a person, up to the points
        found = self._found(draft, node["name"], rule_text)
        if found is None:
            return
        on: dict[str, Any] = {"rule": found.rule}
        if draft.points is None:
            full = rule_of(found.rule).full_points()
            if full is None:
                return
            on["points"] = number_text(full)
        items = tuple(self._item(item, on, draft.code) for item in found.items)
        self._guess(
            draft, found.what, found.words, on, {"rule": {"kind": Judged.kind}},
            confidence=found.confidence, notes=found.notes, items=items,
        )  # fmt: skip

    def _found(self, draft: Draft, name: str, rule_text: str) -> Found | None:
        if draft.steps and draft.limits:
            found = guess_steps("\n".join(draft.steps), "\n".join(draft.limits), draft.points, name)
            if found is not None:
                return found
        for text in (rule_text, "\n".join(draft.texts), name):
            found = guess_rule(text, draft.points, name)
            if found is not None:
                return found
        return None

    def _item(self, item: dict[str, Any], on: dict[str, Any], code: str) -> dict[str, Any]:
        """Two indicators of one name get data items of two names."""
        name = item["name"]
        if name not in self.items:
            self.items.add(name)
            return item
        other = f"{code}{name}"
        on["rule"] = {**on["rule"], "value": f"【{other}】"}
        self.items.add(other)
        return {**item, "name": other}

    def _say_what_is_added(self) -> None:
        into = self.into
        try:
            tree = built(into.plain())
        except TreeDataError:
            return
        given = {node["code"] for node in walk(into.data["indicators"]) if "points" in node}
        given |= {guess.code for guess in into.guesses if "points" in guess.on}
        added = [node.code for node in tree.root.walk() if node.children and node.points is not None]
        added = [code for code in added if code not in given and code != tree.root.code]
        if added:
            shown = "、".join(added[:20]) + ("等" if len(added) > 20 else "")
            into.notes.append(f"{shown} 没有写分值，按下级合计填写（共 {len(added)} 个）。")
        if tree.root.roll == "weighted":
            into.notes.append("一级指标写了权重，总分按权重计算。")
        if "points" not in into.data and tree.root.points is not None:
            into.notes.append(f"表里没有写总分，按一级指标合计为 {number_text(tree.root.points)} 分。")


def _take_parts(draft: Draft) -> None:
    """An indicator of several rows that each have points: the rows are the indicators below it."""
    if not draft.parts or draft.children:
        return
    first = Draft((draft.texts or draft.rules or [draft.text])[0], draft.spot, draft.level + 1)
    first.points, first.weight, first.kind = draft.points, None, draft.kind
    first.rules = draft.rules if draft.texts else []
    first.steps, first.limits, first.evidence = draft.steps, draft.limits, draft.evidence
    draft.texts, draft.rules, draft.steps, draft.limits, draft.evidence = [], [], [], [], []
    draft.points, draft.kind = None, ""
    draft.children = [first, *draft.parts]


def _one_line(text: str) -> str:
    """A name without the line breaks that the cell's width made."""
    return re.sub(r"[ \t\u3000]+", " ", re.sub(r"\s*\n\s*", "", text)).strip()


def _entries(text: str) -> list[str]:
    entries = [_NUMBER.sub("", part.strip()).strip(" 。.;；") for part in _LIST.split(text)]
    return [entry for entry in entries if entry]
