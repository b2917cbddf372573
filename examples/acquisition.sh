#!/usr/bin/env bash
# Announces a data collection to Baton and waits for the result, with bash and nothing else.
#
#     acquisition.sh [--broker stomp://login:passcode@host:port/prefix] [--timeout SECONDS] ANNOUNCEMENT.json
#
# ANNOUNCEMENT.json holds {"parameters": {...}}; "-" reads it from standard input. Each result is printed on standard
# output as one line of JSON, everything else on standard error. Exit code: 0 when the run has finished, 1 when it was
# refused, failed, or gave no answer in time, 2 when it could not be announced.
set -u
# Lengths are bytes, as STOMP counts them.
export LC_ALL=C

say() { printf '%s\n' "$*" >&2; }
give_up() { say "$*"; exit 2; }

broker=${BATON_BROKER:-stomp://localhost:61613}
timeout=120
while [[ ${1-} == --* ]]; do
  case $1 in
    --broker) broker=${2-} ;;
    --timeout) timeout=${2-} ;;
    *) give_up "$1 is no option. Usage: acquisition.sh [--broker ADDRESS] [--timeout SECONDS] ANNOUNCEMENT.json" ;;
  esac
  shift 2 || give_up "$1 needs a value."
done
[[ $# == 1 ]] || give_up "Usage: acquisition.sh [--broker ADDRESS] [--timeout SECONDS] ANNOUNCEMENT.json"
[[ $timeout =~ ^[0-9]+$ ]] || give_up "--timeout takes whole seconds, not '$timeout'."
[[ $broker =~ ^stomp://(([^:@/]*)(:([^@/]*))?@)?([^:/@]+)(:([0-9]+))?(/([^/]*))?/?$ ]] ||
  give_up "'$broker' is no address of a broker. Write stomp://login:passcode@host:port/prefix."
login=${BASH_REMATCH[2]} passcode=${BASH_REMATCH[4]} host=${BASH_REMATCH[5]} port=${BASH_REMATCH[7]:-61613}
prefix=${BASH_REMATCH[9]:+${BASH_REMATCH[9]}.}
announcement=$(cat -- "$1") || give_up "Cannot read the announcement $1."

# --- STOMP 1.2 -------------------------------------------------------------------------------------------------------

# send_frame COMMAND BODY HEADER…: a frame ends in a NUL byte.
send_frame() {
  local command=$1 body=$2
  shift 2
  { printf '%s\n' "$command" "$@" && printf '\n%s\0' "$body"; } >&3 2>/dev/null ||
    give_up "The broker closed the connection."
}

# read_frame: the next frame into $command, $headers and $body; fails when the deadline passes or the connection ends.
read_frame() {
  local text rest
  read_to_nul text || return 1
  # Line ends between frames are heart-beats or decoration.
  while [[ $text == [$'\r\n']* ]]; do text=${text:1}; done
  command=${text%%$'\n'*} command=${command%$'\r'}
  headers=$'\n'${text#*$'\n'} headers=${headers//$'\r\n'/$'\n'}
  body=${headers#*$'\n\n'}
  headers=${headers%%$'\n\n'*}$'\n'
  # A NUL byte inside a body with content-length does not end the frame. JSON has none, so the rest is passed over.
  local length
  length=$(header content-length)
  while [[ -n $length ]] && ((${#body} < length)); do
    read_to_nul rest || return 1
    body+=" $rest"
  done
}

# read_to_nul NAME: the bytes up to the next NUL byte into the variable.
read_to_nul() {
  local left=$((deadline - SECONDS))
  ((left > 0)) && IFS= read -r -d '' -t "$left" -u 3 "$1"
}

# header NAME: the first of that name counts; \n, \c, \r and \\ stand for what a header cannot hold.
header() {
  local value escaped=$'\x01'
  [[ $headers == *$'\n'"$1":* ]] || return 0
  value=${headers#*$'\n'"$1":} value=${value%%$'\n'*}
  value=${value//\\\\/$escaped} value=${value//\\c/:} value=${value//\\n/$'\n'} value=${value//\\r/$'\r'}
  printf '%s' "${value//$escaped/\\}"
}

# --- JSON ------------------------------------------------------------------------------------------------------------

# field NAME JSON: the text of a field at the top of an object; a result has fields of the same name further down.
field() {
  local rest=$2 depth=0 name='' token string='"([^"\\]|\\.)*"'
  while [[ $rest =~ ^[^][{}\"]*([][{}]|$string) ]]; do
    token=${BASH_REMATCH[1]} rest=${rest:${#BASH_REMATCH[0]}}
    case $token in
      [\{\[]) depth=$((depth + 1)) name='' ;;
      [\}\]]) depth=$((depth - 1)) name='' ;;
      *)
        if [[ $rest =~ ^[[:space:]]*: ]]; then
          name=$token
        elif ((depth == 1)) && [[ $name == "\"$1\"" ]]; then
          token=${token:1:${#token}-2}
          printf '%s' "${token//\\\"/\"}"
          return
        fi
        ;;
    esac
  done
}

# --- The announcement ------------------------------------------------------------------------------------------------

deadline=$((SECONDS + timeout))
trap '' PIPE
{ exec 3<>"/dev/tcp/$host/$port"; } 2>/dev/null ||
  give_up "No connection to the broker $host:$port. Is Baton (or its broker) running?"

read -r request </proc/sys/kernel/random/uuid
reply_to=/queue/${prefix}reply.$HOSTNAME.$request

send_frame CONNECT '' accept-version:1.2 "host:$host" heart-beat:0,0 ${login:+"login:$login"} ${passcode:+"passcode:$passcode"}
read_frame || give_up "The broker $host:$port does not answer as STOMP. Is it the STOMP port?"
[[ $command == CONNECTED ]] || give_up "The broker refused the connection: $(header message) $body"
send_frame SUBSCRIBE '' id:answers ack:auto "destination:$reply_to"
# baton-reply-by: what comes later than this is of no use to us. Without content-length the body is text to ActiveMQ.
send_frame SEND "$announcement" "destination:/queue/${prefix}data-collection" content-type:application/json \
  persistent:true receipt:announced "reply-to:$reply_to" "correlation-id:$request" \
  "baton-reply-by:$(($(date +%s) + timeout))000"

announced=false
while read_frame; do
  case $command in
    RECEIPT) announced=true && say announced ;;
    ERROR) say "The broker refused: $(header message) $body" && exit 1 ;;
    MESSAGE)
      # The reply queue is ours alone; the correlation id still guards against an answer to somebody else.
      [[ $(header correlation-id) == "$request" ]] || continue
      status=$(field status "$body")
      if [[ $status == result ]]; then
        printf '%s\n' "$body"
        continue
      fi
      say "$status $(field run "$body") $(field reason "$body")"
      case $status in
        finished) send_frame DISCONNECT '' && exit 0 ;;
        refused | duplicate | failed) send_frame DISCONNECT '' && exit 1 ;;
      esac
      ;;
  esac
done
$announced && say "The announcement is with the broker, but there was no final answer in time. Does a dispatcher run?" ||
  say "The broker did not confirm the announcement in time."
exit 1
