"""Answers to what went wrong: pages in Chinese that say what to do, short words for requests of a page's part. No database."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string


@dataclass(frozen=True, slots=True)
class Problem:
    """``title`` names it, ``reason`` says what happened when nobody knows better, ``steps`` what one can do."""

    title: str
    reason: str
    steps: Sequence[str]


PROBLEMS = {
    400: Problem(
        "请求的内容不完整",
        "浏览器送来的内容缺了一部分或格式不对，没有保存任何东西。",
        ("返回上一页，刷新后重新填写并提交。", "地址是从别处复制来的，请核对是否复制完整。"),
    ),
    403: Problem(
        "您没有这项权限",
        "这项操作不在您的权限范围内。",
        ("确认是否用对了身份：回到工作台，点右上角姓名可以切换。", "工作确实需要，请联系本单位或上级的安全管理员。"),
    ),
    404: Problem(
        "没有找到这一页",
        "这条内容不存在、已经移走，或者您无权查看。",
        ("回到工作台，从左侧菜单或搜索重新进入。", "地址是别人发来的，请对方确认您是否在可查看的范围内。"),
    ),
    409: Problem(
        "内容刚刚被别人修改",
        "为避免互相覆盖，您刚才的操作没有保存。",
        ("返回上一页并刷新，看到最新内容后再操作。", "刚填的文字可在浏览器“返回”后复制出来。"),
    ),
    413: Problem("文件太大", "上传的内容超过了允许的大小，没有保存。", ("压缩或拆分文件后重新上传。",)),
    500: Problem(
        "系统出错了",
        "这不是您的操作造成的，刚才的操作没有完成。",
        ("过一会儿再试一次。", "仍然出错，请把出错的时间和当时的操作告诉系统管理员。"),
    ),
}


def problem_page(
    request: HttpRequest | None, code: int, reason: str = "", *, leave: tuple[str, str] | None = None
) -> HttpResponse:
    """The answer to a problem. A request for a part of a page gets the reason as plain words, which the page then shows.

    ``leave``: the word and the address of a button that ends what stands in the way.
    """
    problem = PROBLEMS[code]
    said = reason or problem.reason
    if request is not None and request.headers.get("HX-Request") == "true":
        return HttpResponse(said, status=code, content_type="text/plain; charset=utf-8")
    page = render_to_string(
        "ui/error.html",
        {"code": code, "title": problem.title, "reason": said, "steps": problem.steps, "leave": leave, "messages": ()},
        request if leave else None,
    )
    return HttpResponse(page, status=code)
