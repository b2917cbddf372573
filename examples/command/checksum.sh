#!/bin/sh
# A step in shell: the SHA-256 of the file that it is given, on the channel result.
set -eu
. "$(dirname "$0")/baton.sh"

file=$1
sum=$(sha256sum < "$file")
bytes=$(wc -c < "$file")
baton_send result "{\"file\": $(baton_text "$file"), \"bytes\": $((bytes)), \"sha256\": \"${sum%% *}\"}"
