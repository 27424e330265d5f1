#!/usr/bin/env bash
# Sets up what `make demo` or `make test` needs: ./set-up.sh demo|test. Safe to run again; it installs only what is missing.
set -euo pipefail
cd "$(dirname "$0")"
what=${1:?demo or test}
python=${PYTHON:-python3}

step() { printf '\033[1m==>\033[0m %s\n' "$*"; }
fail() { printf 'set-up: %s\n' "$*" >&2; exit 1; }

"$python" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' ||
  fail "$("$python" --version) is not supported; use Python 3.11, 3.12 or 3.13: make PYTHON=/usr/bin/python3.11 $what"
command -v apt-get >/dev/null || fail "this needs Debian 12 or 13 (apt-get was not found)"

# 1. Debian packages, only those that are missing
if [ "$what" = test ]; then list=$(grep -vE '^(#|$)' debian-packages.txt)
else list=$(sed '/^# \[test\]/,$d' debian-packages.txt | grep -vE '^(#|$)'); fi
command -v npm >/dev/null || list="$list npm"
missing=$(for package in $list; do
  dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || echo "$package"; done)
if [ -n "$missing" ]; then
  step "Debian packages: $(echo $missing)"
  as_root=""; [ "$(id -u)" = 0 ] || as_root=sudo
  export DEBIAN_FRONTEND=noninteractive
  $as_root apt-get update -qq
  $as_root apt-get install -y -qq --no-install-recommends $missing >/dev/null
fi

# 2. Fonts, icons and the console's script, from their own packages by locked hashes
if ! cmp -s package-lock.json node_modules/.installed; then
  step "Fonts and icons"
  npm ci --ignore-scripts --loglevel=error
  cp package-lock.json node_modules/.installed
fi
mkdir -p assets/fonts
for face in noto-sans-sc/400Regular/NotoSansSC_400Regular noto-sans-sc/500Medium/NotoSansSC_500Medium noto-sans-sc/700Bold/NotoSansSC_700Bold \
  noto-sans-kr/400Regular/NotoSansKR_400Regular noto-sans-kr/500Medium/NotoSansKR_500Medium noto-sans-kr/700Bold/NotoSansKR_700Bold \
  material-symbols-rounded/500Medium/MaterialSymbolsRounded_500Medium; do
  cp -u "node_modules/@expo-google-fonts/$face.ttf" assets/fonts/
done
cp -u /usr/share/fonts/truetype/hanazono/HanaMin?.ttf assets/fonts/

# 3. Python packages, by hash
requirements=requirements/demo.txt; [ "$what" = demo ] || requirements=requirements/dev.txt
if ! { [ -x .venv/bin/python ] && [ "$(cat .venv/requirements.sha256 2>/dev/null)" = "$(cat requirements/dev.txt | sha256sum) dev" ]; } &&
   ! { [ -x .venv/bin/python ] && [ "$what" = demo ] && [ "$(cat .venv/requirements.sha256 2>/dev/null)" = "$(cat requirements/demo.txt | sha256sum) demo" ]; }; then
  step "Python packages (.venv); a few minutes the first time"
  [ -x .venv/bin/python ] || "$python" -m venv .venv
  .venv/bin/python -m pip install -q --disable-pip-version-check --require-hashes -r "$requirements"
  .venv/bin/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e . 2>/dev/null ||
    fail "the project itself could not be installed into .venv; try: rm -rf .venv && make $what"
  printf '%s %s' "$(cat "$requirements" | sha256sum)" "$(basename "$requirements" .txt)" > .venv/requirements.sha256
fi
