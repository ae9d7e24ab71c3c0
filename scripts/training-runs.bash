# Sourced by the scripts that train a table of runs. Each needs FOLDER, the folder of its runs.
# SUMLINE: the program; default: the release build.

SUMLINE=${SUMLINE:-build/release/bin/sumline}

fail() {
  echo "$(basename "$0"): $*" >&2
  exit 1
}

[[ -x $SUMLINE ]] || fail "$SUMLINE: not there: build the target sumline-torch, or name the program in SUMLINE"
command -v jq >/dev/null || fail "jq is missing: apt-get install jq"

# run NAME RECIPE KEY=VALUE...: trains, continues or merely confirms FOLDER/NAME; the program refuses another recipe in its place.
run() {
  local name=$1 recipe=$2 settings=() resume=()
  shift 2
  for setting in "$@"; do settings+=(--set "$setting"); done
  # Begun: a saved state, or the folder of a chain's first stage.
  [[ -e $FOLDER/$name/resume.pt || -n $(ls -d "$FOLDER/$name"/*/ 2>/dev/null) ]] && resume=(--resume)
  echo "== $name"
  "$SUMLINE" train "$recipe" --out "$FOLDER/$name" --threads 1 "${resume[@]}" "${settings[@]}" | grep --line-buffered '^epoch' ||
    [[ ${PIPESTATUS[0]} -eq 0 ]]
}

# result NAME FILTER: percent with two digits of a share in the results of FOLDER/NAME, "-" where the run has not ended.
result() {
  local file=$FOLDER/$1/results.json
  if [[ -e $file ]]; then jq -r "$2 * 10000 | round / 100" "$file" | xargs printf '%.2f'; else printf -- '-'; fi
}
