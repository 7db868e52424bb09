from django.apps import AppConfig


class EvaluationsConfig(AppConfig):
    name = "dudao.evaluations"
    label = "evaluations"
    verbose_name = "督导评估"

    def ready(self) -> None:
        from dudao.evaluations import cycle_flow, flow, jobs, verbs  # noqa: F401  vocabulary, who acts next, handlers
        from dudao.evaluations import review_findings
        from dudao.evaluations.evidence import answer_place
        from dudao.evidence import uses

        review_findings.register_all()
        uses.register("answer", answer_place)
