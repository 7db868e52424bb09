"""What failed, once more after everything else: whoever sees only the end of a long log knows where to look."""

import shlex

import pytest


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_sessionfinish(session):
    answer = yield
    terminal = session.config.pluginmanager.get_plugin("terminalreporter")
    broken = [] if terminal is None else [*terminal.stats.get("failed", ()), *terminal.stats.get("error", ())]
    if broken:
        terminal.section(f"what failed ({len(broken)}), and how to run it alone")
    for report in broken:
        seed = session.config.getoption("randomly_seed")
        terminal.write_line(report.nodeid)
        terminal.write_line(f"    {line_at_fault(report.longrepr)}")
        terminal.write_line(f"    .venv/bin/pytest --randomly-seed={seed} {shlex.quote(report.nodeid)}")
    return answer


def line_at_fault(told) -> str:
    """«tests/x.py:12  assert a == b»: the last line of a test that was running, and what was said there."""
    try:
        places = [entry.reprfileloc for entry in told.reprtraceback.reprentries]
        ours = [place for place in places if place is not None and "test" in str(place.path)] or [told.reprcrash]
        return f"{ours[-1].path}:{ours[-1].lineno}  {told.reprcrash.message.strip().splitlines()[0]}"
    except (AttributeError, IndexError):  # a collection that broke, a process that fell: a text
        return (str(told).strip().splitlines() or ["nothing was said"])[-1]
