from django.apps import AppConfig


class AccountabilityConfig(AppConfig):
    name = "dudao.accountability"
    label = "accountability"
    verbose_name = "问责约谈"

    def ready(self) -> None:
        from dudao.accountability import flow, verbs  # noqa: F401  the vocabulary and who acts next are filled by the import
        from dudao.accountability.actions import papers
        from dudao.papers import sources

        sources.register("case", papers.facts_of_case)
        sources.on_issued("case", papers.issued)
        sources.on_signed("case", papers.signed)
        sources.on_withdrawn("case", papers.withdrawn)
        sources.register("talk", papers.facts_of_talk)
        sources.on_signed("talk", papers.talk_signed)
        sources.register("talk_record", papers.facts_of_talk)
