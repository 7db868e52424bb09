"""Issuing: the sealed scan or handwriting, the PDF/A made once and frozen, its receivers, its withdrawal."""

import secrets
from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from dudao.core import audit, files, notices
from dudao.core.access import Actor, Denied
from dudao.core.documents import DocumentError, Mark, Reading, read_word, typeset
from dudao.papers import queries, sources
from dudao.papers.actions.steps import Stage, blocking, keep_version, leaf_turned, silent
from dudao.papers.composing import look_of
from dudao.papers.flow import PAPER
from dudao.papers.models import Delivery, Number, Paper
from dudao.papers.sealing import SealRefused, service
from dudao.papers.stamping import with_handwriting
from dudao.people.queries import nearest_holders

LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Of a verification code: none that reads like another. Sixteen of them can't be guessed (80 bits)."""
CODE_LENGTH = 16
PDF = "application/pdf"


@audit.action
def choose_seal(actor: Actor, *, paper: Paper, seal: str) -> Paper:
    """Say how the paper is sealed, before it is issued."""
    found = _signed(actor, paper)
    if seal not in Paper.Seal.values or (seal == Paper.Seal.SERVICE and service() is None):
        raise Denied("没有接入电子签章服务，请选择其他用印方式。", "paper.seal")
    found.seal = seal
    found.save(update_fields=["seal"])
    audit.record(actor, "paper.seal", found, what=found.get_seal_display())
    return found


@audit.action
def add_scan(actor: Actor, *, paper: Paper, upload: Any, name: str = "") -> Paper:
    """Keep the scan of the printed and sealed paper. Before issue it may be replaced; an issued paper gets it once."""
    found = PAPER.lock(paper)
    actor.require("paper.seal", found.unit.path)
    if found.state not in {Paper.State.SIGNED, Paper.State.ISSUED}:
        raise Denied(f"文书{found.get_state_display()}，签发以后才能上传用印件。", "paper.seal")
    if found.state == Paper.State.ISSUED and found.sealed_id is not None:
        raise Denied("文书已经印发，用印件不能再换。", "paper.seal")
    found.sealed = files.store(upload, name, kinds={"pdf", "jpg", "png"})
    changed = ["sealed"]
    if found.state == Paper.State.SIGNED:
        found.seal = Paper.Seal.SCAN
        changed.append("seal")
    found.save(update_fields=changed)
    audit.record(actor, "paper.seal", found, what="盖章扫描件", digest=found.sealed.digest)
    return found


@audit.action
def add_handwriting(actor: Actor, *, paper: Paper, upload: Any, name: str = "") -> Paper:
    """Put a picture of a signature into the signed paper, labelled as a picture; the Word gets a version with it."""
    found = _signed(actor, paper)
    if found.seal == Paper.Seal.IMAGE and found.sealed_id is not None:
        raise Denied("这份文书已经放入手写签名图片。", "paper.seal")
    picture = files.store(upload, name, kinds={"jpg", "png"}, limit=5 * 1024 * 1024)
    version = queries.latest(found)
    with files.opened(picture) as stream:
        try:
            content = with_handwriting(queries.content_of(version), stream.read())
            content = leaf_turned(found, content, found.signed_on or timezone.localdate())
        except DocumentError as problem:
            raise ValidationError(str(problem)) from problem
    keep_version(actor, found, content, is_uploaded=version.is_uploaded)
    found.sealed, found.seal = picture, Paper.Seal.IMAGE
    found.save(update_fields=["sealed", "seal"])
    audit.record(actor, "paper.seal", found, what="手写签名图片", digest=picture.digest)
    return found


def _signed(actor: Actor, paper: Paper) -> Paper:
    found = PAPER.lock(paper)
    actor.require("paper.seal", found.unit.path)
    if found.state != Paper.State.SIGNED:
        raise Denied(f"文书{found.get_state_display()}，用印在签发以后、印发以前办理。", "paper.seal")
    return found


