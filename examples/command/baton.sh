# Answers of a program that runs as a step: functions for sh. Put `. baton.sh` into the script, and call
#
#   baton_send CHANNEL JSON                  a message on a channel of the recipe
#   baton_progress FRACTION [TEXT]           how far it is, on the channel updates
#   baton_result_file FILE [TYPE] [RANK]     a file that is a result (Result, Log or Graph)
#   baton_text TEXT                          prints a text as JSON, for baton_send
#
# Outside of Baton they print what they would send.

baton_send() {
  baton_line=$(printf '{"channel": %s, "payload": %s}' "$(baton_text "$1")" "$2")
  if [ -n "${BATON_OUTPUT-}" ]; then printf '%s\n' "$baton_line" >> "$BATON_OUTPUT"; else printf '%s\n' "$baton_line"; fi
}

baton_progress() {
  baton_send updates "{\"progress\": $1, \"message\": $(baton_text "${2-}")}"
}

baton_result_file() {
  baton_folder=$(cd "$(dirname "$1")" && pwd) || return
  baton_send result-individual-file "{\"file_path\": $(baton_text "$baton_folder"), \
\"file_name\": $(baton_text "$(basename "$1")"), \"file_type\": $(baton_text "${2-Result}"), \
\"importance_rank\": ${3-1}}"
}

# The characters that JSON wants escaped; control characters other than tab and the end of a line are dropped.
baton_text() {
  printf '%s' "$1" | LC_ALL=C tr -d '\000-\010\013-\037' |
    LC_ALL=C sed -e 's/\\/\\\\/g' -e 's/"/\\"/g' -e 's/	/\\t/g' |
    LC_ALL=C awk 'BEGIN { printf "\"" } NR > 1 { printf "\\n" } { printf "%s", $0 } END { printf "\"" }'
}
