"""The words that every stream is made of: vocabulary, identifiers, days, scope, clauses."""
