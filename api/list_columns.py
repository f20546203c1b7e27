"""Columns of the lists in their tabular forms: what stands in an item, in this order."""

ROSTER = "uscc name kind district standing batch valid_from valid_to scope:json"
FLAG = (
    "key code verdict severity clause rule subject assessment_id certificate_no district valid_at "
    "known_from:integer known_to:integer review case responsible:json message:json because:json"
)
SESSION = (
    "assessment_id uscc unit_uscc occupation:json level method mode held_from held_to venue:json "
    "candidates:json assessors:json quality_staff:json district position:integer because:json"
)
CERTIFICATE = (
    "certificate_no assessment_id uscc issuer_uscc district occupation:json level holder:json "
    "results:json issued_on reissued_on state ended_on replaced_by replaces position:integer"
)
APPLICATION = (
    "application_id uscc window stage submitted_on scope:json methods:json own_method opinion:json "
    "accepted_on experts:json scores:json recommended:boolean recommended_scope:json mean "
    "confirmed_on confirmed_scope:json published:boolean receipt_no receipt_on district because:json"
)
INSPECTION = (
    "inspection_id uscc kind stage dispatched_on inspectors:json spot_checks:json district "
    "because:json"
)
FINDING = (
    "finding_id uscc kind severity rule statement inspection_id assessments:json certificates:json "
    "flags:json stage raised_on position:integer orders:json measures:json disputed:boolean "
    "ended_on outcome district because:json"
)
PLAN = (
    "uscc year:integer stage filed_on revised_on summary:json sessions:json position:integer "
    "district because:json"
)
