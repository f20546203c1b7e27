#!/bin/sh
# Run once by the postgres image, as its superuser: the login that serves. `dudao init` admits it.
set -eu
psql --set=ON_ERROR_STOP=1 --set=password="$(cat /run/secrets/serving_password)" \
  --username="$POSTGRES_USER" --dbname="$POSTGRES_DB" <<'SQL'
CREATE ROLE dudao LOGIN PASSWORD :'password';
SQL
