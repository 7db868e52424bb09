"""``dudao evaluation replay``: equal, different, not there; in both languages, as JSON."""

import argparse
import json

import pytest
from django.db import connection

from dudao.cli.environment import Refused
from dudao.cli.evaluations import answer
from dudao.results.actions.results import make_sheet
from evaluations_town import build_town, published
from processes import run
from results_town import GOVERNMENT, deciding

CHINESE = {"LANG": "zh_CN.UTF-8"}


@pytest.fixture
def formed(db, settings, tmp_path):
    settings.FILES_ROOT = tmp_path / "files"
    town = build_town()
    row, sheet = deciding(town, version=published(town, GOVERNMENT))
    make_sheet(town.officer, campaign=row, purpose="trial")
    return row, sheet


def asked(campaign, sheet=None, as_json=False):
    return argparse.Namespace(campaign=campaign, sheet=sheet, json=as_json)


def test_all_sheets_come_out_as_they_were_kept(formed, capsys, monkeypatch):
    row, sheet = formed
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    assert answer(asked(row.pk)) == 0
    told = capsys.readouterr().out
    assert told.count("（3 个单位）：一致") == 2
    assert sheet.digest[:16] in told
    monkeypatch.setenv("LC_ALL", "C")
    assert answer(asked(row.pk, 1)) == 0
    assert "(3 subjects)" in capsys.readouterr().out.replace("（", "(").replace("）", ")")


def test_what_was_changed_in_the_database_is_named(formed, capsys):
    row, sheet = formed
    victim = sheet.results.first()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE evaluations_result SET rank = 9 WHERE id = %s", [victim.pk])
        cursor.execute("SET LOCAL session_replication_role = DEFAULT")
    assert answer(asked(row.pk, 1, as_json=True)) == 1
    found = json.loads(capsys.readouterr().out)["sheets"][0]
    assert (found["sound"], found["different"]) == (False, 1)
    assert found["differences"][0].startswith(victim.name)
    assert answer(asked(row.pk, 2)) == 0


def test_there_is_no_such_campaign_or_sheet(formed):
    row, _ = formed
    for campaign, sheet in ((row.pk + 1, None), (row.pk, 7)):
        with pytest.raises(Refused):
            answer(asked(campaign, sheet))


def test_the_help_is_plain_and_has_its_twin():
    english, chinese = run("evaluation", "replay", "--help"), run("evaluation", "replay", "--help", env=CHINESE)
    assert english.returncode == chinese.returncode == 0
    assert english.stdout.isascii()
    assert "逐个摘要核对" in chinese.stdout
    assert run("evaluation", "replay", "一").returncode == 2
