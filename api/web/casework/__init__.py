"""Pages of cases: applications, listings, plans, inspections, findings."""
