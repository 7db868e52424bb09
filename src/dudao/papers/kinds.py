"""The kinds of papers that supervision sends, with the words an office uses for them."""

from django.db import models


class Kind(models.TextChoices):
    NOTICE = "notice", "督导通知"
    SELF_NOTICE = "self_notice", "自评通知"
    OPINION = "opinion", "督导意见书"
    RECTIFICATION = "rectification", "整改通知书"
    CONSULTATION = "consultation", "协商意见书"
    CIRCULAR = "circular", "督导通报"
    REPORT = "report", "督导报告"
    TALK_NOTICE = "talk_notice", "约谈通知"
    TALK_RECORD = "talk_record", "约谈纪要"
    ACCOUNTABILITY = "accountability", "问责决定"
    LOOK_BACK = "look_back", "回头看报告"
    PUBLICITY = "publicity", "公示"
    BRIEF = "brief", "工作简报"
    VISIT_RECORD = "visit_record", "责任督学工作记录表"
    SELF_REPORT = "self_report", "自评报告"
