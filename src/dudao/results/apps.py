from django.apps import AppConfig


class ResultsConfig(AppConfig):
    name = "dudao.results"
    label = "results"
    verbose_name = "评估结果"

    def ready(self) -> None:
        from dudao.evaluations.queries import key_figures
        from dudao.results import findings, flow, jobs, verbs  # noqa: F401
        from dudao.results.actions import result_papers
        from dudao.results.queries.deciding import to_decide

        findings.register_all()
        result_papers.register_all()
        key_figures.register(to_decide)
