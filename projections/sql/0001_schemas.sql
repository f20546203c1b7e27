-- Where a rebuild is made beside the live tables, and where those go in the moment of the switch.
-- The application may not create schemas, so they are there from the start.
CREATE SCHEMA projections_next AUTHORIZATION dudao_app;
CREATE SCHEMA projections_last AUTHORIZATION dudao_app;
