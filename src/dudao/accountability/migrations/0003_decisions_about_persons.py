"""Decisions about a person that were drafted before papers could say so: from now on only those who may know of it read them."""

from django.db import migrations

# The frozen words of a paper stay as they are; who reads it is no word of it.
FORWARD = """
ALTER TABLE papers_paper DISABLE TRIGGER papers_paper_frozen;
UPDATE papers_paper SET about_person = true, person_id = accused.person_account_id
  FROM accountability_case AS accused
 WHERE papers_paper.source_key = 'case:' || accused.id AND accused.person_name <> '';
SET CONSTRAINTS ALL IMMEDIATE;
ALTER TABLE papers_paper ENABLE TRIGGER papers_paper_frozen;
"""


class Migration(migrations.Migration):
    dependencies = [("accountability", "0002_archived_is_frozen"), ("papers", "0005_about_a_person")]
    operations = [migrations.RunSQL(FORWARD, migrations.RunSQL.noop)]
