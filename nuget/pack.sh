#!/usr/bin/env bash
# Packs every src project to a local feed and proves that a stranger can use it: a consumer outside the repository, with a NuGet
# cache of its own, trains and saves a model; a second process that names no AutoGraph type loads it and gets the same scores.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
feed=$PWD/artifacts/packages
rm -rf "$feed"; mkdir -p "$feed"
for project in src/*/*.csproj; do dotnet pack "$project" -c Release -o "$feed" --nologo -v quiet; done
ls "$feed"/*.nupkg

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp -r nuget/consumer/. "$work"
cat > "$work/NuGet.config" <<XML
<?xml version="1.0" encoding="utf-8"?>
<configuration>
  <config><add key="globalPackagesFolder" value="$work/cache" /></config>
  <packageSources><clear /><add key="local" value="$feed" /><add key="nuget.org" value="https://api.nuget.org/v3/index.json" /></packageSources>
  <packageSourceMapping>
    <packageSource key="local"><package pattern="AutoGraph*" /></packageSource>
    <packageSource key="nuget.org"><package pattern="*" /></packageSource>
  </packageSourceMapping>
</configuration>
XML
version=$(basename "$(ls "$feed"/AutoGraph.Core.*.nupkg)" .nupkg | sed 's/^AutoGraph.Core.//')
for program in Train Score; do dotnet build "$work/$program" -c Release --nologo -v quiet -p:AutoGraphVersion="$version"; done
trained=$("$work/Train/bin/Release/net10.0/Train" "$work/model.zip" "$work/rows.tsv")
loaded=$("$work/Score/bin/Release/net10.0/Score" "$work/model.zip" "$work/rows.tsv")
printf 'trained: %s\nloaded:  %s\n' "$trained" "$loaded"
[ -n "$trained" ] && [ "$trained" = "$loaded" ] || { echo "The loaded model scores differently." >&2; exit 1; }
echo "A fresh consumer trained, saved, loaded and scored alike."
