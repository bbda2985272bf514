#!/usr/bin/env bash
# Packs every src project to a local feed, looks into the packages, and proves that a stranger can use them: consumers outside the
# repository, each with a NuGet cache of its own, get AutoGraph from that feed alone.
#   nuget/pack.sh [CASE…]   cases: existing-pipeline own-recommender saved-model without-native; none: all
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
feed=$PWD/artifacts/packages
cases=("$@"); [ $# -gt 0 ] || cases=(existing-pipeline own-recommender saved-model without-native)
rm -rf "$feed"; mkdir -p "$feed"
for project in src/*/*.csproj; do dotnet pack "$project" -c Release -o "$feed" --nologo -v quiet; done
dotnet run nuget/Inspect.cs -- "$feed"
version=$(basename "$(ls "$feed"/AutoGraph.Core.*.nupkg)" .nupkg | sed 's/^AutoGraph.Core.//')

work=
trap 'rm -rf "$work"' EXIT
fail() { echo "$*" >&2; exit 1; }

# prepare PROGRAM…: copies consumers to a new folder with a cache of its own, and builds them.
prepare() {
  rm -rf "$work"; work=$(mktemp -d)
  cp nuget/consumer/Directory.Build.props "$work"
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
  local program
  for program in "$@"; do
    cp -r "nuget/consumer/$program" "$work"
    rm -rf "$work/$program/bin" "$work/$program/obj"
    dotnet build "$work/$program" -c Release --nologo -v quiet -p:AutoGraphVersion="$version"
  done
}

run() { local program=$1; shift; "$work/$program/bin/Release/net10.0/$program" "$@"; }

existing_pipeline() {
  prepare ExistingPipeline
  run ExistingPipeline "$work/clicks.zip"
}

own_recommender() {
  prepare OwnRecommender
  run OwnRecommender
}

saved_model() {
  prepare Train Score
  local trained loaded
  trained=$(run Train "$work/model.zip" "$work/rows.tsv")
  loaded=$(run Score "$work/model.zip" "$work/rows.tsv")
  printf 'trained: %s\nloaded:  %s\n' "$trained" "$loaded"
  [ -n "$trained" ] && [ "$trained" = "$loaded" ] || fail "The loaded model scores differently."
}

without_native() {
  prepare WithoutNative
  local said
  # TorchSharp looks for a forgotten package in the NuGet folder of the machine, too, and prints how it searched: our sentence is the last line.
  said=$(NUGET_PACKAGES=$work/cache run WithoutNative 2>&1 | tail -n 1) || true
  printf '%s\n' "$said"
  [[ $said == "TorchSharp's native library is missing: add the package TorchSharp-cpu "* ]] || fail "Expected one sentence that names the package to add."
}

for name in "${cases[@]}"; do
  echo "== consumer $name"
  "${name//-/_}"
done
echo "Fresh consumers of the packages: ${cases[*]}: as expected."
