"""Draws are checked by the lines that the documentation gives to everybody, as an oracle of their own."""

import csv
import io
import json
import re
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from dudao.calc.sampling import checks_of, draw_record, frame_of, holds, plan_of, record_of

DOCUMENTED = Path(__file__).parents[2] / "docs/calculations/draws.md"


class TestIndependently:
    """The lines of the documentation, which know nothing of this package."""

    @settings(max_examples=25, deadline=None)
    @given(data=st.data())
    def test_they_agree(self, tmp_path_factory, data):
        place = tmp_path_factory.mktemp("draw")
        keys = data.draw(st.lists(st.from_regex("[A-Z0-9]{1,6}", fullmatch=True), min_size=1, max_size=30, unique=True))
        heads = ["编号", "名称", "县区", "人数"]
        rows = [
            [key, f"学校{key}", data.draw(st.sampled_from("甲乙丙")), str(data.draw(st.sampled_from([1, 5, 40])))]
            for key in keys
        ]
        frame = frame_of([heads, *rows])
        out = dict.fromkeys(data.draw(st.sets(st.sampled_from(keys), max_size=len(keys) - 1)), "回避")
        wanted = data.draw(st.integers(1, len(keys) - len(out)))
        size = data.draw(st.sampled_from(["", "人数"]))
        column = data.draw(st.sampled_from(["", "县区"]))
        plan = plan_of(frame, wanted, column=column, excluded=out, title="试抽", size_column=size)
        record = draw_record(
            plan, frame, data.draw(st.sampled_from(["a", "2026-01"])), data.draw(st.sampled_from(["", "7"]))
        )
        (place / "r.json").write_text(json.dumps(record.data()), encoding="utf-8")
        text = io.StringIO()
        csv.writer(text).writerows([heads, *rows])
        (place / "f.csv").write_text(text.getvalue(), encoding="utf-8-sig")
        names = {}
        code = re.search(r"```python\n(.*?)```", DOCUMENTED.read_text(encoding="utf-8"), re.DOTALL).group(1)
        exec(code, names)
        assert names["check"](place / "r.json", place / "f.csv")
        assert holds(checks_of(record_of(json.dumps(record.data())), frame))
        changed = {**record.data(), "seed": record.seed + "x"}
        (place / "r.json").write_text(json.dumps(changed), encoding="utf-8")
        assert not names["check"](place / "r.json", place / "f.csv")
