"""Any order of pieces, repeats, lost answers and kills: what was acknowledged is there, byte for byte, and there once.

A kill is a transaction that is rolled back after the files were written: what a process leaves that dies before its commit.
"""

import hashlib
import shutil
import uuid
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest
from django.db import connections, transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from dudao.core import files
from dudao.core.models import Event
from dudao.demo.builders import actor, unit
from dudao.evidence.actions import uploads
from dudao.evidence.models import EvidenceVersion, Upload
from dudao.orgs.models import Kind


class Killed(Exception):
    pass


def killed(act):
    """The act, up to the moment before its commit."""
    with pytest.raises(Killed), transaction.atomic():
        act()
        raise Killed


class Sending(RuleBasedStateMachine):
    """Two browsers of one person and whatever may happen to two files, one of which is sent under two names."""

    world = SimpleNamespace()

    def __init__(self):
        """The database is the test's own, so every run has names and bytes of its own."""
        super().__init__()
        mark = uuid.uuid4().hex
        self.contents = [f"%PDF-1.4\n{mark}{'ab'[n] * (5 + 20 * n)}\n%%EOF".encode() for n in range(2)]
        self.acknowledged = {}
        self.names = [f"{mark}-{n}.pdf" for n in range(3)]

    def content_of(self, row):
        return self.contents[self.names.index(row.name) % 2]

    def rows(self):
        return list(Upload.objects.filter(name__in=self.names).order_by("created_at"))

    def heard(self, row):
        """An answer reached the browser."""
        if row.state == "done":
            self.acknowledged[row.pk] = row.version_id

    @rule(which=st.integers(0, 2), digest=st.booleans())
    def announce(self, which, digest):
        content = self.contents[which % 2]
        known = hashlib.sha256(content).hexdigest() if digest else ""
        w = self.world
        self.heard(uploads.begin(w.clerk, unit=w.school, name=self.names[which], size=len(content), digest=known))

    @rule(pick=st.integers(0, 9), offset=st.integers(-1, 80), length=st.integers(0, 80), dies=st.booleans())
    def piece(self, pick, offset, length, dies):
        """``offset`` −1: where it stands. The bytes are those of the file at that place."""
        rows = self.rows()
        if not rows:
            return
        row = rows[pick % len(rows)]
        at = row.received if offset < 0 else offset
        chunk = self.content_of(row)[at : at + length]

        def act():
            return uploads.receive(self.world.clerk, upload=row, offset=at, chunk=chunk)

        if dies:
            killed(act)
        else:
            act()

    @rule(pick=st.integers(0, 9), dies=st.booleans(), lost=st.booleans())
    def end(self, pick, dies, lost):
        rows = self.rows()
        if not rows:
            return
        row = rows[pick % len(rows)]

        def act():
            return uploads.finish(self.world.clerk, upload=row)

        if dies:
            killed(act)
        elif lost:
            act()
        else:
            self.heard(act())

    @rule(pick=st.integers(0, 9))
    def go_on_to_the_end(self, pick):
        rows = [row for row in self.rows() if row.state == "open"]
        if not rows:
            return
        row = rows[pick % len(rows)]
        for _ in range(20):
            content = self.content_of(row)
            row = uploads.receive(
                self.world.clerk, upload=row, offset=row.received, chunk=content[row.received : row.received + 30]
            ).upload
            row = uploads.finish(self.world.clerk, upload=row)
            if row.state != "open":
                break
        assert row.state == "done", "an honest browser always gets there"
        self.heard(row)

    @rule()
    def part_files_are_lost(self):
        shutil.rmtree(files.the_store().workspace() / "uploads", ignore_errors=True)

    @rule(pick=st.integers(0, 9))
    def give_up(self, pick):
        rows = self.rows()
        if rows:
            uploads.cancel(self.world.clerk, upload=rows[pick % len(rows)])

    @invariant()
    def what_was_acknowledged_is_there(self):
        for key, version_id in self.acknowledged.items():
            row = Upload.objects.select_related("version__file").get(pk=key)
            assert (row.state, row.version_id) == ("done", version_id)
            with files.opened(row.version.file, check=True) as stream:
                assert stream.read() == self.content_of(row)

    @invariant()
    def the_same_bytes_are_kept_once(self):
        mine = EvidenceVersion.objects.filter(name__in=self.names)
        assert mine.count() == mine.values("file").distinct().count() <= 2


@pytest.mark.django_db
@pytest.mark.timeout(400)
def test_whatever_happens_on_the_way(settings, tmp_path):
    settings.FILES_ROOT = tmp_path / "files"
    county = unit("平江县", Kind.COUNTY)
    school = unit("示例小学", Kind.SCHOOL, county)
    Sending.world.clerk, Sending.world.school = actor("填报员", school, "school_reporter"), school
    run_state_machine_as_test(Sending, settings=QUIET)


QUIET = settings(max_examples=25, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck))


@pytest.mark.django_db(transaction=True)
def test_four_browsers_send_the_same_pieces_at_once(settings, tmp_path):
    settings.FILES_ROOT = tmp_path / "files"
    school = unit("示例小学", Kind.SCHOOL, unit("平江县", Kind.COUNTY))
    clerk = actor("填报员", school, "school_reporter")
    content = b"%PDF-1.4\n" + bytes(range(32, 127)) * 40 + b"\n%%EOF"
    begun = uploads.begin(clerk, unit=school, name="a.pdf", size=len(content))

    def browser(step):
        try:
            row = Upload.objects.get(pk=begun.pk)
            for _ in range(400):
                if row.state != "open":
                    return row.version_id
                at = row.received
                row = uploads.receive(clerk, upload=row, offset=at, chunk=content[at : at + step]).upload
                row = uploads.finish(clerk, upload=row)
            return None
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        answers = set(pool.map(browser, [211, 400, 211, 97]))
    version = EvidenceVersion.objects.get()
    assert answers == {version.pk}
    with files.opened(version.file, check=True) as stream:
        assert stream.read() == content
    assert Event.objects.filter(verb="evidence.add").count() == 1
