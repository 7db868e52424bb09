"""In which fonts papers are printed: told before, brought by the office, letters and digits never bold in a title."""

import io
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from fontTools import subset

from dudao.core.access import Denied
from dudao.core.documents import printed_in, read_word, typeset
from dudao.core.documents.fonts import folders
from dudao.core.models import Event
from dudao.papers import queries
from dudao.papers.actions import fonts
from dudao.papers.composing import compose, look_of, sample, standard
from dudao.papers.models import OfficeFont
from signing import signed_in

pytestmark = pytest.mark.django_db
MOMENT = datetime(2026, 3, 5, tzinfo=UTC)


def font(family="Own FangSong", letters="的督导通知一二三", rights=0):
    """A few letters of a font that comes along, under another name."""
    source = next(file for folder in folders() for file in folder.glob("NotoSerifSC*"))
    options = subset.Options(name_IDs=["*"], notdef_outline=True)
    opened = subset.load_font(str(source), options)
    cut = subset.Subsetter(options)
    cut.populate(text=letters)
    cut.subset(opened)
    opened["OS/2"].fsType = rights
    for place, said in ((1, family), (4, family), (6, family.replace(" ", "")), (16, family)):
        opened["name"].setName(said, place, 3, 1, 0x409)
    opened["name"].names = [
        one for one in opened["name"].names if one.langID == 0x409 and one.nameID in {1, 2, 4, 6, 16}
    ]
    top = opened["CFF "].cff
    top.fontNames[0] = family.replace(" ", "")
    top.topDictIndex[0].FullName = top.topDictIndex[0].FamilyName = family
    target = io.BytesIO()
    opened.save(target)
    return target.getvalue()


def embedded(pdf, tmp_path):
    """The names of the fonts in a PDF."""
    place = Path(tmp_path, "paper.pdf")
    place.write_bytes(pdf)
    said = subprocess.run(["pdffonts", str(place)], check=True, capture_output=True, text=True).stdout
    return [line.split()[0] for line in said.splitlines()[2:]]


def printed(office, **more):
    look = look_of(office.city, MOMENT.date())
    content = compose("notice", sample("notice") | more, look=look, recipients="示例县人民政府")
    return typeset(
        read_word(content), look.layout, title="甲", author="乙", moment=MOMENT, own_fonts=queries.own_fonts()
    )


def test_what_stands_in_for_a_font_is_told(office):
    found = {row.role: row for row in printed_in(standard())}
    assert found["正文"].asked == "仿宋_GB2312" and found["字母和数字"].asked == "Times New Roman"
    assert all(row.got for row in found.values())
    page = signed_in(office.accounts["drafter"]).get(reverse("papers:style")).content.decode()
    assert "印出来的字体" in page and found["正文"].got in page and "代用" in page


def test_an_office_brings_its_own_font_and_papers_are_set_in_it(office, tmp_path, settings):
    settings.DATA = tmp_path
    client = signed_in(office.accounts["drafter"])
    file = SimpleUploadedFile("仿宋.ttf", font(), "font/ttf")
    answer = client.post(reverse("papers:font_add"), {"file": file, "roles": ["body"]}, follow=True)
    page = answer.content.decode()
    row = OfficeFont.objects.get()
    assert (row.unit, row.family, row.roles) == (office.city, "Own FangSong", ["body"])
    assert "已添加字体“Own FangSong”" in page and Event.objects.filter(verb="paper.style").count() == 1
    told = {one.role: one for one in printed_in(look_of(office.city, MOMENT.date()).layout, queries.own_fonts())}
    assert (told["正文"].got, told["正文"].stands_in) == ("Own FangSong", False)
    assert any("OwnFangSong" in name for name in embedded(printed(office), tmp_path))
    client.post(reverse("papers:font_remove", args=[row.pk]))
    assert not OfficeFont.objects.exists()
    assert not any("OwnFangSong" in name for name in embedded(printed(office), tmp_path))


@pytest.mark.parametrize(
    ("content", "roles", "words"),
    [
        (b"PK\x03\x04 no font", ["body"], "不是字体文件"),
        (font(rights=0x0002), ["body"], "不允许嵌入"),
        (font(letters="ABC"), ["body"], "没有汉字"),
        (font(), [], "用在哪里"),
        (font(), ["nonsense"], "用在哪里"),
    ],
)
def test_a_file_of_no_use_is_refused_and_changes_nothing(office, content, roles, words):
    with pytest.raises(ValidationError, match=words):
        fonts.add_font(office.drafter, unit=office.city, name="甲.ttf", content=content, roles=roles)
    assert not OfficeFont.objects.exists()


def test_only_the_office_itself_brings_fonts(office):
    with pytest.raises(Denied):
        fonts.add_font(office.east, unit=office.city, name="甲.ttf", content=font(), roles=["body"])


def test_letters_and_digits_in_a_title_are_not_bold(office, tmp_path):
    # No sentence of this kind is bold: what is, is a title.
    look = look_of(office.city, MOMENT.date())
    content = compose(
        "brief", sample("brief") | {"articles": [{"heading": "2026年ABC督导完成", "text": "已完成12所。"}]}, look=look
    )
    made = typeset(read_word(content), look.layout, title="甲", author="乙", moment=MOMENT)
    latin = [name for name in embedded(made, tmp_path) if "Noto" not in name]
    assert latin and not [name for name in latin if "Bold" in name]
