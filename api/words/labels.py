"""What the fields of forms and filters are called where a fault names them, and where they stand.

A fault names its field as the API does, `inspectors.1.card_no`; a person reads 第 2 行 督导证号 and
is led to the field.
"""

from collections.abc import Mapping
from types import MappingProxyType

from api.words.language import Language, Words, names

LABELS: Mapping[str, Words] = MappingProxyType(
    {
        **names(
            account=("账户", "Account"),
            actor=("办理人", "Who acts"),
            accuracy_m=("精度", "Accuracy"),
            action=("操作", "What"),
            address=("地址", "Address"),
            again=("再输一次", "Once more"),
            application_id=("申报编号", "Application"),
            assessment_id=("认定活动", "Session"),
            assessments=("认定活动", "Sessions"),
            basis=("依据", "Basis"),
            batch=("批次", "Batch"),
            basics=("企业基本情况", "The enterprise"),
            by=("计数按", "Counts by"),
            candidates=("考生人数", "Candidates"),
            catalogue=("目录", "Catalogue"),
            suppositions=("假设的记录", "Supposed records"),
            rules=("规则", "Rules"),
            card_no=("督导证号", "Card number"),
            case=("时间情形", "Then and now"),
            certificates=("证书", "Certificates"),
            code=("验证码", "Code"),
            comment=("评语", "Comment"),
            complained_on=("投诉日期", "Complained on"),
            complaint_id=("投诉编号", "Complaint"),
            current=("密码", "Password"),
            cursor=("分页", "Page"),
            datum=("坐标系", "Datum"),
            day=("检查日期", "Day of the visit"),
            days=("天数", "Days"),
            decision=("结论", "Outcome"),
            district=("主管区", "District"),
            document_no=("文号", "Document number"),
            draw_id=("抽取编号", "Draw"),
            duty=("职责", "Duty"),
            due_on=("整改期限", "Deadline"),
            edition=("版本名称", "Edition"),
            effective_from=("生效日期", "In effect from"),
            effective_to=("截止日期", "Until"),
            enterprises=("抽取企业数", "Enterprises to be drawn"),
            evidence=("证明材料", "Evidence"),
            existing=("并入的问题", "Finding"),
            expert_id=("专家账户", "Expert's account"),
            experts=("专家", "Experts"),
            expiring_within=("到期预警", "Ends soon"),
            file=("文件", "File"),
            filed_on=("备案日期", "Filed on"),
            filed_with=("备案机关", "Filed with"),
            filing_no=("备案号", "Number of the filing"),
            finding_id=("问题编号", "Finding"),
            first=("从", "From"),
            flag=("疑点", "Flag"),
            flags=("疑点", "Flags"),
            from_known=("起:截至何时所知", "From: as known at"),
            from_valid_at=("起:业务日期", "From: day"),
            funding=("经费保障措施", "Funding"),
            headcount=("人数", "People"),
            hr_system=("人力资源管理制度", "Personnel system"),
            inspection_id=("督导编号", "Inspection"),
            inspectors=("督导人员", "Inspectors"),
            kind=("类型", "Kind"),
            known_at=("入账时间", "Known at"),
            last=("至", "To"),
            lat=("纬度", "Latitude"),
            learnt_from=("得知日期自", "Known since"),
            learnt_to=("得知日期至", "Known until"),
            procedure=("督导程序", "Procedure of inspections"),
            level=("等级", "Level"),
            levels=("等级", "Levels"),
            lon=("经度", "Longitude"),
            materials=("申报材料", "Materials"),
            measure_id=("措施", "Measure"),
            methods=("认定方式", "Methods"),
            min_position=("入账位置", "Position"),
            name=("姓名", "Name"),
            note=("说明", "Note"),
            number=("证书编号", "Certificate number"),
            occupation=("职业", "Occupation"),
            of=("比较对象", "What"),
            old_code=("原验证码", "Code so far"),
            open=("是否未结", "Open"),
            opinion=("意见", "Opinion"),
            organisation=("机构", "Organisation"),
            organisation_quality=(
                "认定工作机构及质量保障体系",
                "Organisation and quality assurance",
            ),
            outcome=("结果", "Outcome"),
            own_method=("企业自定方式", "Own method"),
            partner=("合作院校或培养单位", "Partner"),
            passed=("复查结果", "Result"),
            password=("密码", "Password"),
            person=("持有人", "Holder"),
            place_missing=("没有定位的原因", "Why there is no position"),
            plan=("计划", "Plan"),
            planned_on=("计划日期", "Planned on"),
            pool_inspectors=("督导人员的账户", "Accounts of inspectors"),
            position=("入账位置", "Position"),
            premises_it=("认定场地、设备设施及信息化建设", "Premises, equipment and IT"),
            published_on=("公布日期", "Day of publication"),
            q=("名称或代码", "Name or USCC"),
            reason=("理由", "Reason"),
            receipt_no=("回执编号", "Receipt number"),
            received_on=("收件日期", "Received on"),
            recommended=("结论", "Conclusion"),
            recorded_from=("入账自", "Recorded since"),
            recusal_declared=("回避声明", "Recusal statement"),
            recused=("应回避者的账户", "Accounts with a ground for recusal"),
            refusal_reason=("拒绝签字的情况", "How the signature was refused"),
            removed=("去掉的范围", "Scope taken out"),
            added=("增加的范围", "Scope added"),
            requirement=("整改要求", "Requirement"),
            review=("复核", "Review"),
            role=("角色", "Role"),
            rule=("依据条款", "Clause"),
            scope=("范围", "Scope"),
            sessions=("认定场次", "Sessions"),
            severity=("严重程度", "Severity"),
            signature=("签字", "Signature"),
            since=("起始日期", "Since"),
            staff_id=("人员编号", "Id of the person"),
            stage=("阶段", "Stage"),
            standing=("状态", "Standing"),
            state=("状态", "State"),
            statement=("陈述", "Statement"),
            subject=("事由", "Subject"),
            title=("名称", "Title"),
            taken=("是否同意", "Taken"),
            text=("意见内容", "Text"),
            to=("至", "To"),
            to_known=("止:截至何时所知", "To: as known at"),
            to_valid_at=("止:业务日期", "To: day"),
            trade=("工种", "Trade"),
            type=("记录类型", "Kind of entry"),
            unit_statement=("被检查单位意见", "Statement of the unit"),
            until=("截止日期", "Until"),
            uscc=("统一社会信用代码", "USCC"),
            valid_at=("业务日期", "Day"),
            valid_from=("日期", "Day"),
            valid_to=("有效期止", "Valid until"),
            verdict=("结论", "Verdict"),
            where=("地点", "Where"),
            window=("申报窗口", "Window"),
            year=("年度", "Year"),
            affiliation=("单位", "Affiliation"),
            apprentice=("新型学徒", "Apprentices"),
            arithmetic=("得分计算", "Arithmetic"),
            assessors=("考评人员", "Examiners"),
            assessors_absent=("不在场的考评人员", "Examiners not there"),
            captured_at=("采集时间", "Captured at"),
            category=("人员类别", "Category"),
            certificate_no=("证书编号", "Certificate number"),
            checklist=("检查项", "Checklist"),
            complaints=("投诉", "Complaints"),
            content=("考评内容", "Content"),
            data=("内容", "Content"),
            decided_on=("办理日期", "Decided on"),
            device_id=("设备", "Device"),
            dispatched=("劳务派遣人员", "Dispatched workers"),
            division=("区划代码", "Division code"),
            drawn=("抽取结果", "What was drawn"),
            employee=("在职职工", "Own employees"),
            entries=("名单各行", "Lines"),
            entries_digest=("名单摘要", "Digest of the lines"),
            ethics=("职业道德", "Ethics"),
            fields=("更正的字段", "Fields"),
            file_name=("文件名", "File name"),
            ground=("直接认定的依据", "Ground"),
            held=("是否开展", "Whether it was held"),
            held_from=("认定开始日", "First day"),
            held_on=("听证日", "Day of the hearing"),
            held_to=("认定结束日", "Last day"),
            holder=("持证人", "Holder"),
            id_type=("证件类型", "Kind of document"),
            issued_on=("发证日期", "Day of issue"),
            issuer_uscc=("发证机构", "Issuing body"),
            item=("检查项", "Item"),
            main_business=("主营业务", "Main business"),
            masked_name=("持证人姓名", "Name of the holder"),
            mean=("平均分", "Mean"),
            media_type=("文件类型", "Kind of file"),
            method=("认定方式", "Method"),
            mode=("考核形式", "Mode"),
            new_certificate_no=("新证书编号", "New certificate number"),
            offline=("是否离线", "Offline"),
            other=("其他人员", "Others"),
            pass_mark=("合格线", "Pass mark"),
            path=("字段", "Field"),
            performance=("业绩成绩", "Performance"),
            pair=("核对码", "Code of the administrator who asked"),
            place=("地点", "Place"),
            pool=("抽取池", "Pool"),
            pool_digest=("抽取池摘要", "Digest of the pool"),
            practice=("实操成绩", "Practice"),
            premises=("场地", "Premises"),
            quality_staff=("质量内控人员", "Quality officers"),
            replaces=("替换的申报", "Replaces"),
            request_id=("事项编号", "Request"),
            resubmits=("补正的申报", "Handed in again"),
            results=("成绩", "Results"),
            sample=("抽取数量", "Sample"),
            scale=("评价等级", "Scale"),
            scores=("评分", "Scores"),
            seed=("随机种子", "Seed"),
            seed_commitment=("种子承诺", "Commitment to the seed"),
            seen=("现场所见", "What was seen"),
            sha256=("文件摘要", "Digest"),
            signature_refused=("是否拒绝签字", "Signature refused"),
            staff=("职工人数", "Staff"),
            standards=("标准或评价规范", "Standards"),
            student=("技工院校学生", "Students"),
            subject_id=("持证人假名", "Pseudonym"),
            summary=("上年总结", "Summary"),
            theory=("理论成绩", "Theory"),
            totals=("各专家总分", "Totals"),
            unit_name=("实施单位名称", "Name of the unit"),
            unit_uscc=("实施单位", "Unit"),
            units=("纳入的单位", "Units"),
            value=("值", "Value"),
            venue=("考场", "Venue"),
            venues=("考场", "Venues"),
        ),
        "from": Words("日期自", "From"),
    }
)
"""The last part of a field's name → what it is called."""

