-- What was adopted as catalogues, and the occupations of those: files of the store, read by the follower.
SET ROLE dudao_app;
CREATE TABLE analysis.adopted (
    kind       text COLLATE "C" NOT NULL,
    edition    text COLLATE "C" NOT NULL,
    sha256     text COLLATE "C" NOT NULL,
    valid_from date,
    valid_to   date,
    known_from bigint NOT NULL
);
CREATE TABLE analysis.occupation (
    edition    text COLLATE "C" NOT NULL,
    kind       text COLLATE "C" NOT NULL,
    code       text COLLATE "C" NOT NULL,
    name       text NOT NULL,
    skills     boolean NOT NULL,
    levels     text[],
    valid_from date,
    valid_to   date,
    known_from bigint NOT NULL
);
RESET ROLE;
