import pytest
from django.test import Client, RequestFactory

from dudao.core.access import Denied
from dudao.core.ui.middleware import ProblemMiddleware
from dudao.core.ui.problems import PROBLEMS, problem_page
from dudao.core.workflow import Conflict


@pytest.mark.parametrize("code", list(PROBLEMS))
def test_error_pages_say_what_to_do_and_need_no_database(code, rf: RequestFactory):
    html = problem_page(rf.get("/"), code).content.decode()
    assert PROBLEMS[code].title in html
    assert "可以这样做" in html
    assert f"提示代码 {code}" in html


@pytest.mark.parametrize(
    ("error", "code", "words"), [(Denied("这里不行。"), 403, "这里不行。"), (Conflict(), 409, "刚刚被他人修改")]
)
def test_refusals_and_conflicts_become_pages(error, code, words, rf: RequestFactory):
    answer = ProblemMiddleware(lambda request: None).process_exception(rf.post("/"), error)
    assert answer.status_code == code
    assert words in answer.content.decode()


def test_other_faults_are_left_to_django(rf: RequestFactory):
    assert ProblemMiddleware(lambda request: None).process_exception(rf.get("/"), ValueError()) is None


def test_a_request_for_a_part_gets_the_reason_in_plain_words(rf: RequestFactory):
    answer = problem_page(rf.get("/", headers={"HX-Request": "true"}), 403, "这里不行。")
    assert answer["Content-Type"].startswith("text/plain")
    assert answer.content.decode() == "这里不行。"


def test_a_missing_address_is_a_page_in_chinese(client: Client, db):
    client.raise_request_exception = False
    answer = client.get("/dev/ui/error/404/")
    assert answer.status_code == 404
    assert "没有找到这一页" in answer.content.decode()
