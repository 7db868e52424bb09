"""What each source gave, beside what counts: a source that marks only some indicators has no sum out of the full points."""

import json

from dudao import packs
from dudao.calc.score import ADOPTED, System, subjects_of
from dudao.calc.score.samples import sample_cells
from dudao.calc.tree import from_data
from dudao.frameworks.trials.figures import lines_of


def scored():
    data = json.loads(json.dumps(dict(packs.read("frameworks", "county-government-template")), default=str))
    system = System(from_data(data))
    (cells,) = sample_cells(system, [0.9], seed=3)
    return subjects_of(system, [("平江县", cells)]).scores()


def test_a_sum_of_some_indicators_says_out_of_how_many_points():
    scores = scored()
    sources = ["self", "online", "onsite"]
    lines = {line.code: dict(zip(sources, line.sources, strict=True)) for line in lines_of(scores, ADOPTED, sources)}
    root = scores.tree.root.code
    assert lines["M1"]["online"].isascii(), "the online review marks all of the first part"
    assert lines["M3"]["online"].partition("／")[2] == "41", "of the third it marks 41 points of 100"
    assert (lines[root]["online"], lines[root]["onsite"]) == ("—", "—"), "nothing is guessed of the rest"
    assert lines[root]["self"].replace(".", "").isdecimal(), "a self-evaluation is of the whole"


def test_nothing_is_subtracted_from_what_was_given_in_part():
    scores = scored()
    found = {line.code: line.deviation for line in lines_of(scores, ADOPTED, ["online", "onsite"])}
    assert found[scores.tree.root.code] == found["M3"] == "—"
    assert found["M1"] != "—"
