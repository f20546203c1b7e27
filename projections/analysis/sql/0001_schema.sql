-- Views for analysts; grants.sql, which is carried out after every migration, makes them.
CREATE SCHEMA analysis AUTHORIZATION dudao_app;
SET ROLE dudao_app;

-- Which logins see what. Who is not here sees nothing, also after a restore, which brings none back.
CREATE TABLE analysis.reader (
    login    text COLLATE "C" PRIMARY KEY,
    district text COLLATE "C"           -- null: the whole city
);
COMMENT ON TABLE analysis.reader IS '可读账户 / logins that may read; district null: the whole city';
RESET ROLE;
