"""The manual is read inside the platform: from the help of every page, with its pictures and links."""

import re

import pytest
from django.urls import reverse

from dudao.core.ui import manual
from dudao.demo.builders import account, unit
from dudao.orgs.models import Kind
from signing import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def client():
    return signed_in(account("校长", unit("三阳小学", Kind.SCHOOL), "school_head"))


def test_every_chapter_opens_and_all_it_links_to_is_there(client):
    assert 'href="/manual/"' in client.get("/").content.decode(), "from every page"
    seen, left = set(), {reverse("core:manual")}
    while left:
        address = left.pop()
        seen.add(address)
        answer = client.get(address)
        assert answer.status_code == 200, address
        if answer.headers["Content-Type"] == "image/png":
            continue
        text = answer.content.decode().partition("dd-manual")[2]
        found = {link.partition("#")[0] for link in re.findall(r'(?:href|src)="(/manual/[^"]+)"', text)}
        left |= found - seen
    chapters = {manual.address(file.stem) for file in manual.folder().glob("*.md")}
    assert chapters <= seen and any(address.endswith(".png") for address in seen)


@pytest.mark.parametrize("path", ["/manual/nothing/", "/manual/pictures/nothing.png", "/manual/pictures/papers.md"])
def test_what_is_not_there_is_not_found(client, path):
    assert client.get(path).status_code == 404
