"""The way of an application, from submission to receipt (五, 六)."""
