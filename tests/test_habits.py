"""What keeps main green: the commit that passed is remembered, and the end of a log says what failed."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture
def checkout(tmp_path):
    """Asks git, or scripts/green.sh, in a repository with one commit."""

    def ask(*command):
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
        return done.returncode, done.stdout.strip()

    for command in (
        ("init", "-q"),
        ("config", "user.name", "somebody"),
        ("config", "user.email", "somebody@example.org"),
        ("config", "core.excludesFile", os.devnull),
    ):
        ask("git", *command)
    (tmp_path / ".gitignore").write_text(".cache/\n")
    ask("git", "add", ".")
    ask("git", "commit", "-qm", "First")
    return ask


def test_the_commit_that_passed_is_remembered_until_a_run_is_red(checkout, tmp_path):
    green, script = tmp_path / ".cache" / "green", ROOT / "scripts" / "green.sh"
    assert "no commit is known" in checkout(script, "ago")[1]
    assert checkout(script, "run", "true")[0] == 0
    assert green.read_text().strip() == checkout("git", "rev-parse", "HEAD")[1]
    checkout("git", "commit", "-q", "--allow-empty", "-m", "Second")
    assert "1 commit(s) ago" in checkout(script, "ago")[1]
    assert checkout(script, "run", "sh", "-c", "exit 3")[0] == 3
    assert not green.exists()


def test_what_is_not_committed_is_not_remembered(checkout, tmp_path):
    (tmp_path / "new.py").write_text("")
    assert checkout(ROOT / "scripts" / "green.sh", "run", "true")[0] == 0
    assert not (tmp_path / ".cache" / "green").exists()
    (tmp_path / "new.py").unlink()
    checkout(ROOT / "scripts" / "green.sh", "run", "touch", "late.py")
    assert not (tmp_path / ".cache" / "green").exists(), "the tree was clean when the run began only"


FAILING = """
import pytest

def helper():
    raise ValueError("out of order")

def test_one():
    helper()

@pytest.mark.parametrize("name", ["a b"])
def test_two(name):
    assert name == "c"
"""


@pytest.mark.parametrize("processes", ["0", "1"])
def test_the_end_of_a_log_says_what_failed_where_and_how_to_run_it(tmp_path, processes):
    (tmp_path / "test_it.py").write_text(FAILING)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "last_words", "-p", "no:cacheprovider", "-c", os.devnull, "-n", processes,
         "--rootdir", tmp_path, "--randomly-seed=7", tmp_path / "test_it.py"],
        cwd=tmp_path, capture_output=True, text=True, check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT / "tests"), "DJANGO_SETTINGS_MODULE": ""},
    )  # fmt: skip
    assert done.returncode == 1, done.stderr
    _, _, last = done.stdout.rpartition("what failed (2)")
    one, two = sorted(last.split("\ntest_it.py::")[1:])
    assert "test_it.py:5  ValueError: out of order" in one
    assert "test_it.py:12  AssertionError: assert 'a b' == 'c'" in two
    assert "pytest --randomly-seed=7 'test_it.py::test_two[a b]'" in two
