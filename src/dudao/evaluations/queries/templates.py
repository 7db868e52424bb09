"""The templates of campaigns that ship with the platform, and the published systems that an office can use for them."""

from collections.abc import Sequence
from functools import cache

from dudao import packs
from dudao.calc.campaigns import CampaignPack, campaign_from
from dudao.frameworks.models import FrameworkVersion
from dudao.orgs.models import Kind, Unit


@cache  # what is shipped does not change while the platform runs
def _all() -> dict[str, CampaignPack]:
    return {name: campaign_from(packs.read("campaigns", name)) for name in packs.names("campaigns")}


def template_of(name: str) -> CampaignPack | None:
    return _all().get(name)


def templates_for(office: Unit) -> list[CampaignPack]:
    """The templates that are made for this kind of office."""
    level = "city" if office.kind == Kind.CITY else "county"
    return [pack for pack in _all().values() if level in pack.offices]


def usable_versions(office: Unit) -> list[FrameworkVersion]:
    """The published versions of an office and of those above it: its own first, the newest of each system first."""
    parts = office.path.rstrip(".").split(".")
    above = [".".join(parts[:end]) + "." for end in range(1, len(parts) + 1)]
    rows = FrameworkVersion.objects.filter(
        state=FrameworkVersion.State.PUBLISHED, framework__unit__path__in=above
    ).select_related("framework__unit")
    return sorted(rows, key=lambda row: (-row.framework.unit.depth, row.framework_id, -row.number))


def published_for(pack: CampaignPack, versions: Sequence[FrameworkVersion]) -> list[FrameworkVersion]:
    """Those of the versions that a template is made for, in the template's order; all where it names none."""
    if not pack.systems:
        return list(versions)
    order = {name: place for place, name in enumerate(pack.systems)}
    fitting = [row for row in versions if row.framework.pack in order]
    return sorted(fitting, key=lambda row: order[row.framework.pack])


def title_of_system(name: str) -> str:
    """«幼儿园督导评估（网评与实地，模板）»."""
    return packs.about("frameworks", name).title
