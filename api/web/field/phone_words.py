"""What the phone says by itself: every sentence that its scripts need, in both languages.

The scripts hold no text. `{0}`, `{1}` … stand for what is filled in.
"""

from collections.abc import Mapping

from api.words.language import Language, Words

_SAID = {
    "online": ("联网", "Online"),
    "offline": ("当前离线，记录保存在本机", "Offline: records are kept on this device"),
    "nobody": ("未登录", "nobody signed in"),
    "list-of": ("清单更新于 {0}（{1} 分钟前）", "list of {0} ({1} min ago)"),
    "others": (
        "本机另有 {0} 条属于 {1} 的未上传记录，须由其本人登录后查看和上传。",
        "This device also holds unsent records of others ({0}: {1}); only their owners see and send them.",
    ),
    "storage": ("本机已用 {0}，可用 {1}；{2}", "{0} used of {1}; {2}"),
    "storage-safe": ("浏览器已承诺长期保存", "the browser has promised to keep them"),
    "storage-unsafe": (
        "浏览器未承诺长期保存，请及时上传",
        "the browser has not promised to keep them: send them soon",
    ),
    "new-version": ("已更新到新版本，下次打开生效。", "A new version is ready; it shows next time."),
    "failed": (
        "本机未能完成：{0}。已保存的记录没有丢失，请先上传或导出。",
        "This device could not do it: {0}. What was saved is still here; send it or take it away first.",
    ),
    "store-shut": (
        "本机的存储打不开（{0}），记录无法保存在本机。请关闭其他标签页后重新打开；仍不行时请联网单页填写。",
        ("The store of this device does not open ({0}): records cannot be kept here. Close "
        "other tabs and open this page again; else use the one-page form online."),
    ),
    "store-failed": (
        "本机未能写入（{0}）。最后的改动还没有保存，请不要关闭本页；继续填写时会再次保存。",
        ("This device could not write ({0}). The last change is not kept yet: leave this page "
        "open; it is tried again as you go on."),
    ),
    "store-full": (
        "本机空间已满，最后的改动没有保存（{0}）。请先上传或导出记录，或清理手机空间。",
        ("This device is full: the last change was not kept ({0}). Send or take away what is "
        "here first, or make room on the phone."),
    ),
    "store-blocked": (
        "另一个标签页还开着旧版本的本页，请先关闭它。",
        "Another tab has an earlier version of this page open: close it first.",
    ),
    "store-newer": (
        "本页已有新版本在另一个标签页打开，请重新打开本页。已保存的内容都在。",
        "A newer version of this page is open in another tab: open this page again. What was kept is here.",
    ),
    "insecure": (
        "本页不是经安全连接（https）打开，无法计算摘要，不能在此填写现场记录。请用 https 地址打开，或联网单页填写。",
        ("This page was not opened over https: digests cannot be computed, so no record can be "
        "made here. Open its https address, or use the one-page form."),
    ),
    "photo-late": (
        "记录已经保存，照片没有加入：{0}",
        "The record was saved before; photos that were not added: {0}",
    ),
    "photo-failed": ("这些照片没有保存，请重新选择：{0}", "These photos were not kept, choose them again: {0}"),
    "photos-lost": (
        "这些照片的原件不在本机，记录没有保存；请移除或重新选择：{0}",
        ("The originals of these photos are not on this device, so the record was not saved; "
        "leave them out or choose them again: {0}"),
    ),
    "keeping": ("正在保存第 {0}/{1} 张照片……", "Keeping photo {0} of {1}…"),
    "taken-elsewhere": (
        "这条记录已在另一个标签页继续或保存，本页显示其现状。",
        "The record went on or was saved in another tab; this one shows how it stands.",
    ),
    "changed-meanwhile": (
        "这条记录已在别处改变，没有按原样处理；现已显示其现状。",
        "The record was changed elsewhere meanwhile: nothing was done, and it is shown as it stands.",
    ),
    "elsewhere": (
        "另一个标签页正在填写这条记录。改在这里填写？",
        "Another tab is writing this record. Go on here instead?",
    ),
    "again": (
        "本机已有这次督导的记录（第 {0} 号）。确定再做一份？",
        "This device holds a record of this visit already (no. {0}). Make another one?",
    ),
    "relisted": ("检查表已更新，请重答 {0} 项。", "The checklist was updated: please answer {0} questions again."),
    "relisted-done": ("检查表已更新。", "The checklist was updated."),
    "dropped": ("原检查表上已答、现已不在的：", "Answered on the earlier list and no longer on it:"),
    "clock-off": (
        "本机时钟与服务器相差约 {0} 天。检查日期已按服务器时间填写，请核对；设备时间只作为证据保留。",
        ("The clock of this device is about {0} days off the server's. The day of the visit "
        "follows the server: please check it. The device's time is kept as evidence only."),
    ),
    "last-sent": ("上次上传 {0}", "last sent {0}"),
    "send-offline": ("现在没有网络，联网后自动上传。", "There is no network now; it is sent as soon as there is one."),
    "sending": ("正在上传第 {0}/{1} 个文件……", "Sending file {0} of {1}…"),
    "saved": (
        "已保存，联网后自动上传。",
        "Saved; it is sent as soon as there is a network.",
    ),
    "kept-draft": ("已存为草稿。", "Kept as a draft."),
    "takeaway": ("督导现场", "on-site"),
    "taken-away": ("已导出 {0} 条记录、{1} 个附件。", "Saved as files: records {0}, attachments {1}."),
    "taken-in": ("已导入 {0} 条本机没有的记录。", "Taken in: {0} records that were not here."),
    # Where to go, and what is known
    "no-visits": (
        "目前没有派给您、尚未记录的督导。没有派出单的检查可在下方开始。",
        "Nothing is dispatched to you that has no record. Below, a check can begin without a dispatch.",
    ),
    "no-list": (
        "还没有清单；联网后点“更新清单”。",
        "There is no list yet; press Refresh when there is a network.",
    ),
    "not-found": ("清单里没有这家企业。", "No such enterprise in the list."),
    "held-draft": ("本机有草稿", "A draft is on this device"),
    "held-entered": ("记录已入账，原件还在上传", "The record is in the ledger; originals are still being sent"),
    "held-ready": ("本机有待上传的记录", "A record waits here to be sent"),
    "held-refused": ("本机的记录未被接受", "The record of this device was not accepted"),
    "held-sent": ("已从本机上传记录", "A record was sent from this device"),
    "none": ("无", "None"),
    # The three lists
    "room": ("已写 {0} 字，最多 {1} 字", "{0} of {1} characters"),
    "marked": ("标注", "marked"),
    "unnamed": ("未填企业", "no enterprise yet"),
    "sure": ("删除草稿“{0}”及其照片？", "Delete the draft “{0}” with its photos?"),
    "saved-at": ("保存于 {0} · 本机第 {1} 号 · 照片 {2} 张", "Saved {0} · no. {1} here · photos: {2}"),
    "will-send": ("联网后自动上传", "Is sent as soon as there is a network"),
    "trouble-no-network": (
        "未能连接服务器，稍后自动重试",
        "The server was not reached; it is tried again by itself",
    ),
    "trouble-not-ours": (
        "回答不是来自督导系统（也许要先登录网络），稍后自动重试",
        "The answer was not from this system (the network may ask to sign in first); it is tried again by itself",
    ),
    "trouble-lacking": ("服务器还缺原件，稍后再次上传", "The server still lacks originals; they are sent again later"),
    "lacking": (
        "已入账（位置 {0}），服务器还缺 {1} 个原件，继续上传",
        "In the ledger (entry {0}); the server lacks {1} originals, which are being sent",
    ),
    "aside-why": (
        "为何搁置？记录留在本机，不再计入待上传。",
        "Why is it put aside? It stays on this device and no longer counts as waiting.",
    ),
    "aside": ("{0} 搁置：{1}", "Put aside {0}: {1}"),
    "trouble-signed-out": ("登录已失效，登录后继续上传", "The sign-in has ended; sign in to send"),
    "trouble-too-many": (
        "今日上传已达限额或请求过多，稍后自动重试",
        "Too much was sent today or at once; it is tried again by itself",
    ),
    "trouble-server-busy": (
        "服务器暂不可用，稍后自动重试",
        "The server is busy; it is tried again by itself",
    ),
    "refused": ("未被接受（{0}）：", "Not accepted ({0}):"),
    "replaced": ("已改为另一条记录上传，本条留存备查。", "Corrected in another record; this one is kept."),
    "receipt": ("回执：入账位置 {0}，{1}", "Receipt: entry {0}, {1}"),
    "leaf": ("叶哈希 {0}", "Leaf hash {0}"),
    "entry": ("查看记录", "Show the entry"),
    "same": (
        "服务器的回答与回执一致，没有重复入账。",
        "The server gives the same receipt; nothing was recorded twice.",
    ),
    "not-same": ("服务器的回答与回执不一致，请联系中心。", "The answer differs from the receipt: tell the centre."),
    # Step by step
    "step": ("第 {0} 步，共 {1} 步", "Step {0} of {1}"),
    "change": ("修改", "Change"),
    "photos": ("照片 {0} 张", "Photos: {0}"),
    "not-sent": (
        "不能作为照片上传（须为 JPEG、PNG、WebP 或 HEIC，不超过 15 MiB）：{0}",
        "Cannot be sent (JPEG, PNG, WebP or HEIC of at most 15 MiB can): {0}",
    ),
    "place-poor": (
        "精度不足 {0} 米，请到室外或窗边再取一次。",
        "Less exact than {0} m: try again outside or at a window.",
    ),
    "place-asking": ("正在定位……", "Looking for the position…"),
    "place-found": ("经度 {0}，纬度 {1}(WGS-84)，精度 {2} 米", "Longitude {0}, latitude {1} (WGS-84), within {2} m"),
    "place-kept": (
        "沿用 {3} 取得的位置：经度 {0}，纬度 {1}，精度 {2} 米。要改为现在的位置，请按“获取当前位置”。",
        ("Kept as found at {3}: longitude {0}, latitude {1}, within {2} m. "
        "To take the present one instead, press “Take the position”."),
    ),
    "place-replace": (
        "把 {0} 取得的位置换成现在的位置？",
        "Put the present position in place of the one that was found at {0}?",
    ),
    "place-failed": ("没有取得位置：{0}。可手工填写。", "No position: {0}. It can be filled in by hand."),
    "place-error-1": ("设备未允许定位", "the device did not allow it"),
    "place-error-2": ("设备无法定位", "the device could not find it"),
    "place-error-3": ("定位超时", "it took too long"),
    # What is missing, and what will be asked about
    "doubt-alone": (
        "督导人员少于 {0} 名，将列为督导程序疑点。",
        "Fewer than {0} inspectors: it will be flagged.",
    ),
    "doubt-card": ("有督导人员没有证号，将列为督导程序疑点。", "An inspector has no card number: it will be flagged."),
    "doubt-recusal": ("缺少回避声明，将列为督导程序疑点。", "A statement on recusal is missing: it will be flagged."),
    "doubt-accuracy": ("位置精度只有 {0} 米。", "The position is only within {0} m."),
    "doubt-typed": ("经纬度是手工填写的，记录中会注明。", "Longitude and latitude were typed; the record says so."),
    "doubt-kept": ("位置是 {0} 取得的。", "The position was found at {0}."),
    "doubt-far": (
        "位置距该企业最近的已知地点（{1}）{0} 公里。",
        "The position is {0} km from the nearest known place of the enterprise ({1}).",
    ),
    "doubt-no-venue": (
        "该企业没有带坐标的场地，未能核对距离。",
        "No place of the enterprise is known by its degrees: the distance was not checked.",
    ),
    "doubt-day": (
        "检查日期 {0} 与今天相差三天以上，请确认。",
        "The day of the visit, {0}, is three days or more from today: is it right?",
    ),
    "doubt-photo": ("没有照片：{0}", "No photo: {0}"),
}  # fmt: skip


def words(language: Language) -> Mapping[str, str]:
    """Return every sentence by its name."""
    return {name: Words(*pair).speak(language) for name, pair in _SAID.items()}
