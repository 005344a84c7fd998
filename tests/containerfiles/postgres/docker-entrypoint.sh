#!/usr/bin/env bash
# Makes the database in $PGDATA if there is none, by a server that nobody else can reach, then becomes the server.
set -euo pipefail
if [ "${1#-}" != "$1" ]; then set -- postgres "$@"; fi

if [ "$1" = postgres ] && [ "$(id -u)" = 0 ]; then
	mkdir -p "$PGDATA"
	chmod 00700 "$PGDATA"
	find "$PGDATA" \! -user postgres -exec chown postgres '{}' +
	exec setpriv --reuid postgres --regid postgres --init-groups "$0" "$@"
fi

if [ "$1" = postgres ] && [ ! -s "$PGDATA/PG_VERSION" ]; then
	if [ -z "${POSTGRES_PASSWORD:-}" ]; then
		echo "Error: Database is uninitialized and superuser password is not specified." >&2
		exit 1
	fi
	initdb --username "${POSTGRES_USER:-postgres}" --pwfile <(echo "$POSTGRES_PASSWORD") --auth-local trust --auth-host scram-sha-256
	echo "host all all all scram-sha-256" >>"$PGDATA/pg_hba.conf"
	PGUSER=${POSTGRES_USER:-postgres} pg_ctl -D "$PGDATA" -o "-c listen_addresses=''" -w start
	for file in /docker-entrypoint-initdb.d/*.sql; do
		[ ! -e "$file" ] || psql -v ON_ERROR_STOP=1 --no-password --username "${POSTGRES_USER:-postgres}" -d postgres -f "$file"
	done
	PGUSER=${POSTGRES_USER:-postgres} pg_ctl -D "$PGDATA" -m fast -w stop
	echo "PostgreSQL init process complete; ready for start up."
fi
exec "$@"
