"""Views of then: the same fold at any basis."""
