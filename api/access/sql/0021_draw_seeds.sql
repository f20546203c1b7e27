-- The secret of a draw between its commitment and the day on which it is carried out. Kept afterwards
-- too: the entry that reveals it says the same.
CREATE TABLE office.draw_seed (
    draw_id text COLLATE "C" PRIMARY KEY,
    seed    text COLLATE "C" NOT NULL,
    made_by text COLLATE "C" NOT NULL,
    made_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
GRANT SELECT, INSERT ON office.draw_seed TO dudao_app;