_IN_RECORDS = names(
    name=("名称", "Name"),
    code=("编码", "Code"),
    text=("内容", "Text"),
    kind=("类型", "Kind"),
    reason=("理由", "Reason"),
)
"""What parts of a record are called where a form means something else by the name."""

_ROW = Words("第 %s 行", "Line %s")
_CLOCKS = {"valid_at": "clock-day", "known_at": "clock-position", "position": "clock-position"}
_NOWHERE = frozenset(
    {"actor", "cursor", "format", "limit", "min_position", "record", "since", "whole"}
)
"""What no page has a field for: who acts, and parameters of an address."""


def label_of(field: str, language: Language) -> str:
    """Return what a field is called, with its line where it stands in several; empty if unknown."""
    parts = field.split(".")
    line = next((int(part) + 1 for part in parts if part.isdecimal()), None)
    name = next((LABELS[part] for part in reversed(parts) if part in LABELS), None)
    if name is None:
        return ""
    row = "" if line is None else f"{_ROW.speak(language) % line} "
    return row + name.speak(language)


def field_of(path: str, language: Language) -> str:
    """Return what a field of a record is called, with what it is a part of: 职业·名称."""
    parts = [part for part in path.split(".") if not part.isdecimal()]
    said = [_IN_RECORDS.get(part) or LABELS.get(part) for part in parts]
    return "·".join(each.speak(language) for each in said if each is not None) or path


def anchor_of(field: str, prefix: str = "") -> str:
    """Return the id under which a field stands on its page; empty if it has no place there.

    `prefix` keeps several forms of one page apart.
    """
    if field in _CLOCKS and not prefix:
        return _CLOCKS[field]
    if field.partition(".")[0] in {"", *_NOWHERE}:
        return ""
    row, _, rest = field.partition(".")
    if row == "entries":
        # A line of a publication has one box.
        return f"field-{prefix}entries.{rest.partition('.')[0]}"
    return f"field-{prefix}{field}"
