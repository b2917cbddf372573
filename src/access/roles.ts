/** What somebody may do, the least first; whoever has a role may all that those before it may. `metrics` is for scrapers: it sees the figures at /metrics, and nothing else. */
export const roles = ['metrics', 'viewer', 'operator', 'admin'] as const;

export type Role = (typeof roles)[number];

/** The roles that people have. */
export const userRoles = ['viewer', 'operator', 'admin'] as const satisfies readonly Role[];

export type UserRole = (typeof userRoles)[number];

/** Whether who has the role may do what needs the other. */
export function suffices(role: Role, needed: Role): boolean {
  return roles.indexOf(role) >= roles.indexOf(needed);
}
