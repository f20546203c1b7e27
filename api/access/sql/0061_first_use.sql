-- On which day a token or a key was last used for the first time: several servers remember it once.
CREATE TABLE office.first_use (
    credential text COLLATE "C" PRIMARY KEY,  -- the id, not the secret
    day        date NOT NULL
);
GRANT SELECT, INSERT ON office.first_use TO dudao_app;
GRANT UPDATE (day) ON office.first_use TO dudao_app;
