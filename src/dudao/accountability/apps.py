from django.apps import AppConfig


class AccountabilityConfig(AppConfig):
    name = "dudao.accountability"
    label = "accountability"
    verbose_name = "问责约谈"

    def ready(self) -> None:
        from dudao.accountability import flow, verbs  # noqa: F401  the vocabulary and who acts next are filled by the import
        from dudao.accountability.actions import papers

        papers.register_all()
