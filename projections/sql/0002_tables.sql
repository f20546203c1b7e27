-- Views of now and then: every row holds for a stretch of positions [known_from, known_to) and a
-- stretch of days [valid_from, valid_to). Nothing is updated but known_to.
SET ROLE dudao_app;

-- The entry that the rows below rest on last.
CREATE TABLE projections.progress (
    one      boolean PRIMARY KEY DEFAULT true CHECK (one),
    position bigint NOT NULL
);

-- Key: USCC.
CREATE TABLE projections.roster (
    key        text COLLATE "C" NOT NULL,
    subject    text COLLATE "C" NOT NULL,
    district   text COLLATE "C",
    known_from bigint NOT NULL,
    known_to   bigint,
    valid_from date NOT NULL,
    valid_to   date,
    standing   text COLLATE "C" NOT NULL,
    name       text COLLATE "C" NOT NULL,
    terms      text COLLATE "C" NOT NULL,  -- what the filters occupation and level look for
    doc        text NOT NULL,
    PRIMARY KEY (key, valid_from, known_from)
);
CREATE INDEX roster_district ON projections.roster (district, key);

-- Key: USCC. Stretches of days with a confirmed scope.
CREATE TABLE projections.scope (
    key        text COLLATE "C" NOT NULL,
    subject    text COLLATE "C" NOT NULL,
    district   text COLLATE "C",
    known_from bigint NOT NULL,
    known_to   bigint,
    valid_from date NOT NULL,
    valid_to   date,
    doc        text NOT NULL,
    PRIMARY KEY (key, valid_from, known_from)
);

-- Key: code and position of the judged record.
CREATE TABLE projections.flags (
    key        text COLLATE "C" NOT NULL,
    subject    text COLLATE "C" NOT NULL,
    district   text COLLATE "C",
    known_from bigint NOT NULL,
    known_to   bigint,
    valid_from date NOT NULL,
    valid_to   date,
    record     bigint NOT NULL,              -- position of the judged record
    code       text COLLATE "C" NOT NULL,
    day        date NOT NULL,                -- of the record
    verdict    text COLLATE "C" NOT NULL,
    review     text COLLATE "C",
    time_case  text COLLATE "C" NOT NULL,
    occupation text COLLATE "C",
    level      text COLLATE "C",
    method     text COLLATE "C",
    doc        text NOT NULL,
    PRIMARY KEY (key, valid_from, known_from)
);
CREATE INDEX flags_record ON projections.flags (record, code);
CREATE INDEX flags_code ON projections.flags (code, record);
CREATE INDEX flags_subject ON projections.flags (subject, record, code);
CREATE INDEX flags_district ON projections.flags (district, record, code);

-- Key: assessment id.
CREATE TABLE projections.sessions (
    key        text COLLATE "C" NOT NULL,
    subject    text COLLATE "C" NOT NULL,
    district   text COLLATE "C",
    known_from bigint NOT NULL,
    known_to   bigint,
    valid_from date NOT NULL,
    valid_to   date,
    occupation text COLLATE "C" NOT NULL,
    level      text COLLATE "C" NOT NULL,
    method     text COLLATE "C" NOT NULL,
    doc        text NOT NULL,
    PRIMARY KEY (key, valid_from, known_from)
);
CREATE INDEX sessions_subject ON projections.sessions (subject, key);

-- Key: position of the entry that issued it; a number may stand on several certificates.
CREATE TABLE projections.certificates (
    key        text COLLATE "C" NOT NULL,
    subject    text COLLATE "C" NOT NULL,
    district   text COLLATE "C",
    known_from bigint NOT NULL,
    known_to   bigint,
    valid_from date NOT NULL,
    valid_to   date,
    number     text COLLATE "C" NOT NULL,
    session    text COLLATE "C" NOT NULL,
    occupation text COLLATE "C" NOT NULL,
    level      text COLLATE "C" NOT NULL,
    state      text COLLATE "C" NOT NULL,
    doc        text NOT NULL,
    PRIMARY KEY (key, valid_from, known_from)
);
CREATE INDEX certificates_number ON projections.certificates (number);
CREATE INDEX certificates_session ON projections.certificates (session);

-- Key: what it is and its id, `findings/f-1`.
CREATE TABLE projections.cases (
    key        text COLLATE "C" NOT NULL,
    subject    text COLLATE "C" NOT NULL,
    district   text COLLATE "C",
    known_from bigint NOT NULL,
    known_to   bigint,
    valid_from date NOT NULL,
    valid_to   date,
    kind       text COLLATE "C" NOT NULL,
    stage      text COLLATE "C" NOT NULL,
    doc        text NOT NULL,
    PRIMARY KEY (key, valid_from, known_from)
);
CREATE INDEX cases_kind ON projections.cases (kind, key);
CREATE INDEX cases_subject ON projections.cases (subject, key);

CREATE TABLE projections_next.progress (LIKE projections.progress INCLUDING ALL);
CREATE TABLE projections_next.roster (LIKE projections.roster INCLUDING ALL);
CREATE TABLE projections_next.scope (LIKE projections.scope INCLUDING ALL);
CREATE TABLE projections_next.flags (LIKE projections.flags INCLUDING ALL);
CREATE TABLE projections_next.sessions (LIKE projections.sessions INCLUDING ALL);
CREATE TABLE projections_next.certificates (LIKE projections.certificates INCLUDING ALL);
CREATE TABLE projections_next.cases (LIKE projections.cases INCLUDING ALL);

INSERT INTO projections.progress (position) VALUES (0);
INSERT INTO projections_next.progress (position) VALUES (0);
RESET ROLE;
