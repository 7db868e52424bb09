"""What may be done with accounts and appointments: verbs by power. ``appoint.<role>`` is the right to give that role."""

from dudao.core.access import Verb, declare, power
from dudao.people.roles import ROLES

power(
    "account:own",
    "使用本人账号",
    Verb("account.profile", "修改本人信息"),
    Verb("account.login", "登录"),
    Verb("account.logout", "退出登录"),
    Verb("account.login_failed", "登录失败"),
    Verb("account.lock", "登录锁定"),
    Verb("account.password", "修改密码"),
    Verb("account.mfa", "设置动态口令"),
    Verb("account.session_end", "结束登录会话"),
)
declare(
    Verb("account.view", "查看人员", writes=False),
    Verb("account.speciality", "登记专业特长"),
    Verb("phone.reveal", "查看电话"),
)
power(
    "people:manage",
    "管理账号和任用",
    Verb("account.create", "新建账号"),
    Verb("account.bulk", "批量建立账号"),
    Verb("account.export", "导出人员名单"),
    Verb("account.edit", "修改账号"),
    Verb("account.reset", "重置登录"),
    Verb("account.disable", "停用账号"),
    Verb("account.enable", "启用账号"),
    Verb("appointment.make", "任用"),
    Verb("appointment.end", "结束任用"),
)
power(
    "people:secure",
    "安全管理",
    Verb("account.view_as", "以他人身份查看"),
    Verb("account.view_as_end", "结束以他人身份查看"),
    Verb("policy.edit", "修改登录安全策略"),
)
power(
    "administrators:change",
    "办理管理员变更",
    Verb("administrator.ask", "申请管理员变更"),
    Verb("administrator.confirm", "确认管理员变更"),
    Verb("administrator.decline", "不同意管理员变更"),
    Verb("administrator.withdraw", "撤回管理员变更申请"),
)
power(
    "audit:read",
    "审计",
    Verb("audit.view", "查看操作记录", writes=False),
    Verb("audit.export", "导出操作记录"),
)
declare(
    Verb("system.manage", "管理系统"),
    *(Verb(f"appoint.{role.key}", f"任用{role.label}") for role in ROLES.values()),
)
