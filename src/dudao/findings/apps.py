from django.apps import AppConfig


class FindingsConfig(AppConfig):
    name = "dudao.findings"
    label = "findings"
    verbose_name = "问题整改"

    def ready(self) -> None:
        from dudao.findings import flow, verbs  # noqa: F401  the vocabulary and who acts next are filled by the import
        from dudao.findings.actions import feedback_reports, lookback_answers, notices

        notices.register_all()
        lookback_answers.register_all()
        feedback_reports.register_all()
