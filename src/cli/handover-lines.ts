import type { HandoverView } from '../monitor/api.ts';

/** What a shift hands over, as Markdown for people, mails and logbooks. */
export function handoverLines(view: HandoverView): readonly string[] {
  const at = timeIn(view.timeZone);
  return [
    `# Shift hand-over ${at(view.from)} to ${at(view.to)}`,
    '',
    `Times are of ${view.timeZone}.`,
    ...accounts(view),
    ...section(
      'Remarks',
      view.remarks.map(({ time, who, text }) => `- ${at(time)} ${who}: ${oneLine(text)}`),
    ),
    ...section('Missing run numbers', view.missing.map(missingLine)),
    ...section(
      'Longest waits',
      view.waits.map(
        ({ run, step, service, seconds }) => `- ${span(seconds)} before ${service}, step ${String(step)} of ${run}`,
      ),
    ),
    ...section('Budgets burnt', view.budgets.map(budgetLine)),
    ...section(
      'Health',
      view.health.map(
        ({ time, check, before, state, message }) => `- ${at(time)} ${check}: ${before} → ${state}. ${message}`,
      ),
    ),
    ...section(
      'Services',
      view.services.map(
        ({ time, service, what, version, before }) =>
          `- ${at(time)} ${service}: ${what}${version === undefined ? '' : `, version ${version}`}${before === undefined ? '' : ` (before ${before})`}`,
      ),
    ),
    ...section(
      'New versions of recipes',
      view.recipes.map(
        ({ time, name, hash, before }) =>
          `- ${at(time)} ${name}: ${hash.slice(0, 10)}${before === undefined ? '' : ` (before ${before.slice(0, 10)})`}`,
      ),
    ),
    ...section(
      'Back-fills',
      view.backfills.map(
        ({ created, id, state, creator, reason }) =>
          `- ${at(created)} ${id}: ${state}, by ${creator}: ${oneLine(reason)}`,
      ),
    ),
    ...section(
      'Done by operators',
      (view.audit ?? []).map(
        ({ time, who, action, subject, reason, outcome }) =>
          `- ${at(time)} ${who}: ${action} ${subject}${reason === undefined ? '' : ` (${oneLine(reason)})`}${outcome === undefined ? '' : ` → ${outcome}`}`,
      ),
    ),
  ];
}

function accounts({ announcements, runs, failures }: HandoverView): readonly string[] {
  const { announced, accepted, refused, duplicate, waiting } = announcements;
  const { finished, running, failed, addressed, cancelled } = runs;
  const first = `${String(accepted)} accepted + ${String(refused)} refused + ${String(duplicate)} duplicate`;
  const second = `${String(finished)} finished + ${String(running)} running + ${String(failed)} failed + ${String(addressed)} addressed + ${String(cancelled)} cancelled`;
  return [
    '',
    '## Accounts',
    '',
    `- ${String(announced)} announced = ${first}${mark(announcements.balances)}`,
    ...(waiting > 0 ? [`- ${String(waiting)} announced and not looked at yet`] : []),
    `- ${String(accepted)} accepted = ${second}${mark(runs.balances)}`,
    `- ${String(failures.came)} messages failed for good, ${String(failures.addressed)} were addressed; ${String(failures.open)} are open now`,
  ];
}

function mark(balances: boolean): string {
  return balances ? '' : '  **DOES NOT BALANCE**';
}

function section(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : ['', `## ${title}`, '', ...lines];
}

function missingLine({ beamline, visit, count, numbers }: HandoverView['missing'][number]): string {
  return `- ${[beamline, visit].filter((each) => each !== undefined).join(' ') || 'no visit'}: ${numbers} (${String(count)})`;
}

function budgetLine({ run, step, service, seconds, used }: HandoverView['budgets'][number]): string {
  const how = used === undefined ? 'not done' : span(used);
  return `- ${how} of ${span(seconds)}: ${service ?? 'a service'}, step ${String(step)} of ${run}`;
}

function span(seconds: number): string {
  if (seconds < 120) return `${seconds.toFixed(1)} s`;
  return seconds < 7200 ? `${String(Math.round(seconds / 60))} min` : `${(seconds / 3600).toFixed(1)} h`;
}

function timeIn(timeZone: string): (time: number) => string {
  const format = new Intl.DateTimeFormat('en-CA', {
    ...{ timeZone, hourCycle: 'h23', year: 'numeric', month: '2-digit', day: '2-digit' },
    ...{ hour: '2-digit', minute: '2-digit' },
  });
  return (time) => format.format(time).replace(',', '');
}

/** Lines of a remark stay in their item. */
function oneLine(text: string): string {
  return text.replaceAll(/\s*\n\s*/g, ' / ');
}
