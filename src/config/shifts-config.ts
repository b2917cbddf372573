import { standardShifts, type ShiftPlan } from '../monitor/shift/shifts.ts';

/** When shifts begin: what the file says, or thrice a day by the clocks of the host. */
export function shiftsConfig(read: Partial<ShiftPlan> = {}): ShiftPlan {
  return { ...standardShifts, ...read };
}

/** What is wrong with it beyond its form. */
export function shiftProblems({ timeZone }: Partial<ShiftPlan> = {}): readonly string[] {
  if (timeZone === undefined) return [];
  try {
    new Intl.DateTimeFormat('en', { timeZone });
    return [];
  } catch {
    return [`shifts.timeZone: ${JSON.stringify(timeZone)} is no time zone; expected one as Europe/London`];
  }
}
