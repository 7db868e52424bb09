from django.apps import AppConfig


class EvidenceConfig(AppConfig):
    name = "dudao.evidence"
    label = "evidence"
    verbose_name = "佐证材料库"

    def ready(self) -> None:
        from dudao.evidence import flow, verbs  # noqa: F401  the vocabulary and who acts next are filled by the import
