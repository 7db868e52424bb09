"""The schema of a campaign's template."""

from __future__ import annotations

from dudao.calc.campaigns import GROUPS, OBJECTS, OFFICES, PHASES
from dudao.packs.schema.classes import Schema, plain, ref

# The words of units, rules and papers, which stand above this package too: a test holds them together.
UNIT_KINDS = (
    "province", "city", "county", "zone", "township", "department", "office", "school", "teaching_point", "kindergarten", "other",
)  # fmt: skip
UNIT_STAGES = ("preschool", "primary", "junior", "senior", "vocational", "special")
CAMPAIGN_LATE = ("refuse", "mark", "accept")
CAMPAIGN_SHOWN = ("never", "feedback", "publicity", "published")
CAMPAIGN_OPEN = ("refuse", "reason")
CAMPAIGN_PAPERS = ("notice", "self_notice")


def campaign_shape() -> tuple[Schema, list[str]]:
    """The keys that a template may have, and those that it must have."""
    count = {"type": "integer", "minimum": 0}
    texts = {"type": "array", "items": ref("name")}
    names = {"type": "array", "items": {"type": "string", "pattern": r"^[a-z0-9-]+$"}, "uniqueItems": True}
    flag, days = {"type": "boolean"}, {"type": "integer", "minimum": 0, "maximum": 90}
    share = {"type": "string", "pattern": r"^(0(\.\d+)?|1(\.0+)?)$"}
    pool = {
        "kinds": {"type": "array", "minItems": 1, "items": {"enum": list(UNIT_KINDS)}},
        "stages": {"type": "array", "items": {"enum": list(UNIT_STAGES)}},
        "ownership": {"enum": ["public", "private"]},
        "labels": {"type": "object", "additionalProperties": {"type": "string", "pattern": r"\{\}"}},
        "later": flag,
    }
    phase = {
        "kind": {"enum": list(PHASES)},
        "title": ref("name"),
        "source": ref("name"),
        "codes": texts,
        "after": count,
        "days": {"type": "integer", "minimum": 1, "maximum": 1000},
        "demand": {"type": "string"},
    }
    rules = {
        **dict.fromkeys(
            (
                "announced",
                "self_report",
                "check",
                "blind",
                "visible_below",
                "recuse_branch",
                "grade_unlicensed",
                "ranked",
            ),
            flag,
        ),
        **dict.fromkeys(("third_at", "findings_below", "reason_at"), share),
        **dict.fromkeys(("objection_days", "publicity_days"), days),
        "specialities": texts,
        "reviewers": {"enum": [0, 1, 2]},
        "late": {"enum": list(CAMPAIGN_LATE)},
        "shown": {"enum": list(CAMPAIGN_SHOWN)},
        "open_marks": {"enum": list(CAMPAIGN_OPEN)},
        "grace_minutes": {"type": "integer", "minimum": 0, "maximum": 120},
        "counts": texts,
    }
    division = {
        "units": {"type": "array", "minItems": 1, "items": ref("name")},
        "codes": {"type": "array", "minItems": 1, "items": ref("name")},
    }
    paper = {"kind": {"enum": list(CAMPAIGN_PAPERS)}, "title": ref("name"), "demands": texts}
    return (
        {
            "title": ref("name"),
            "group": {"enum": list(GROUPS)},
            "summary": ref("name"),
            "offices": {"type": "array", "minItems": 1, "items": {"enum": list(OFFICES)}},
            "objects": {"enum": list(OBJECTS)},
            "pool": plain(pool, ["kinds"]),
            "systems": names,
            "twin": {"type": "string", "pattern": r"^[a-z0-9-]+$"},
            "cycle_years": count,
            "starts": plain(
                {
                    "month": {"type": "integer", "minimum": 1, "maximum": 12},
                    "day": {"type": "integer", "minimum": 1, "maximum": 31},
                },
                ["month", "day"],
            ),
            "phases": {"type": "array", "minItems": 1, "items": plain(phase, ["kind", "title", "after", "days"])},
            "rules": plain(rules),
            "division": {"type": "array", "items": plain(division, ["units", "codes"])},
            "papers": {"type": "array", "items": plain(paper, ["kind", "title"])},
        },
        ["group", "summary", "offices", "objects", "pool", "phases"],
    )
