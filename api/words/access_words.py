"""What the values of the way in are called on the pages, in both languages."""

from types import MappingProxyType

from api.words.language import Names, Words, names

DEEDS: Names = MappingProxyType(
    {
        "sign-in": Words("登录", "sign-in"),
        "lock-out": Words("登录锁定", "lock-out"),
        "unlock": Words("解除锁定", "unlock"),
        "sign-out": Words("退出", "sign-out"),
        "session-end": Words("结束会话", "session ended"),
        "password": Words("设置密码", "password set"),
        "second-factor": Words("二次验证变更", "second factor changed"),
        "identity-bound": Words("绑定统一身份", "identity bound"),
        "account-added": Words("新建账户", "account added"),
        "account-changed": Words("变更账户", "account changed"),
        "account-disabled": Words("停用账户", "account disabled"),
        "account-asked": Words("申请账户事项", "account act asked for"),
        "account-decided": Words("批准或退回账户事项", "account act decided"),
        "access-key": Words("发出或撤销凭据", "credential given or taken back"),
        "invitation": Words("发出链接", "link made"),
        "reset": Words("重置凭证", "credentials reset"),
        "reveal": Words("查看个人信息", "personal data read"),
        "material": Words("查阅申报材料", "material of an application read"),
        "look-up": Words("查询不可见的记录", "record not found or not theirs"),
        "export": Words("下载", "download"),
        "refusal": Words("越权被拒", "refused"),
    }
)
ACCOUNT_ACTS = names(
    add=("新建账户", "new account"),
    assign=("变更角色", "change of role"),
    invite=("设置密码的链接", "link to set the password"),
    reset=("重置凭证", "reset of credentials"),
)
NOTICES = names(
    invited=("为本账户生成了设置密码的链接", "a link to set the password was made"),
    reset=("密码、二次验证与统一身份绑定已作废", "password, second factor and binding were voided"),
    assigned=("角色、机构或持有人已变更", "role, organisation or holder was changed"),
    joined=("经链接设置了密码与二次验证", "password and second factor were set by a link"),
    bound=("绑定了统一身份认证", "the identity provider was bound"),
)
OUTCOMES = names(
    done=("成功", "done"),
    refused=("拒绝", "refused"),
)
WAYS = names(
    password=("密码", "password"),
    provider=("统一身份认证", "identity provider"),
    demo=("演示", "demonstration"),
    invitation=("一次性链接", "one-time link"),
)
STATES = names(
    ok=("正常", "ok"),
    warning=("注意", "warning"),
    fault=("故障", "fault"),
)
"""How a check of the installation came out."""
