"""Files of rows on their way in, declared once: upload, check, preview with errors beside the rows, confirmation, result.

In an app's ``imports.py``:

    UNITS = declare(Import(
        key="units", verb="unit.import", page="orgs:import", target=..., table=..., plan=..., take=..., shown=..., words=..., ...
    ))

and in its ``urls.py`` ``*imports.paths(UNITS, "import/")``, beside an upload page of its own that ends in ``pages.upload_page``.

A file is read once, by the job that checks it: the rows wait as they were typed (``kept``), and the job that takes them works
on those. What the rows mean, and whether they may be written, is for the app: ``plan`` says what each would do, ``take`` writes
them in one transaction, all or none. Of a file with faulty rows the good ones may be taken; the others are given back as a file.
"""

from dudao.core.imports.declared import DECLARED, OUTCOMES, Import, Plan, Progress, Refused, Words
from dudao.core.imports.running import confirm, declare, seen, take_in

__all__ = [
    "DECLARED",
    "OUTCOMES",
    "Import",
    "Plan",
    "Progress",
    "Refused",
    "Words",
    "confirm",
    "declare",
    "seen",
    "take_in",
]
