"""Small pictures: upright, without what the photo says of itself, made once, and never of what would unfold to anything large."""

import io
import struct
import zlib

import pytest
from django.template.loader import render_to_string
from django.test import RequestFactory
from PIL import Image, PngImagePlugin

from dudao.core import files
from dudao.core.files import pictures
from dudao.core.models import StoredFile
from dudao.core.ui.parts import FileRow

pytestmark = pytest.mark.django_db
JPEG, PNG = "image/jpeg", "image/png"


@pytest.fixture(autouse=True)
def root(settings, tmp_path):
    settings.FILES_ROOT = tmp_path / "files"
    return tmp_path


def photo(size=(4000, 3000), **more):
    """Red on its left half, blue on its right one."""
    image = Image.new("RGB", size, "blue")
    image.paste("red", (0, 0, size[0] // 2, size[1]))
    target = io.BytesIO()
    image.save(target, "JPEG", **more)
    return target.getvalue()


def of_a_phone():
    """Lying on its side, with the place where it was taken."""
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010F] = "某手机"
    exif.get_ifd(0x8825)[1] = "N"
    return photo(exif=exif, comment=b"GPS 28.7,113.6")


def asked(stored, size="small", **headers):
    return files.serve_picture(stored, size, RequestFactory().get("/", headers=headers))


def opened(answer):
    return Image.open(io.BytesIO(answer.content))


def test_a_photo_is_small_upright_and_says_nothing_of_its_maker():
    stored = files.keep(of_a_phone(), JPEG)
    for size, side in files.SIDES.items():
        answer = asked(stored, size)
        image = opened(answer)
        assert answer["Content-Type"] == JPEG and image.size == (side * 3 // 4, side)
        assert not image.getexif() and "comment" not in image.info
        assert b"GPS" not in answer.content and "某手机".encode() not in answer.content
    red, blue = image.getpixel((10, 10)), image.getpixel((10, image.height - 10))
    assert red[0] > 200 > 60 > red[2] and blue[2] > 200 > 60 > blue[0], (
        "the left half of a photo turned by 90° is its top"
    )
    assert len(answer.content) < 200_000


def test_it_is_kept_by_what_it_shows_and_gone_with_it(root, django_capture_on_commit_callbacks):
    stored = files.keep(photo((800, 600)), JPEG)
    first = asked(stored).content
    (kept,) = (root / "pictures").rglob("*.jpg")
    assert kept.name == f"{stored.digest}-small.jpg" and kept.read_bytes() == first
    kept.write_bytes(b"kept")
    assert asked(stored).content == b"kept"
    assert files.verify().orphans == []
    with django_capture_on_commit_callbacks(execute=True):
        assert files.forget(stored)
    assert not list((root / "pictures").rglob("*.jpg"))


def test_only_the_person_s_own_browser_keeps_it_and_asks_each_time():
    stored = files.keep(photo((800, 600)), JPEG)
    answer = asked(stored)
    assert answer["Cache-Control"] == "private, no-cache" and answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    again = asked(stored, **{"If-None-Match": answer["ETag"]})
    assert again.status_code == 304 and not again.content and again["Cache-Control"] == "private, no-cache"
    assert asked(stored, "large", **{"If-None-Match": answer["ETag"]}).status_code == 200


def test_what_shines_through_is_white():
    target = io.BytesIO()
    Image.new("RGBA", (500, 500), (0, 0, 0, 0)).save(target, "PNG")
    assert opened(asked(files.keep(target.getvalue(), PNG))).getpixel((3, 3)) == (255, 255, 255)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "I;16", "CMYK"])
def test_every_kind_of_colour(mode):
    target = io.BytesIO()
    Image.new(mode, (500, 400)).save(target, "JPEG" if mode == "CMYK" else "PNG")
    stored = files.keep(target.getvalue(), JPEG if mode == "CMYK" else PNG)
    assert opened(asked(stored)).size == (240, 192)


