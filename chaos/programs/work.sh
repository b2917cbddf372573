#!/bin/sh
# What the chaos of programs runs: work.sh JOURNAL KIND. Every process of it carries the path of the journal, by which it
# is found wherever it went.
journal=$1
kind=$2
echo "$BATON_RUN $kind $BATON_ATTEMPT $$ $(date +%s%3N)" >> "$journal"

tell() { echo "{\"channel\": \"$1\", \"payload\": {\"kind\": \"$kind\", \"n\": $2}}" >> "$BATON_OUTPUT"; }
# Works for some tenths of a second, in processes that are found by what they are called with.
work() { /bin/sh -c 'for n in $(seq "$1"); do sleep 0.1; done' "$journal" "$1"; }

case $kind in
  quick) ;;
  slow) work 20 ;;
  teller)
    for n in 1 2 3 4 5 6; do
      echo "at $n of 6"
      tell updates "$n"
      work 3
    done
    ;;
  forker)
    (env -i setsid /bin/sh -c 'cd /; while :; do sleep 1; done' "$journal" < /dev/null > /dev/null 2>&1 &)
    setsid /bin/sh -c 'trap "" TERM HUP; while :; do sleep 1; done' "$journal" &
    work 3
    ;;
  flaky)
    work 2
    [ "$BATON_ATTEMPT" -gt 2 ] || exit 1
    ;;
  again)
    for n in 1 2 3; do
      tell updates "$n"
      work 7
    done
    ;;
  stubborn)
    trap "" TERM
    /bin/sh -c 'trap "" TERM; while :; do sleep 1; done' "$journal" &
    while :; do sleep 1; done
    ;;
  flood)
    head -c 2000000 /dev/zero | tr '\0' x
    work 600
    ;;
  crowd)
    for n in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15; do /bin/sh -c 'while :; do sleep 1; done' "$journal" & done
    work 600
    ;;
  garbled) echo "no JSON at all" >> "$BATON_OUTPUT" ;;
  failing | deadly)
    echo "it went wrong"
    exit 3
    ;;
esac
[ "$kind" = garbled ] || tell result 0
