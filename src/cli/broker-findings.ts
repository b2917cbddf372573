import type { Json } from '../core/json.ts';
import type { Finding } from './finding.ts';
import type { Trial } from './broker-trial.ts';

const check = 'broker';
const guide = 'deploy/activemq/activemq.xml shows how.';

/** What is to be said of how a broker is set up: what it lacks for Baton, or that it lacks nothing. */
export function brokerFindings(trial: Trial | undefined): readonly Finding[] {
  if (!trial) return [silent];
  const lacks = [...behaviour(trial), ...clock(trial), ...settings(trial.statistics)];
  if (lacks.length > 0) return lacks;
  const message =
    'It orders by priority, keeps dead letters apart, delays, and tells of its queues; its clock is right.';
  return [{ check, state: 'pass', message }];
}

const silent: Finding = {
  check,
  state: 'error',
  message: 'It confirms no message.',
  next: 'Look at its log, its disk and its limits: a broker whose store is full holds up whoever sends.',
};

function behaviour({ prioritises, keepsDeadLettersApart, delays }: Trial): readonly Finding[] {
  return [
    ...lacking(
      prioritises,
      'It ignores the priority of messages: live work waits behind reprocessing.',
      `Set prioritizedMessages="true" for all queues; ${guide}`,
    ),
    ...lacking(
      keepsDeadLettersApart,
      'A message that it gives up does not come to the dead-letter queue DLQ.<queue>.',
      `Set an individualDeadLetterStrategy with queuePrefix="DLQ."; ${guide}`,
    ),
    ...lacking(
      delays,
      'It does not delay messages that ask for it with AMQ_SCHEDULED_DELAY, as Python services do.',
      'Set schedulerSupport="true" for the broker; Baton’s own delays do not need it.',
    ),
  ];
}

/** More than so many milliseconds are worth a word: deadlines and the order of what was spooled go by clocks. */
const clockTolerance = 1_000;

function clock({ clockAhead }: Trial): readonly Finding[] {
  const seconds = (Math.abs(clockAhead) / 1000).toFixed(1);
  const side = clockAhead > 0 ? 'ahead of' : 'behind';
  return lacking(
    Math.abs(clockAhead) < clockTolerance,
    `Its clock is ${seconds} s ${side} that of this host.`,
    'Set both clocks by NTP: waits and deadlines are off by as much.',
  );
}

function settings(statistics: Trial['statistics']): readonly Finding[] {
  const isThere = lacking(
    statistics !== undefined,
    'It does not tell of its queues: the status page has no numbers, and silent runs do not end.',
    `Enable the statisticsBrokerPlugin; ${guide}`,
  );
  return statistics ? [...connector(statistics), ...room(statistics)] : isThere;
}

/** Announcements have at most 4 MiB, what steps hand on may have more: bytes of a frame that should be taken. */
const wantedFrame = 16 * 1024 * 1024;

/** ActiveMQ tells the addresses of its STOMP connectors with their options; the embedded broker has none. */
function connector(statistics: ReadonlyMap<string, Json>): readonly Finding[] {
  const told = ['stomp', 'stomp+ssl', 'stomp+nio'].map((name) => statistics.get(name));
  const addresses = told.filter((address) => typeof address === 'string' && address !== '').map(String);
  const missing = ['transport.tcpNoDelay=true', 'transport.socketBufferSize='].filter(
    (option) => !addresses.every((address) => address.includes(option)),
  );
  const frames = addresses.map((address) => Number(/maxFrameSize=(\d+)/.exec(address)?.[1] ?? Infinity));
  return [
    ...lacking(
      missing.length === 0,
      `Its STOMP connector lacks ${missing.join(' and ')}: it is slow, or freezes, under load.`,
      `Add the options to the URI of its transportConnector; ${guide}`,
    ),
    ...lacking(
      frames.every((bytes) => bytes >= wantedFrame),
      `Its STOMP connector takes frames of ${String(Math.min(...frames))} bytes at most, and closes on larger ones.`,
      `Set wireFormat.maxFrameSize in the URI of its transportConnector to ${String(wantedFrame)} or more.`,
    ),
  ];
}

/** Percent of a limit from which senders are soon held up. */
const fullFrom = 80;

function room(statistics: ReadonlyMap<string, Json>): readonly Finding[] {
  return (['memory', 'store', 'temp'] as const).flatMap((name) => {
    const used = Number(statistics.get(`${name}PercentUsage`) ?? 0);
    return lacking(
      used < fullFrom,
      `${String(used)} % of its ${name}Usage are used; at 100 % it holds up whoever sends.`,
      `See which queues are long, and raise the limit of ${name}Usage where the host has room.`,
    );
  });
}

function lacking(isRight: boolean, message: string, next: string): readonly Finding[] {
  return isRight ? [] : [{ check, state: 'warning', message, next }];
}
