#!/usr/bin/env bash
# Writes PublicAPI.Unshipped.txt of every src project anew: what the code exports beyond PublicAPI.Shipped.txt.
# The build compares both files with the code; read their diff before you commit it.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
messages=$(mktemp)
trap 'rm -f "$messages"' EXIT
for project in src/*/*.csproj; do
  printf '#nullable enable\n' > "$(dirname "$project")/PublicAPI.Unshipped.txt"
  [ -f "$(dirname "$project")/PublicAPI.Shipped.txt" ] || printf '#nullable enable\n' > "$(dirname "$project")/PublicAPI.Shipped.txt"
done
# The changed lists make each project compile once, and say on the way what is missing in them.
for project in src/*/*.csproj; do
  dotnet build "$project" -c Release --nologo -v quiet -clp:NoSummary -p:TreatWarningsAsErrors=false > "$messages.one" || { cat "$messages.one"; exit 1; }
  cat "$messages.one" >> "$messages"; rm "$messages.one"
done
for project in src/*/*.csproj; do
  name=$(basename "$project" .csproj); list=$(dirname "$project")/PublicAPI.Unshipped.txt
  sed -n "s/.*warning RS0016: Symbol '\(.*\)' is not part of the declared public API.*\/$name\.csproj.*/\1/p" "$messages" | LC_ALL=C sort -u >> "$list"
  printf '%-28s %5d members\n' "$name" "$(($(wc -l < "$list") - 1))"
done
