"""The tables in two times as views of the database, for analysts who ask in SQL."""
