"""Proof from the library: a field for forms that also take files."""

from typing import Any

from django.urls import reverse

from dudao.core.access import Actor
from dudao.core.ui.forms import FileField, Form, PickManyField, UploadWidget
from dudao.evidence.flow import keeps
from dudao.evidence.queries.library import usable
from dudao.evidence.queries.uploads import uploads_context
from dudao.orgs.models import Unit


class IntoLibrary(UploadWidget):
    """The library's own uploader in place of the drop zone: what is sent in pieces goes along as an item of ``library``.

    Without JavaScript the files come with the form, as with any other field.
    """

    template_name = "evidence/into_library.html"

    def __init__(self, field: FileField, actor: Actor, unit: Unit) -> None:
        super().__init__(field.max_bytes, field.kinds, field.multiple)
        self.actor, self.unit = actor, unit

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        return {**super().get_context(name, value, attrs), **uploads_context(self.actor, self.unit), "into": "library"}


class FromLibrary(Form):
    """A form with ``library``: items of the unit's library, handed to the action among the ``files`` as their current versions.

    Whoever may not use the library is not asked; the ``sections`` name the field before ``files``. Who keeps the library uploads
    into it right here.
    """

    def __init__(self, *args: Any, actor: Actor, unit: Unit, **kwargs: Any) -> None:
        self.actor, self.unit = actor, unit
        super().__init__(*args, **kwargs)

    def adapt(self) -> None:
        super().adapt()
        if not self.actor.may("evidence.attach", self.unit.path):
            return
        self.fields["library"] = PickManyField(
            label="从资料库选用",
            required=False,
            url=f"{reverse('evidence:pick')}?unit={self.unit.pk}",
            objects=lambda: usable(self.actor, self.unit),
            help_text="本单位资料库里已有的材料，不用再上传。",
        )
        self.fields["library"].widget.attrs["placeholder"] = "输入材料名称、类别或文号"
        files = self.fields["files"]
        if isinstance(files, FileField) and keeps(self.unit, self.actor, "evidence.add") is None:
            files.widget = IntoLibrary(files, self.actor, self.unit)
            files.help_text = f"{files.help_text}上传的文件同时存入本单位资料库。"

    @property
    def values(self) -> dict[str, Any]:
        said = super().values
        return said | {"files": [*said.get("files", ()), *(item.current for item in said.pop("library", ()))]}
