from datetime import date

import pytest
from django.template import Context, Template

from dudao.core.process import Act, Button
from dudao.core.ui.parts import State, Todo, TreeNode, stages


def draw(source: str, **context) -> str:
    return Template(source).render(Context({"csrf_token": "token", **context}))


def test_a_badge_has_word_icon_and_colour():
    html = draw("{% badge state %}", state=State("逾期", "red"))
    assert "逾期" in html
    assert "is-red" in html
    assert "#alert-circle" in html


def test_an_unknown_tone_or_icon_is_a_fault_of_the_page():
    with pytest.raises(ValueError, match="tone"):
        draw('{% badge "x" "pink" %}')
    with pytest.raises(ValueError, match=r"icons\.txt"):
        draw('{% icon "no-such-icon" %}')


def test_what_people_typed_is_escaped_everywhere():
    evil = '<script>alert("1")</script>'
    html = draw(
        "{% page_head x count=1 note=x %}{% endpage_head %}{% badge state %}{% datum x x %}{% message x %}{% empty x x %}"
        '{% confirm x "/a" x reason=x %}{% denied_button x x %}{% todo_list todos %}{% tree nodes x %}{% picker "p" "/p" 1 x %}'
        '{% kpi x x x compare=x %}{% progress 1 2 "blue" x %}',
        x=evil,
        state=State(evil),
        todos=[Todo(evil, "/a", evil)],
        nodes=[TreeNode(evil, "/a", "/b", note=evil)],
    )
    assert "<script" not in html


def test_chart_data_cannot_close_its_script():
    spec = {"kind": "bar", "categories": ["</script>"], "series": [{"name": "a", "values": [None]}]}
    html = draw("{% chart spec '发现' %}", spec=spec)
    assert html.count("</script>") == 1
    assert "—" in html


def test_acts_that_are_not_possible_stand_greyed_with_their_reason():
    acts = [
        Button(Act("unit.edit"), "修改", "/step/", "btn-primary", "", ""),
        Button(Act("unit.move", reason="理由"), "变更隶属", "/step/", "btn-plain", "", ""),
        Button(Act("unit.close"), "撤销", "/step/", "btn-danger-plain", "还有下级单位，不能撤销。", ""),
    ]
    html = draw('{% include "ui/acts.html" %}', acts=acts)
    assert 'value="unit.edit"' in html
    assert 'name="reason"' in html
    assert '<span class="dd-why">还有下级单位，不能撤销。</span>' in html
    assert 'value="unit.close"' not in html


@pytest.mark.parametrize(
    ("state", "back", "statuses"),
    [
        ("b", "", ["done", "current", "todo"]),
        ("c", "", ["done", "done", "done"]),
        ("returned", "b", ["done", "back", "todo"]),
        ("elsewhere", "", ["todo", "todo", "todo"]),
    ],
)
def test_the_step_line_shows_where_an_object_stands(state, back, statuses):
    line = stages([("a", "甲"), ("b", "乙"), ("c", "丙")], state, back=back)
    assert [stage.status for stage in line] == statuses


def test_deadline_and_unknown():
    assert draw("{% deadline None %}") == "—"
    html = draw("{% deadline day today=today %}", day=date(2026, 3, 5), today=date(2026, 3, 7))
    assert "2026年3月5日" in html
    assert "逾期 2 天" in html
