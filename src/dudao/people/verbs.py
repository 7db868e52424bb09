"""The verbs of accounts and appointments."""

from dudao.core.access import Verb, declare

declare(
    Verb("account.view", "查看人员", writes=False),
    Verb("account.create", "新建账号"),
    Verb("account.edit", "修改账号"),
    Verb("account.reset", "重置登录"),
    Verb("account.disable", "停用账号"),
    Verb("account.enable", "启用账号"),
    Verb("account.view_as", "以他人身份查看"),
    Verb("account.login", "登录"),
    Verb("account.password", "修改密码"),
    Verb("account.mfa", "设置双因素验证"),
    Verb("account.session_end", "结束会话"),
    Verb("appointment.make", "任用"),
    Verb("appointment.end", "结束任用"),
    Verb("phone.reveal", "查看电话"),
    Verb("audit.view", "查看操作记录", writes=False),
    Verb("system.manage", "管理系统"),
)
