"""Files that came with a plain form, where no JavaScript runs: all of them or none."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction

from dudao.core import files
from dudao.core.access import Actor
from dudao.evidence.actions.library import Added, add_file
from dudao.evidence.flow import adds
from dudao.evidence.models import Evidence
from dudao.orgs.models import Unit


def take(actor: Actor, *, unit: Unit, uploads: Sequence[Any], row: Evidence | None = None) -> list[Added]:
    """Store the uploads and add each to the library. Raises ``Denied``, ``ValidationError``, ``FileRefused``."""
    adds(actor, unit, row)
    added = []
    with transaction.atomic():
        for upload in uploads:
            stored = files.store(upload, upload.name, limit=files.UPLOAD_BYTES)
            verdict = files.Verdict.CLEAN if files.scans() else files.Verdict.OFF
            added.append(add_file(actor, unit=unit, file=stored, name=upload.name, row=row, verdict=verdict))
    return added
