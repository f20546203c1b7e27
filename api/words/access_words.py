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
        "account-added": Words("新建账户", "account added"),
        "account-changed": Words("变更账户", "account changed"),
        "account-disabled": Words("停用账户", "account disabled"),
        "access-key": Words("发出或撤销凭据", "credential given or taken back"),
        "invitation": Words("发出链接", "link made"),
        "reset": Words("重置凭证", "credentials reset"),
        "reveal": Words("查看个人信息", "personal data read"),
        "material": Words("查阅申报材料", "material of an application read"),
        "export": Words("下载", "download"),
        "refusal": Words("越权被拒", "refused"),
    }
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
