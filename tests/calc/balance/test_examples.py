"""Published results: all that are shipped come out, and a wrong number is noticed."""

import copy

import pytest

from dudao import packs
from dudao.calc.balance import examples

SHIPPED = packs.read("examples", "balance")


def test_everything_shipped_comes_out():
    found = examples.recompute(SHIPPED)
    assert [finding for finding in found if not finding.agrees] == []
    assert len(found) == 3 + 3 + 23 + 2


def test_the_five_schools_are_among_them():
    cv = next(item for item in examples.recompute(SHIPPED) if item.quantity == "差异系数（不取舍）")
    assert cv.name == "某县五所小学的生均图书册数" and cv.computed.startswith("0.5152566298844")


@pytest.mark.parametrize(
    ("path", "to"),
    [
        (("coefficients", 0, "resource", 0), 280),
        (("coefficients", 0, "printed", "cv"), "0.49"),
        (("coefficients", 0, "exact", "mean"), "6.33"),
        (("composites", "counties", 3, "小学", "composite"), "0.496"),
        (("composites", "limits", "小学"), "0.5"),
        (("sums", "rows", 0, "total"), "451"),
    ],
)
def test_a_wrong_number_is_noticed(path, to):
    wrong = copy.deepcopy(dict(SHIPPED))
    place = wrong
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = to
    assert not all(finding.agrees for finding in examples.recompute(wrong))


def test_no_examples_no_findings():
    assert examples.recompute({}) == ()
