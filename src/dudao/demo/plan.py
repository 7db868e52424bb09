"""The demo's work plan, written for it, and the tasks its office makes of it. Only values; ``year`` carries them out."""

from collections.abc import Sequence
from dataclasses import dataclass

_TEXT = """岳阳市人民政府教育督导委员会办公室
岳阳市{year}年教育督导工作要点（演示）

{year}年，全市教育督导工作围绕办好人民满意的教育这一目标，聚焦督政、督学、评估监测三项职责，抓重点、补短板、强队伍，用好督导结果，推动各县市区把教育优先发展的要求落到实处。

一、完善督导工作机制

1. 健全督导机构运行制度。一是梳理市县两级督导机构的职责清单和工作流程，年内各县市区全部完成。二是推动县市区配强督导工作力量，每个县级督导机构配备不少于 3 名专职人员。三是把督导经费列入年度预算，做到专款专用。

2. 发挥委员会成员单位作用。每季度召开一次成员单位联席会议，通报教育督导发现的问题，成员单位按照职责分工认领并按时反馈办理情况，市教育督导办建立认领台账，逐项跟踪。

二、开展政府履行教育职责评价

3. 做好市级政府履职自评。对照省级评价指标组织市直部门自查，形成自评报告和佐证材料清单，对上一年度省级反馈的问题开展“回头看”，做到件件有着落。

4. 组织对县市区政府的履职评价。修订 {year} 年度县市区政府履行教育职责评价细则，采取材料审核、数据核查和实地核查相结合的方式完成对 13 个县市区的评价，评价结果向社会公布。

5. 扩大乡镇（街道）履职评价试点。指导县市区选择不少于 30% 的乡镇（街道）开展履行教育职责督导评价，总结可以推广的做法。

三、开展学校和幼儿园督导评估

6. 推进高中阶段学校督导评估。一是制定高中阶段学校三年一轮督导评估规划。二是组织学校开展年度自查自评。三是完成 12 所普通高中和 6 所中职学校的实地督导评估。四是对上一轮评估发现的问题组织整改复查。

7. 推进义务教育学校督导评估。一是督促县市区按五年一轮的安排完成本年度义务教育学校综合督导评估任务。二是对民办义务教育学校规范办学情况开展督导检查。

8. 推进幼儿园督导评估。一是完成 20% 的幼儿园保育教育质量督导评估。二是开展无证办园、“小学化”倾向和安全管理问题专项排查，问题整改率达到 100%。

四、组织义务教育质量监测

9. 高质量完成国家义务教育质量监测。一是做好样本县和样本学校的组织实施，确保零差错。二是召开监测结果解读会，把监测结果反馈到县、到校。三是督促县市区针对监测发现的薄弱学科制定改进方案并开展落实情况督查。

五、抓好专项督导

10. 开展教育热点问题专项督导。一是围绕“双减”、校园食品安全、学生心理健康等工作每学期开展一次专项督导。二是对群众反映集中的问题开展随机督导，10 个工作日内反馈处理意见。

11. 推动县域义务教育优质均衡发展。一是督促县市区建立优质均衡发展指标监测台账，每半年更新一次。二是开展大班额化解情况专项督导，确保 56 人以上大班额全部消除。

12. 推动县域学前教育普及普惠发展。一是指导 2 个县市区做好国家督导评估认定的准备工作。二是对已通过认定的县市区开展复查，督促巩固提高。

13. 做实责任督学挂牌督导。一是责任督学每月到每所责任学校督导不少于 1 次，督导记录及时上传。二是组织责任区督导工作交流，评选优秀督导案例。三是对挂牌督导发现的问题建立清单，逐项销号。

六、建强督导队伍

14. 配齐配强督学。按照督学与学校数 1:5 的比例聘任专兼职督学，每个督学责任区聘任 2 名专职督学和 2-3 名兼职督学，建立督学动态调整机制。

15. 提升督学专业能力。一是组织督学全员培训，人均培训不少于 40 学时。二是开展督导课题研究，每个县市区至少完成 1 项课题。三是加强督导工作宣传，及时推广典型经验。四是严格执行督导工作纪律，开展廉政教育。

岳阳市人民政府教育督导委员会办公室
{year}年1月12日
"""


def plan_text(year: int) -> str:
    return _TEXT.format(year=year)


@dataclass(frozen=True, slots=True)
class TaskSpec:
    """A task of the demo: of which point and item, how many days from today it was handed down and is due, and to whom.

    ``to``: counties (all 13), some (every third), departments. ``ease`` is how likely a unit is on time.

    ``target``: its words, the number not to fall below, its unit.
    """

    point: int
    item: int | None
    issued: int
    due: int
    to: str = "counties"
    kind: str = ""
    title: str = ""
    target: tuple[str, str, str] | None = None
    evidence: str = ""
    ease: float = 0.8
    lead: str = ""
    steps: tuple[tuple[str, int, int], ...] = ()