def bomb():
    """A PNG of 65,000 × 65,000 points in a few bytes."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", 65000, 65000, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(bytes(1 << 20)))
        + chunk(b"IEND", b"")
    )


def text_bomb():
    info = PngImagePlugin.PngInfo()
    info.add_text("x", "a" * (80 << 20), zip=True)
    target = io.BytesIO()
    Image.new("RGB", (10, 10)).save(target, "PNG", pnginfo=info)
    return target.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        bomb(),
        text_bomb(),
        photo((800, 600))[:300],
        b"\x89PNG\r\n\x1a\n" + bytes(40),
        b"<html>no</html>",
        b"GIF89a" + bytes(20),
    ],
    ids=["bomb", "text", "cut", "rubbish", "html", "another"],
)
def test_what_gives_no_picture_has_a_plain_one_and_is_not_tried_twice(content, root, monkeypatch):
    stored = files.keep(content, PNG)
    answer = asked(stored)
    assert answer.status_code == 200 and answer["Content-Type"] == "image/svg+xml"
    (kept,) = (root / "pictures").rglob("*.jpg")
    assert kept.stat().st_size == 0
    tries = []
    monkeypatch.setattr(pictures.Image, "open", lambda *args, **more: tries.append(args))
    assert asked(stored)["Content-Type"] == "image/svg+xml" and not tries


def test_a_large_photo_is_decoded_no_larger_than_it_is_wanted(monkeypatch):
    sizes = []
    thumbnail = Image.Image.thumbnail

    def seen(image, *args, **more):
        sizes.append(image.size)
        return thumbnail(image, *args, **more)

    stored = files.keep(photo((8000, 6000)), JPEG)
    monkeypatch.setattr(Image.Image, "thumbnail", seen)
    assert opened(asked(stored)).size == (240, 180)
    assert sizes == [(1000, 750)]


def test_nothing_but_a_photo_is_looked_into(root):
    stored = files.keep(b"%PDF-1.7", "application/pdf")
    assert asked(stored)["Content-Type"] == "image/svg+xml" and not (root / "pictures").exists()
    assert not files.has_picture("application/pdf") and files.has_picture(PNG)


def test_a_photo_that_the_store_lacks(root):
    stored = StoredFile.objects.create(digest="ab" * 32, size=3, media_type=JPEG)
    assert asked(stored)["Content-Type"] == "image/svg+xml" and not (root / "pictures").exists()


def test_a_list_of_files_shows_pictures_that_the_address_of_the_file_hands_out():
    stored = files.keep(photo(), JPEG)

    def got(address):
        return files.hand_out(RequestFactory().get(address), stored, "大门.jpg")

    picture, whole = FileRow("大门.JPG", "/file/7/").picture, got("/file/7/")
    assert max(opened(got(picture)).size) == files.SIDES["small"]
    assert whole["Content-Disposition"].startswith("attachment") and int(whole["Content-Length"]) == stored.size
    assert got("/file/7/?inline")["Content-Disposition"].startswith("inline")
    assert int(got("/file/7/?picture=huge")["Content-Length"]) == stored.size
    assert FileRow("方案.pdf", "/file/8/").picture == ""
    drawn = render_to_string(
        "ui/files.html", {"rows": [FileRow("大门.JPG", "/file/7/"), FileRow("方案.pdf", "/file/8/")]}
    )
    assert drawn.count("<img") == 1 and f'src="{picture}"' in drawn


def downloaded(stored, **how):
    return b"".join(files.serve(stored, "照片", request=None, **how).streaming_content)


def test_a_photo_is_downloaded_without_place_and_camera_and_the_original_stays():
    data = of_a_phone()
    behind = data + b"\xff\xd8GPS of a second picture"
    for sent in (data, behind, photo((40, 30), exif=Image.open(io.BytesIO(data)).getexif(), progressive=True)):
        stored = files.keep(sent, JPEG)
        got = downloaded(stored)
        assert b"GPS" not in got and "某手机".encode() not in got
        before, after = Image.open(io.BytesIO(sent)), Image.open(io.BytesIO(got))
        assert dict(after.getexif()) == {0x0112: 6} and before.tobytes() == after.tobytes(), "the same, as it stood"
        assert downloaded(stored, original=True) == sent
    notes = PngImagePlugin.PngInfo()
    notes.add_text("Comment", "GPS 28.7")
    target = io.BytesIO()
    Image.new("RGBA", (20, 20), "green").save(target, "PNG", pnginfo=notes)
    got = downloaded(files.keep(target.getvalue(), PNG))
    assert b"GPS" not in got and Image.open(io.BytesIO(got)).getpixel((3, 3)) == (0, 128, 0, 255)
    broken = data[:3000]
    assert b"GPS" not in downloaded(files.keep(broken, JPEG)), "also of a photo that broke off"
