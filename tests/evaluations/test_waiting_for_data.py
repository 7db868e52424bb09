"""A mark whose points wait for a figure of the unit is work done: kept, handed in, counted once the figure is there."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from dudao.calc.tree import from_data
from dudao.demo.builders import unit
from dudao.evaluations.actions import reviewing
from dudao.evaluations.actions.campaigns import PhaseGiven, SubjectGiven, create_campaign, set_subjects, start_campaign
from dudao.evaluations.models import Figure, Mark, Subject
from dudao.evaluations.queries import reviewing as reads
from dudao.evaluations.queries.scoring import scored
from dudao.frameworks.actions.drafts import write_tree
from dudao.frameworks.actions.versions import publish_version
from dudao.frameworks.models import Framework, FrameworkVersion
from dudao.frameworks.trees import whole_of
from dudao.orgs.models import Kind

TREE = {
    "code": "T",
    "name": "专项督导",
    "points": 20,
    "indicators": [
        {
            "code": "A1",
            "name": "办学规模",
            "points": 10,
            "rule": "judged",
            "adjust": [{"factor": "0.5", "when": "班数 < 6", "reason": "不足 6 个班"}],
        },
        {
            "code": "A2",
            "name": "管理",
            "points": 10,
            "rule": {
                "kind": "pick",
                "factor": True,
                "bands": [{"label": "好", "within": "1"}, {"label": "差", "within": "0"}],
            },
        },
    ],
    "items": [{"name": "班数", "kind": "count"}],
}


@pytest.fixture
def task(town):
    school = unit("平江县第一中学", Kind.SCHOOL, town.county)
    tree = from_data(TREE)
    version = FrameworkVersion.objects.create(
        framework=Framework.objects.create(unit=town.city, name="专项督导"), number=1, whole=whole_of(tree)
    )
    write_tree(version, tree)
    version = publish_version(town.director, version=version, reason="试行。")
    day = timezone.localdate()
    made = create_campaign(
        town.director,
        office=town.city,
        title="2026年专项督导",
        year=2026,
        objects_kind="schools",
        version=version,
        phases=[PhaseGiven("online", "网上评审", day, day + timedelta(9), source="online")],
    )
    made = set_subjects(town.director, campaign=made, revision=made.revision, subjects=[SubjectGiven(school)])
    made = start_campaign(town.director, campaign=made, revision=made.revision)
    town.subject = Subject.objects.get(campaign=made)
    (town.review,) = reviewing.assign_reviews(
        town.director,
        campaign=made,
        source="online",
        subjects=[town.subject],
        reviewers=[town.accounts["inspector"]],
        way="hand",
    )
    return town


def at(task, code):
    return reads.desk(reads.seen(task.inspector).get(pk=task.review.pk)).item(code)


def test_a_mark_that_waits_for_a_figure_is_kept_and_handed_in(task):
    reviewing.save_mark(task.inspector, review=task.review, code="A1", cells={"A1": "10"})
    item = at(task, "A1")
    assert (item.result, item.lacks, item.is_done, item.is_low) == ("—（缺数据）", "", True, False)
    reviewing.save_mark(task.inspector, review=task.review, code="A2", cells={"A2": "1"})
    assert reviewing.submit_review(task.inspector, review=task.review).state == "done"
    Figure.objects.create(subject=task.subject, name="班数", cell="4")
    assert at(task, "A1").result == "5"
    subject = Subject.objects.select_related("campaign__version", "campaign__office", "unit").get(pk=task.subject.pk)
    assert scored(subject).sheet().total.at(0) == 15


def test_what_the_rule_has_no_place_for_is_still_refused(task):
    with pytest.raises(ValidationError, match="不在规则的范围内"):
        reviewing.save_mark(task.inspector, review=task.review, code="A2", cells={"A2": "0.5"})
    assert not Mark.objects.exists()