@audit.action
def issue_paper(actor: Actor, *, paper: Paper, address: str, stage: Stage = silent) -> Paper:
    """Make the PDF/A from the Word file, freeze its bytes, hash and verification code, deliver it and tell the receivers.

    ``address`` is where the platform is reached («https://host»): the QR code leads there. Refused while the numbers differ from
    the database. The PDF is made once; when the transaction fails nobody has seen it, and the next attempt makes another.
    ``stage`` hears how far it is.
    """
    found = PAPER.lock(paper)
    PAPER.require(found, "paper.issue", actor)
    stage(0, 4, "正在读取文稿")
    reading = read_word(queries.content_of(queries.latest(found)))
    stage(1, 4, "正在核对数字")
    blocking(queries.compare(found, reading), "paper.issue", "印发")
    stage(2, 4, "正在排版 PDF")
    code = "".join(secrets.choice(LETTERS) for _ in range(CODE_LENGTH))
    now = timezone.now()
    pdf = _sealed(found, _set(found, reading, code, address.rstrip("/")))
    stage(3, 4, "正在送达")
    stored = files.keep(pdf, PDF)
    receivers = queries.recipients_of(found)
    changes = {"issued_at": now, "pdf_id": stored.pk, "digest": stored.digest, "verify_code": code}
    PAPER.move(found, "paper.issue", actor, changes=changes, digest=stored.digest, units=len(receivers))
    due = timezone.localdate() + timedelta(found.reply_days) if found.reply_days else None
    Delivery.objects.bulk_create([Delivery(paper=found, unit=unit, due_on=due) for unit in receivers], batch_size=1000)
    tell_receivers(found, [unit.path for unit in receivers], f"收到{found.unit}文书：{found.title}", verb="paper.issue")
    sources.tell_issued(actor, found)
    return found


def _set(paper: Paper, reading: Reading, code: str, address: str) -> bytes:
    """The Word file as PDF/A with the code to check it by."""
    look = look_of(paper.unit, paper.signed_on or timezone.localdate())
    mark = Mark(f"{address}{reverse('papers:verify')}?code={code}", f"扫码核验\n{spaced(code)}")
    try:
        return typeset(
            reading,
            look.layout,
            title=paper.title,
            author=look.signature,
            moment=timezone.now(),
            mark=mark,
            own_fonts=queries.own_fonts(),
        )
    except DocumentError as problem:
        raise Denied(str(problem), "paper.issue") from problem


def _sealed(paper: Paper, pdf: bytes) -> bytes:
    """The PDF with the seal of a connected service, if this paper asks for it."""
    if paper.seal != Paper.Seal.SERVICE:
        return pdf
    connected = service()
    if connected is None:
        raise Denied("没有接入电子签章服务，请选择其他用印方式。", "paper.issue")
    look = look_of(paper.unit, paper.signed_on or timezone.localdate())
    try:
        return connected.seal(pdf, office=look.signature, title=paper.title, number=str(getattr(paper, "number", "")))
    except SealRefused as problem:
        raise Denied(f"{connected.name}没有签章：{problem}", "paper.issue") from problem


def spaced(code: str) -> str:
    """A verification code in groups of four, as it is read and typed."""
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))


def tell_receivers(
    paper: Paper, places: list[str], text: str, *, verb: str, key: str = "", urgent: bool = False
) -> int:
    """One line to everybody who signs for papers at these units, or at the nearest unit above that has somebody.

    Of a paper about a person only that person hears, and who may know of it.
    """
    people = nearest_holders(["paper.personal" if paper.about_person else "paper.receive"], places)
    accounts = {account for held in people.values() for account in held}
    if paper.person_id is not None:
        accounts.add(paper.person_id)
    return notices.tell(
        accounts, text=text, url=paper.get_absolute_url(), place=paper.unit.path, verb=verb, key=key, urgent=urgent
    )


@audit.action
def withdraw_paper(actor: Actor, *, paper: Paper, reason: str) -> Paper:
    """Take an issued paper back: the verification page says so, its receivers are told, its number is void.

    What the paper was made from hears of it in the same transaction, and may refuse.
    """
    found = PAPER.lock(paper)
    PAPER.move(found, "paper.withdraw", actor, reason=reason)
    words = " ".join(reason.split())
    Number.objects.filter(paper=found, void_reason="").update(void_reason=f"已撤回：{words}"[:200])
    places = list(found.deliveries.values_list("unit__path", flat=True))
    tell_receivers(
        found, places, f"{found.unit}撤回文书：{found.title}（理由：{words}）", verb="paper.withdraw", urgent=True
    )
    sources.tell_withdrawn(actor, found, words)
    return found
