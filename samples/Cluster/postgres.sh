#!/usr/bin/env bash
# A PostgreSQL server of its own on loopback with Orleans' tables, for the sample and for tests; nothing of it outlives its folder.
#   samples/Cluster/postgres.sh start FOLDER    prints the connection string;   … stop FOLDER
# Needs Debian's package postgresql. Orleans' own scripts come from ORLEANS_REPOSITORY: a git repository, by default the public one.
set -euo pipefail
verb=${1:?start or stop}; folder=${2:?a folder}; port=${POSTGRES_PORT:-54329}
bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1)
[ -n "$bin" ] || { echo "PostgreSQL is missing: apt-get install postgresql" >&2; exit 1; }
as_owner() { if [ "$(id -u)" -eq 0 ]; then (cd / && runuser -u postgres -- "$@"); else "$@"; fi; }   # the server refuses to run as root
if [ "$verb" = stop ]; then as_owner "$bin/pg_ctl" -D "$folder/data" -m fast stop >&2; exit; fi
if [ ! -d "$folder/data" ]; then
  mkdir -p "$folder"; [ "$(id -u)" -ne 0 ] || chown postgres "$folder"
  as_owner "$bin/initdb" -D "$folder/data" -U orleans -A trust >/dev/null
  created=true
fi
as_owner "$bin/pg_ctl" -D "$folder/data" -o "-p $port -c listen_addresses=127.0.0.1 -c unix_socket_directories=$folder" -l "$folder/log" -w start >&2
if [ "${created:-}" = true ]; then
  scripts=$(mktemp -d); trap 'rm -rf "$scripts"' EXIT
  repository=${ORLEANS_REPOSITORY:-https://github.com/dotnet/orleans}
  if [ ! -d "$repository" ]; then
    git clone -q --depth 1 --filter=blob:none --no-checkout "$repository" "$scripts/repository" || { echo "Orleans' SQL scripts could not be fetched from $repository; name a copy of the repository in ORLEANS_REPOSITORY." >&2; exit 1; }
    repository=$scripts/repository
  fi
  psql() { "$bin/psql" -q -v ON_ERROR_STOP=1 -h 127.0.0.1 -p "$port" -U orleans "$@"; }
  psql -d postgres -c 'create database orleans'
  for script in Shared/PostgreSQL-Main Orleans.Clustering.AdoNet/PostgreSQL-Clustering Orleans.Persistence.AdoNet/PostgreSQL-Persistence; do
    git -C "$repository" -c safe.directory='*' show "HEAD:src/AdoNet/$script.sql" | psql -d orleans
  done
fi
echo "Host=127.0.0.1;Port=$port;Database=orleans;Username=orleans"
