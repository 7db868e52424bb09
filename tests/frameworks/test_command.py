"""``dudao packs`` as people use it, and the functions behind it."""

from argparse import Namespace

import pytest

from dudao.cli import packs as command
from dudao.cli.environment import Refused
from dudao.frameworks.models import FrameworkVersion
from processes import run


def test_check_says_which_pack_has_faults():
    done = run("packs", "check", "school-safety-36", env={"LANG": "zh_CN.UTF-8"})
    assert (done.returncode, "错误 0 处，提醒 0 处" in done.stdout) == (0, True), done.stderr
    done = run("packs", "check", env={"LANG": "zh_CN.UTF-8"})
    assert done.returncode == 1, "the table with 80 missing points is an error"
    assert "A4：下级分值合计 20，与本级满分 100 不符" in done.stdout
    assert "J1：评分 26～30 没有规定" in done.stdout


def test_an_unknown_pack_is_refused():
    with pytest.raises(Refused, match="no-such-pack"):
        command.check(Namespace(packs=["no-such-pack"]))


def test_load_makes_drafts_once(town, monkeypatch, tmp_path, capsys):
    for name in ("prepare", "connect"):
        monkeypatch.setattr(command, name, lambda data: None)
    for expected in (2, 2):
        assert command.load(Namespace(packs=["school-safety-36", "teaching-routine-100"], data=str(tmp_path))) == 0
        assert FrameworkVersion.objects.filter(state="draft").count() == expected
    assert capsys.readouterr().out.count("\n") == 4
