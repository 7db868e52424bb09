"""The real platform for browser journeys: ``dudao demo`` with a small city in a database of its own, web and worker included."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Page

from processes import free_port, open_folder, serving
from ready import copy_city, passwords_in


@dataclass
class Site:
    """Where it is served, and everybody's password by log-in name."""

    url: str
    data: Path
    passwords: dict[str, str] = field(repr=False)

    def log_in(self, page: Page, username: str) -> Page:
        """Log in as a person would; afterwards the page shows where the log-in led."""
        page.goto(f"{self.url}/login/")
        page.fill("input[name=username]", username)
        page.fill("input[name=password]", self.passwords[username])
        page.click("button[type=submit]")
        page.wait_for_url(lambda address: "/login/" not in address)
        return page


@contextmanager
def running_site() -> Iterator[Site]:
    with open_folder() as folder:
        port = free_port()
        copy_city(folder / "data")
        with serving(folder / "data", port):
            yield Site(f"http://127.0.0.1:{port}", folder / "data", passwords_in(folder / "data"))
