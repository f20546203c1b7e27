"""Columns of the lists in their tabular forms: what stands in an item, in this order."""

ROSTER = "uscc name kind district standing batch valid_from:day valid_to:day scope:json"
FLAG = (
    "key code verdict severity clause rule subject assessment_id certificate_no district valid_at:day "
    "known_from:integer known_to:integer outcome review review_stale:boolean case responsible:json "
    "message:json because:json"
)
SESSION = (
    "assessment_id uscc unit_uscc occupation:json level method mode held_from:day held_to:day venue:json "
    "candidates:json assessors:json quality_staff:json district position:integer because:json"
)
CERTIFICATE = (
    "certificate_no assessment_id uscc issuer_uscc district occupation:json level holder:json "
    "results:json issued_on:day reissued_on:day state ended_on:day replaced_by replaces position:integer"
)
APPLICATION = (
    "application_id uscc window stage submitted_on:day scope:json methods:json own_method opinion:json "
    "accepted_on:day experts:json scores:json recommended:boolean recommended_scope:json mean "
    "confirmed_on:day confirmed_scope:json published:boolean receipt_no receipt_on:day district because:json"
)
INSPECTION = (
    "inspection_id uscc kind stage dispatched_on:day inspectors:json spot_checks:json district "
    "because:json"
)
FINDING = (
    "finding_id uscc kind severity rule statement inspection_id assessments:json certificates:json "
    "flags:json stage raised_on:day position:integer orders:json measures:json hearings:json "
    "complaints:json disputed:boolean "
    "ended_on:day outcome district because:json"
)
COMPLAINT = (
    "complaint_id uscc complained_on:day received_on:day subject statement evidence:json district "
    "position:integer because:json"
)
REGISTER = "uscc staff:json partnerships:json specifications:json district because:json"
PLAN = (
    "uscc year:integer stage filed_on:day revised_on:day summary:json sessions:json position:integer "
    "district because:json"
)
