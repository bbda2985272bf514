#!/usr/bin/env bash
# A PostgreSQL of its own on loopback with the tables of Orleans, for the tests that kill silos and the database.
#   postgres.sh run      starts one, runs those tests against it, stops it
#   postgres.sh start    creates it where there is none, and starts it
#   postgres.sh stop     ends it at once, as a crash would
# ORLEANS_SQL: folder with PostgreSQL-Main.sql, PostgreSQL-Clustering.sql and PostgreSQL-Persistence.sql of Orleans; without it they are fetched from its repository.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
data=${AUTOGRAPH_POSTGRES_DATA:-$PWD/artifacts/postgres}
port=${AUTOGRAPH_POSTGRES_PORT:-54329}
orleans=v10.4.2

fail() { echo "$*" >&2; exit 1; }

programs() {
  local found
  found=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1)
  [ -n "$found" ] || found=$(dirname "$(command -v pg_ctl 2>/dev/null)" 2>/dev/null) || true
  printf '%s' "$found"
}

ensure_postgres() {
  [ -z "$(programs)" ] || return 0
  { [ "$(id -u)" -eq 0 ] && command -v apt-get > /dev/null; } || fail "Expected PostgreSQL, found none. Install the package postgresql, then run this again."
  echo "Installing postgresql." >&2
  apt-get update > /dev/null && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends postgresql > /dev/null
}

# The server refuses to run as root.
as_owner() { if [ "$(id -u)" -eq 0 ]; then setpriv --reuid=postgres --regid=postgres --clear-groups "$@"; else "$@"; fi; }

scripts() { # prints a folder with the three scripts
  local folder=${ORLEANS_SQL:-$PWD/artifacts/orleans-sql} source=https://raw.githubusercontent.com/dotnet/orleans/$orleans/src/AdoNet part
  mkdir -p "$folder"
  for part in Shared/PostgreSQL-Main Orleans.Clustering.AdoNet/PostgreSQL-Clustering Orleans.Persistence.AdoNet/PostgreSQL-Persistence; do
    [ -s "$folder/$(basename "$part").sql" ] || curl -fsSL -o "$folder/$(basename "$part").sql" "$source/$part.sql" ||
      fail "Expected $(basename "$part").sql of Orleans in $folder, found none, and it could not be fetched. Name a folder that has it in ORLEANS_SQL."
  done
  printf '%s' "$folder"
}

start() {
  ensure_postgres
  local bin folder file; bin=$(programs)
  if [ ! -f "$data/PG_VERSION" ]; then
    folder=$(scripts)
    mkdir -p "$data"; [ "$(id -u)" -ne 0 ] || chown postgres "$data"
    (cd / && as_owner "$bin/initdb" -D "$data" -A trust -U autograph > /dev/null)
    serve "$bin"
    for file in Main Clustering Persistence; do
      "$bin/psql" -q -h 127.0.0.1 -p "$port" -U autograph -d postgres -v ON_ERROR_STOP=1 -f "$folder/PostgreSQL-$file.sql" 2> >(grep -v NOTICE >&2)
    done
  else
    serve "$bin"
  fi
}

serve() { (cd / && as_owner "$1/pg_ctl" -D "$data" -w -l "$data/server.log" -o "-p $port -c listen_addresses=127.0.0.1 -c unix_socket_directories=$data" start > /dev/null); }

stop() { local bin; bin=$(programs); (cd / && as_owner "$bin/pg_ctl" -D "$data" -m immediate stop > /dev/null); }

run() {
  [ ! -f "$data/PG_VERSION" ] || { stop 2> /dev/null || true; rm -rf "$data"; }
  start
  trap stop EXIT
  dotnet build samples/Cluster -c Release --nologo -v quiet
  dotnet build tests/AutoGraph.Orleans.Tests -c Release --nologo -v quiet
  AUTOGRAPH_POSTGRES="Host=127.0.0.1;Port=$port;Username=autograph;Database=postgres;Maximum Pool Size=25" \
    dotnet run --no-build -c Release --project tests/AutoGraph.Orleans.Tests -- -noLogo -noColor -showLiveOutput -method "*Job_Silos*"
}

case "${1:-}" in
  run|start|stop) "$1" ;;
  *) fail "Expected run, start or stop, found '${1:-}'." ;;
esac