TASKS: Sequence[TaskSpec] = (
    TaskSpec(1, 1, -240, -120, kind="mechanism", evidence="职责清单和流程图", ease=1),
    TaskSpec(1, 2, -235, 40, kind="team_building", target=("不少于 3 名", "3", "名"), evidence="编制文件、人员名册", ease=0.6, lead="DEMO-D-430600-02"),
    TaskSpec(1, 3, -235, -75, kind="budget", evidence="预算批复", ease=0.85, lead="DEMO-D-430600-04"),
    TaskSpec(2, None, -230, -20, to="departments", kind="meeting", evidence="认领清单和办理情况", ease=0.75),
    TaskSpec(3, None, -225, -95, to="departments", kind="self_evaluation", evidence="自查报告、佐证材料清单", ease=0.9),
    TaskSpec(4, None, -200, 25, kind="county_evaluation", title="完成县市区政府履职评价自评和迎检", evidence="自评报告", ease=0.7),
    TaskSpec(5, None, -190, 10, kind="township_evaluation", target=("不少于 30%", "30", "%"), evidence="评价方案、结果通报", ease=0.55),
    TaskSpec(6, 1, -220, -140, kind="plan_drafting", evidence="规划文本", ease=1),
    TaskSpec(6, 2, -185, -60, kind="self_evaluation", evidence="学校自评报告汇总", ease=0.85),
    TaskSpec(6, 3, -150, 35, kind="school_inspection", evidence="督导评估报告", ease=0.65),
    TaskSpec(6, 4, -120, -8, kind="look_back", evidence="整改清单、复查记录", ease=0.6),
    TaskSpec(7, 1, -180, 30, kind="school_inspection", evidence="评估报告", ease=0.65),
    TaskSpec(7, 2, -140, -30, kind="special_inspection", evidence="检查记录、整改通知", ease=0.8),
    TaskSpec(8, 1, -170, 20, kind="kindergarten_inspection", target=("20%", "20", "%"), evidence="评估报告汇总", ease=0.6),
    TaskSpec(8, 2, -110, -5, kind="kindergarten_inspection", target=("整改率达到 100%", "100", "%"), evidence="排查台账、整改照片", ease=0.55),
    TaskSpec(9, 1, -210, -130, to="some", kind="monitoring", evidence="实施总结", ease=1),
    TaskSpec(9, 2, -100, -45, kind="meeting", evidence="会议材料、签到表", ease=0.85),
    TaskSpec(9, 3, -90, 15, kind="plan_drafting", evidence="改进方案", ease=0.6),
    TaskSpec(10, 1, -130, -15, kind="special_inspection", evidence="专项督导报告", ease=0.75),
    TaskSpec(11, 1, -160, -50, kind="mechanism", evidence="监测台账", ease=0.8),
    TaskSpec(11, 2, -105, 5, kind="special_inspection", evidence="大班额化解情况表", ease=0.55),
    TaskSpec(12, 1, -195, 55, to="some", kind="upper_inspection", evidence="准备工作清单", ease=0.7),
    TaskSpec(12, 2, -80, 28, to="some", kind="look_back", evidence="复查报告", ease=0.6),
    TaskSpec(13, 1, -230, 37, kind="routine_inspection", target=("每月不少于 1 次", "1", "次"), evidence="督导记录汇总", ease=0.75),
    TaskSpec(13, 2, -70, -12, kind="meeting", evidence="优秀案例", ease=0.8),
    TaskSpec(13, 3, -85, 18, kind="look_back", evidence="问题销号清单", ease=0.6),
    TaskSpec(14, None, -205, 12, kind="team_building", target=("督学与学校数 1:5", "0.2", ""), evidence="聘任文件、督学名册", ease=0.55, lead="DEMO-D-430600-02"),
    TaskSpec(15, 1, -145, -25, kind="training", target=("人均不少于 40 学时", "40", "学时"), evidence="培训通知、学时统计", ease=0.75),
    TaskSpec(15, 2, -125, 32, kind="research", target=("至少 1 项", "1", "项"), evidence="课题结题材料", ease=0.5),
    TaskSpec(15, 3, -6, 45, kind="publicity", ease=0.7),
    TaskSpec(15, 4, -3, 60, kind="training", evidence="教育活动记录", ease=0.7),
)  # fmt: skip
