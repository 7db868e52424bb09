from django.apps import AppConfig


class EvaluationsConfig(AppConfig):
    name = "dudao.evaluations"
    label = "evaluations"
    verbose_name = "督导评估"

    def ready(self) -> None:
        from dudao.evaluations import findings, flow, jobs, verbs  # noqa: F401
        from dudao.evaluations.actions import papers, visit_papers
        from dudao.evaluations.campaign_demand import CampaignDemand
        from dudao.evaluations.evidence import answer_place
        from dudao.evaluations.queries.answering import ANSWER
        from dudao.evaluations.queries.visits import CampaignsServed
        from dudao.evidence import uses
        from dudao.selection import demand
        from dudao.visits import served

        findings.register_all()
        papers.register_all()
        visit_papers.register_all()
        demand.register(CampaignDemand())
        served.register(CampaignsServed())
        uses.register(ANSWER, answer_place)
