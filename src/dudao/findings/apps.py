from django.apps import AppConfig


class FindingsConfig(AppConfig):
    name = "dudao.findings"
    label = "findings"
    verbose_name = "问题整改"

    def ready(self) -> None:
        from dudao.findings import flow, verbs  # noqa: F401  the vocabulary and who acts next are filled by the import
        from dudao.findings.actions import feedback_reports, lookback_answers, notices
        from dudao.papers import sources

        sources.register("finding", notices.facts_of_finding)
        sources.register("consultation", notices.facts_of_consultation)
        sources.register("lookback", lookback_answers.facts_of_round)
        sources.register("feedback", feedback_reports.facts_of_feedback)
        sources.on_issued("finding", notices.renew_with_paper)
        sources.on_issued("feedback", feedback_reports.reported_with_paper)
        sources.on_signed("finding", notices.sign_with_paper)
        sources.on_shown("finding", notices.changed_since)
