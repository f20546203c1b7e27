"""What the phone says by itself: every sentence that its scripts need, in both languages.

The scripts hold no text. `{0}`, `{1}` … stand for what is filled in.
"""

from collections.abc import Mapping

from api.words.language import Words
from api.words.words import VOCABULARY

_OF_THE_VOCABULARY = ("standing", "severity", "level", "inspection")

_SAID = {
    "online": ("联网", "Online"),
    "offline": ("当前离线,记录保存在本机", "Offline: records are kept on this device"),
    "nobody": ("未登录", "nobody signed in"),
    "list-of": ("清单更新于 {0}({1} 分钟前)", "list of {0} ({1} min ago)"),
    "others": (
        "本机另有 {0} 条属于 {1} 的未上传记录,须由其本人登录后查看和上传。",
        "This device also holds unsent records of others ({0}: {1}); only their owners see and send them.",
    ),
    "storage": ("本机已用 {0},可用 {1};{2}", "{0} used of {1}; {2}"),
    "storage-safe": ("浏览器已承诺长期保存", "the browser has promised to keep them"),
    "storage-unsafe": (
        "浏览器未承诺长期保存,请及时上传",
        "the browser has not promised to keep them: send them soon",
    ),
    "new-version": ("已更新到新版本,下次打开生效。", "A new version is ready; it shows next time."),
    "failed": (
        "本机未能完成:{0}。已保存的记录没有丢失,请先上传或导出。",
        "This device could not do it: {0}. What was saved is still here; send it or take it away first.",
    ),
    "saved": (
        "已保存,联网后自动上传。",
        "Saved; it is sent as soon as there is a network.",
    ),
    "kept-draft": ("已存为草稿。", "Kept as a draft."),
    "taken-away": ("已导出 {0} 条记录、{1} 个附件。", "Saved as files: records {0}, attachments {1}."),
    # Where to go, and what is known
    "no-visits": (
        "目前没有派给您、尚未记录的督导。没有派出单的检查可在下方开始。",
        "Nothing is dispatched to you that has no record. Below, a check can begin without a dispatch.",
    ),
    "no-list": (
        "还没有清单;联网后点“更新清单”。",
        "There is no list yet; press Refresh when there is a network.",
    ),
    "not-found": ("清单里没有这家企业。", "No such enterprise in the list."),
    "held-draft": ("本机有草稿", "A draft is on this device"),
    "held-ready": ("本机有待上传的记录", "A record waits here to be sent"),
    "held-refused": ("本机的记录未被接受", "The record of this device was not accepted"),
    "held-sent": ("已从本机上传记录", "A record was sent from this device"),
    "dispatched": ("{0} 派出", "dispatched {0}"),
    "known": ("已知情况:未结问题 {0},违规疑点 {1}", "Known: open findings {0}, breaches {1}"),
    "begin": ("开始检查", "Begin the check"),
    "none": ("无", "None"),
    "address": ("登记地址", "Registered address"),
    "standing": ("名单状态", "Standing"),
    "until": ("有效期至 {0}", "until {0}"),
    "scope": ("确认范围", "Confirmed scope"),
    "planned": ("计划活动", "Planned sessions"),
    "sessions": ("近期活动", "Latest sessions"),
    "findings": ("未结问题", "Open findings"),
    "flags": ("违规疑点", "Breaches"),
    "breaches": ("共 {0} 条", "{0} in all"),
    # The three lists
    "unnamed": ("未填企业", "no enterprise yet"),
    "changed": ("修改于 {0}", "Changed {0}"),
    "resume": ("继续填写", "Go on"),
    "delete": ("删除", "Delete"),
    "sure": ("删除草稿“{0}”及其照片?", "Delete the draft “{0}” with its photos?"),
    "saved-at": ("保存于 {0} · 本机第 {1} 号 · 照片 {2} 张", "Saved {0} · no. {1} here · photos: {2}"),
    "will-send": ("联网后自动上传", "Is sent as soon as there is a network"),
    "trouble-no-network": (
        "未能连接服务器,稍后自动重试",
        "The server was not reached; it is tried again by itself",
    ),
    "trouble-signed-out": ("登录已失效,登录后继续上传", "The sign-in has ended; sign in to send"),
    "trouble-too-many": (
        "今日上传已达限额或请求过多,稍后自动重试",
        "Too much was sent today or at once; it is tried again by itself",
    ),
    "trouble-server-busy": (
        "服务器暂不可用,稍后自动重试",
        "The server is busy; it is tried again by itself",
    ),
    "refused": ("未被接受({0}):", "Not accepted ({0}):"),
    "replaced": ("已改为另一条记录上传,本条留存备查。", "Corrected in another record; this one is kept."),
    "correct": ("修改", "Correct"),
    "resend": ("原样重发", "Send as it is"),
    "receipt": ("回执:入账位置 {0},{1}", "Receipt: entry {0}, {1}"),
    "leaf": ("叶哈希 {0}", "Leaf hash {0}"),
    "entry": ("查看记录", "Show the entry"),
    "confirm": ("再次核对", "Check again"),
    "same": ("服务器的回答与回执一致,没有重复入账。", "The server gives the same receipt; nothing was recorded twice."),
    "not-same": ("服务器的回答与回执不一致,请联系中心。", "The answer differs from the receipt: tell the centre."),
    # Step by step
    "step": ("第 {0} 步,共 {1} 步", "Step {0} of {1}"),
    "change": ("修改", "Change"),
    "photos": ("照片 {0} 张", "Photos: {0}"),
    "leave-out": ("移除", "Leave out"),
    "not-sent": (
        "不能作为照片上传(须为 JPEG、PNG、WebP 或 HEIC,不超过 15 MiB):{0}",
        "Cannot be sent (JPEG, PNG, WebP or HEIC of at most 15 MiB can): {0}",
    ),
    "place-asking": ("正在定位……", "Looking for the position…"),
    "place-found": ("经度 {0},纬度 {1}(WGS-84),精度 {2} 米", "Longitude {0}, latitude {1} (WGS-84), within {2} m"),
    "place-failed": ("没有取得位置:{0}。可手工填写。", "No position: {0}. It can be filled in by hand."),
    "place-denied": ("设备未允许定位", "the device did not allow it"),
    "place-unavailable": ("设备无法定位", "the device could not find it"),
    "place-timeout": ("定位超时", "it took too long"),
    # What is missing, and what will be asked about
    "need-uscc": ("应为 18 位统一社会信用代码,请核对校验位", "A USCC of 18 characters; check its last one"),
    "need-district": ("请选择主管区", "Choose the district"),
    "need-day": ("请填写日期,如 2024-06-30,且不晚于今天", "Fill in a day like 2024-06-30, not after today"),
    "need-inspector": ("至少填写一名督导人员", "Name at least one inspector"),
    "need-name": ("请填写姓名", "Fill in the name"),
    "need-account": ("请填写账户或工号(不含空格)", "Fill in the account or staff number, without blanks"),
    "need-answer": ("请选择一个答案", "Choose an answer"),
    "need-note": ("答“否”须写明情况", "Say what was seen where the answer is no"),
    "need-place": ("没有经纬度时,请写明没有定位的原因", "Say why there is no position"),
    "need-degrees": ("经度、纬度应为度数,如 116.397", "Degrees are written like 116.397"),
    "need-signature": ("请选择签字方式", "Say how it was signed"),
    "need-signing": ("请先完成签字或拍摄签字页", "Sign, or photograph the signed sheet, first"),
    "need-refusal": ("请写明拒绝签字的情况", "Say how the signature was refused"),
    "doubt-alone": ("督导人员少于两名,将列为督导程序疑点。", "Fewer than two inspectors: it will be flagged."),
    "doubt-card": ("有督导人员没有证号,将列为督导程序疑点。", "An inspector has no card number: it will be flagged."),
    "doubt-recusal": ("缺少回避声明,将列为督导程序疑点。", "A statement on recusal is missing: it will be flagged."),
    "doubt-photo": ("没有照片:{0}", "No photo: {0}"),
}  # fmt: skip


def words() -> Mapping[str, Words]:
    """Return every word by its name; those of a vocabulary as `standing.listed`."""
    said = {name: Words(*pair) for name, pair in _SAID.items()}
    for vocabulary in _OF_THE_VOCABULARY:
        said |= {f"{vocabulary}.{value}": name for value, name in VOCABULARY[vocabulary].items()}
    return said
