from django.apps import AppConfig


class EvaluationsConfig(AppConfig):
    name = "dudao.evaluations"
    label = "evaluations"
    verbose_name = "督导评估"

    def ready(self) -> None:
        from dudao.evaluations import cycle_flow, findings, flow, jobs, part_flow, review_findings, team_flow, verbs  # noqa: F401
        from dudao.evaluations.actions import result_papers, visit_papers
        from dudao.evaluations.actions.papers import facts_of_campaign
        from dudao.evaluations.evidence import answer_place
        from dudao.evidence import uses
        from dudao.papers import sources

        findings.register_all()
        result_papers.register_all()
        review_findings.register_all()
        visit_papers.register_all()
        uses.register("answer", answer_place)
        sources.register("campaign", facts_of_campaign)
